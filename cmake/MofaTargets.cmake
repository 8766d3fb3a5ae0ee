# How every library, program and test of the project is declared: NAME, SRCS, DEPS. No globbing, nothing implicit.

add_library(mofa_flags INTERFACE)
target_compile_options(mofa_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(MOFA_WERROR)
  target_compile_options(mofa_flags INTERFACE -Werror)
endif()
if(MOFA_SANITIZE)
  # -fno-sanitize=null: CAF's own headers bind a null reference on spawn.
  target_compile_options(mofa_flags INTERFACE -fsanitize=address,undefined -fno-sanitize=null -fno-sanitize-recover=undefined
                                              -fno-omit-frame-pointer)
  target_link_options(mofa_flags INTERFACE -fsanitize=address,undefined)
endif()
target_include_directories(mofa_flags INTERFACE ${CMAKE_SOURCE_DIR})

# mofa_library(NAME name SRCS a.cpp… DEPS b… [SYSTEM_DEPS c…]): a static library, or an interface one without SRCS.
function(mofa_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  if(ARG_SRCS)
    add_library(${ARG_NAME} STATIC ${ARG_SRCS})
    target_link_libraries(${ARG_NAME} PUBLIC mofa_flags ${ARG_DEPS})
  else()
    add_library(${ARG_NAME} INTERFACE)
    target_link_libraries(${ARG_NAME} INTERFACE mofa_flags ${ARG_DEPS})
  endif()
endfunction()

# mofa_program(NAME name SRCS a.cpp… DEPS b…): an executable in the build folder's root.
function(mofa_program)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE mofa_flags ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# mofa_test(NAME name SRCS a.cpp… DEPS b… [LABELS l…] [TIMEOUT seconds]): a doctest program, one ctest entry.
function(mofa_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE mofa_flags mofa_test_main ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

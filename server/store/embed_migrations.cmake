# Writes OUT, a .cpp that holds the migrations FILES (each NNNN_name.sql) as the function FUNCTION. Run by `cmake -P` at build time.
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(base ${file} NAME_WE)
  if(NOT base MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
    message(FATAL_ERROR "${file}: a migration is named NNNN_name.sql")
  endif()
  set(digits ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  math(EXPR version "1${digits} - 10000")
  file(READ ${file} sql)
  string(APPEND entries "    {${version}, \"${name}\", R\"mofa_sql(${sql})mofa_sql\"},\n")
endforeach()
file(WRITE ${OUT} "#include \"server/store/migrator.hpp\"

namespace mofa::store {
namespace {

constexpr migration all[] = {
${entries}};

}  // namespace

std::span<const migration> ${FUNCTION}() { return all; }

}  // namespace mofa::store
")

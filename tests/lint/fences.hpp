// The map of the rooms as data: who may include whom, and where each foreign library lives.
// Read by the rules; changed together with the map in the README of the root.
// Constants; any thread.
#pragma once

#include <string_view>
#include <vector>

namespace mofa::lint {

/// One room and the folders or files that it may include, besides itself and server/base.
struct room {
  std::string_view folder;
  std::vector<std::string_view> sees;
};

/// One foreign library, found by how its headers begin, and the folders whose lines may name it.
struct library {
  std::string_view name;
  std::vector<std::string_view> headers;
  std::vector<std::string_view> targets;  ///< its CMake targets; empty when it is headers only
  std::vector<std::string_view> lives_in;
  std::vector<std::string_view> except;  ///< folders below these where it may not be named after all
  std::string_view advice;
};

const std::vector<room>& rooms();
const std::vector<library>& libraries();

/// The folders of actors/ that hold one kind of agent each: pure, without CAF.
const std::vector<std::string_view>& behaviours();

/// The innermost room that holds the path; nullptr when it lies in none.
const room* room_of(std::string_view path);
/// Whether the path lies in one of the folders.
bool is_in(std::string_view path, const std::vector<std::string_view>& folders);

}  // namespace mofa::lint

// What a finding is and which rules there are: the fences of the house, checked over a tree of sources.
// Called by the lint program over the repository and by its test over the fixtures; everything is owned by the caller.
// Pure functions over values; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/lint/tree.hpp"

namespace mofa::lint {

/// One place that breaks a rule.
struct finding {
  std::string path;      ///< from the root of the tree, with '/'
  std::size_t line = 1;  ///< counted from 1
  std::string_view rule;
  std::string advice;  ///< what is wrong and what to do
};

/// One rule: its name, which is also the name of its fixture, and its check.
struct rule {
  std::string_view name;
  void (*check)(const tree& sources, std::vector<finding>& out);
};

/// Every rule, in the order of the README.
const std::vector<rule>& rules();

/// The findings of all rules, ordered by path, line and rule.
std::vector<finding> check(const tree& sources);

/// "path:line: rule: advice".
std::string to_string(const finding& what);

// Who may include whom, and which foreign library lives where: fences.cpp.
void check_fence(const tree& sources, std::vector<finding>& out);
void check_foreign(const tree& sources, std::vector<finding>& out);
void check_kernel_header(const tree& sources, std::vector<finding>& out);
void check_include_path(const tree& sources, std::vector<finding>& out);

// What stands in one file: text.cpp.
void check_header(const tree& sources, std::vector<finding>& out);
void check_length(const tree& sources, std::vector<finding>& out);
void check_words(const tree& sources, std::vector<finding>& out);
void check_purity(const tree& sources, std::vector<finding>& out);
void check_unfinished(const tree& sources, std::vector<finding>& out);

// Rooms and their CMakeLists.txt: rooms.cpp.
void check_readme(const tree& sources, std::vector<finding>& out);
void check_unlisted(const tree& sources, std::vector<finding>& out);
void check_glob(const tree& sources, std::vector<finding>& out);
void check_link(const tree& sources, std::vector<finding>& out);

}  // namespace mofa::lint

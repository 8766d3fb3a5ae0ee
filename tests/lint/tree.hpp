// The sources as values: paths and texts, and the views of a text that the rules read (code only, comments only, includes).
// Read once by the lint program, or from a fixture by its test; owned by the caller.
// Plain values; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/result.hpp"

namespace mofa::lint {

/// Path from the root, with '/', to text.
using tree = std::map<std::string, std::string, std::less<>>;

/// Reads *.hpp, *.cpp, *.h, CMakeLists.txt and README.md of server/, actors/, protocols/ and tests/, and the root's
/// CMakeLists.txt. Fails when the folder is not the project's root or a file cannot be read.
result<tree> read_tree(const std::filesystem::path& root);

/// Reads one fixture: "--- PATH" opens a file, "@@ N TEXT" stands for N lines of TEXT, "=== report" opens what must be
/// reported.
struct fixture {
  tree sources;
  std::vector<std::string> expected;
};
fixture parse_fixture(std::string_view text);

/// Whether the path ends in .hpp, .h or .cpp.
bool is_source(std::string_view path);
/// Whether the path is that folder or lies in it.
bool is_under(std::string_view path, std::string_view folder);
/// "a/b" of "a/b/c.hpp".
std::string_view folder_of(std::string_view path);

/// The lines without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// The text with comments, string and character literals blanked; same length, same lines.
std::string code_of(std::string_view text);
/// The text with everything but comments blanked; same length, same lines.
std::string comments_of(std::string_view text);

/// One #include.
struct include {
  std::size_t line;
  std::string target;  ///< what stands between the quotes or brackets
  bool quoted;
};
std::vector<include> includes_of(std::string_view text);

/// Whether `word` stands in `line` with no letter, digit or underscore on either side.
bool has_word(std::string_view line, std::string_view word);

/// One command of a CMakeLists.txt.
struct command {
  std::size_t line;
  std::string name;
  std::vector<std::string> arguments;
};
std::vector<command> commands_of(std::string_view cmake);

}  // namespace mofa::lint

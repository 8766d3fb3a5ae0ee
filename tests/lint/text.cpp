#include <array>
#include <optional>

#include "tests/lint/fences.hpp"
#include "tests/lint/lint.hpp"

namespace mofa::lint {

namespace {

constexpr std::size_t file_lines = 450;
constexpr std::size_t main_lines = 39;
constexpr std::size_t opening_lines = 3;
constexpr std::string_view no_sleep = "wait for a condition with a deadline, or use virtual time";

/// A piece of code that is refused in some places.
struct refused {
  std::string_view rule;
  std::string_view code;
  std::string_view advice;
};

/// Reports each line of the code that names one of the refused words.
template <std::size_t N>
void report_words(const std::string& path, const std::string& text, const std::array<refused, N>& words,
                  std::vector<finding>& out) {
  const auto code = code_of(text);
  std::size_t number = 0;
  for (const auto line : lines_of(code)) {
    ++number;
    for (const auto& each : words) {
      if (has_word(line, each.code))
        out.push_back({path, number, each.rule, std::string(each.code) + ": " + std::string(each.advice)});
    }
  }
}

/// What is missing at the top of a header.
std::optional<finding> wrong_opening(const std::string& path, const std::string& text) {
  const auto lines = lines_of(text);
  std::size_t comments = 0;
  while (comments < lines.size() && lines[comments].starts_with("// ")) ++comments;
  if (comments < opening_lines) {
    return finding{path, comments + 1, "header",
                   "a header opens with three // lines: its role in the flow, who owns it, on which thread it lives"};
  }
  auto next = comments;
  while (next < lines.size() && lines[next].empty()) ++next;
  if (next < lines.size() && lines[next] == "#pragma once") return std::nullopt;
  return finding{path, next + 1, "header", "#pragma once follows the opening comment"};
}

}  // namespace

void check_header(const tree& sources, std::vector<finding>& out) {
  for (const auto& [path, text] : sources) {
    if (!path.ends_with(".hpp")) continue;
    if (auto wrong = wrong_opening(path, text)) out.push_back(*std::move(wrong));
  }
}

void check_length(const tree& sources, std::vector<finding>& out) {
  for (const auto& [path, text] : sources) {
    if (!is_source(path)) continue;
    const auto limit = path == "server/main.cpp" ? main_lines : file_lines;
    const auto count = lines_of(text).size();
    if (count <= limit) continue;
    out.push_back({path, limit + 1, "length",
                   std::to_string(count) + " lines, at most " + std::to_string(limit) +
                       "; there is a second noun in it, give it a file"});
  }
}

void check_words(const tree& sources, std::vector<finding>& out) {
  static constexpr std::array everywhere{
      refused{"words", "using namespace caf", "its names clash with the standard library's; write caf::"},
      refused{"words", "sleep_for", no_sleep},
      refused{"words", "sleep_until", no_sleep},
      refused{"words", "::sleep", no_sleep},
      refused{"words", "usleep", no_sleep},
      refused{"words", "nanosleep", no_sleep},
      refused{"words", "doctest::skip", "ctest cannot see this skip; delete the test or make it run"},
      refused{"words", "doctest::may_fail", "a test that may fail proves nothing"},
  };
  for (const auto& [path, text] : sources) {
    if (!is_source(path)) continue;
    report_words(path, text, everywhere, out);
    if (is_under(path, "tests") || is_under(path, "server/app") || path == "server/main.cpp") continue;
    for (const auto& each : includes_of(text)) {
      if (each.target == "iostream")
        out.push_back(
            {path, each.line, "words", "<iostream>: only server/app writes to the terminal; log, or return a value"});
    }
  }
}

void check_purity(const tree& sources, std::vector<finding>& out) {
  static constexpr std::array impure{
      refused{"purity", "system_clock::now", "codecs and behaviours get the time as an argument"},
      refused{"purity", "steady_clock::now", "codecs and behaviours get the time as an argument"},
      refused{"purity", "random_device", "codecs and behaviours get a seed as an argument"},
      refused{"purity", "std::thread", "codecs and behaviours are pure functions"},
      refused{"purity", "std::ifstream", "codecs and behaviours do no I/O"},
      refused{"purity", "std::ofstream", "codecs and behaviours do no I/O"},
  };
  for (const auto& [path, text] : sources) {
    if (is_source(path) && (is_under(path, "protocols") || is_in(path, behaviours()))) report_words(path, text, impure, out);
  }
}

void check_unfinished(const tree& sources, std::vector<finding>& out) {
  // Written in two halves, so that a search for these marks does not find this line.
  static const std::array marks{std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"};
  for (const auto& [path, text] : sources) {
    if (!is_source(path)) continue;
    const auto comments = comments_of(text);
    std::size_t number = 0;
    for (const auto line : lines_of(comments)) {
      ++number;
      for (const auto& mark : marks) {
        if (has_word(line, mark))
          out.push_back({path, number, "unfinished", mark + ": finish it, or open an issue and delete the mark"});
      }
    }
  }
}

}  // namespace mofa::lint

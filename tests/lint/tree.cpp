#include "tests/lint/tree.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

namespace mofa::lint {
namespace fs = std::filesystem;

namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_read(std::string_view path) {
  return is_source(path) || path.ends_with("/CMakeLists.txt") || path.ends_with("/README.md");
}

result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(errc::io, path.string() + ": cannot be read");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// What a character of a C++ text belongs to.
enum class part { code, comment, literal };

std::size_t end_of_line(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size()); }

std::size_t end_of_block(std::string_view text, std::size_t at) {
  const auto end = text.find("*/", at + 2);
  return end == std::string_view::npos ? text.size() : end + 2;
}

/// One past the closing quote; an unclosed literal ends with its line.
std::size_t end_of_literal(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (auto i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    } else if (text[i] == '\n') {
      return i;
    }
  }
  return text.size();
}

std::size_t end_of_raw(std::string_view text, std::size_t quote) {
  const auto open = text.find('(', quote);
  if (open == std::string_view::npos) return text.size();
  const auto close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const auto end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

bool opens_raw(std::string_view text, std::size_t at) {
  return text[at] == '"' && at > 0 && text[at - 1] == 'R' && (at == 1 || !is_name(text[at - 2]) || text[at - 2] == '8');
}

/// An apostrophe between digits separates them.
bool opens_character(std::string_view text, std::size_t at) {
  return text[at] == '\'' && (at == 0 || std::isxdigit(static_cast<unsigned char>(text[at - 1])) == 0);
}

/// Calls `take(part, from, to)` for each stretch of the text, in order.
template <class Take>
void split(std::string_view text, Take take) {
  std::size_t from = 0;
  std::size_t at = 0;
  const auto stretch = [&](part what, std::size_t end) {
    if (at > from) take(part::code, from, at);
    take(what, at, end);
    from = at = end;
  };
  while (at < text.size()) {
    const auto two = text.substr(at, 2);
    if (two == "//") {
      stretch(part::comment, end_of_line(text, at));
    } else if (two == "/*") {
      stretch(part::comment, end_of_block(text, at));
    } else if (opens_raw(text, at)) {
      stretch(part::literal, end_of_raw(text, at));
    } else if (text[at] == '"' || opens_character(text, at)) {
      stretch(part::literal, end_of_literal(text, at));
    } else {
      ++at;
    }
  }
  if (at > from) take(part::code, from, at);
}

std::string only(part wanted, std::string_view text) {
  std::string out(text);
  split(text, [&](part what, std::size_t from, std::size_t to) {
    if (what == wanted) return;
    for (auto i = from; i < to; ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

bool is_source(std::string_view path) { return path.ends_with(".hpp") || path.ends_with(".cpp") || path.ends_with(".h"); }

bool is_under(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

result<tree> read_tree(const fs::path& root) {
  tree out;
  constexpr std::array folders{"server", "actors", "protocols", "tests"};
  auto top = read_file(root / "CMakeLists.txt");
  if (!top) return std::move(top).error();
  out.emplace("CMakeLists.txt", *std::move(top));
  for (const auto* folder : folders) {
    std::error_code failed;
    for (fs::recursive_directory_iterator at(root / folder, failed), end; !failed && at != end; at.increment(failed)) {
      const auto path = fs::relative(at->path(), root, failed).generic_string();
      if (failed || !at->is_regular_file(failed) || !is_read(path)) continue;
      auto text = read_file(at->path());
      if (!text) return std::move(text).error();
      out.emplace(path, *std::move(text));
    }
    if (failed) return fail(errc::io, (root / folder).string() + ": " + failed.message());
  }
  return out;
}

fixture parse_fixture(std::string_view text) {
  fixture out;
  std::string* file = nullptr;
  bool report = false;
  for (const auto line : lines_of(text)) {
    if (line.starts_with("--- ")) {
      file = &out.sources[std::string(line.substr(4))];
    } else if (line == "=== report") {
      report = true;
    } else if (report) {
      if (!line.empty()) out.expected.emplace_back(line);
    } else if (file != nullptr) {
      std::size_t times = 1;
      auto content = line;
      if (line.starts_with("@@ ")) {
        const auto* begin = line.data() + 3;
        const auto read = std::from_chars(begin, line.data() + line.size(), times);
        content = trimmed(line.substr(static_cast<std::size_t>(read.ptr - line.data())));
      }
      for (; times > 0; --times) file->append(content).push_back('\n');
    }
  }
  return out;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = end_of_line(text, 0);
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string code_of(std::string_view text) { return only(part::code, text); }

std::string comments_of(std::string_view text) { return only(part::comment, text); }

std::vector<include> includes_of(std::string_view text) {
  std::vector<include> out;
  const auto code = code_of(text);
  const auto visible = lines_of(code);
  const auto raw = lines_of(text);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    // The code decides whether this is a directive at all; the name itself is blanked there, like every literal.
    auto directive = trimmed(visible[i]);
    if (!directive.starts_with('#')) continue;
    directive = trimmed(directive.substr(1));
    if (!directive.starts_with("include")) continue;
    const auto open = raw[i].find_first_of("<\"");
    if (open == std::string_view::npos) continue;
    const bool quoted = raw[i][open] == '"';
    const auto close = raw[i].find(quoted ? '"' : '>', open + 1);
    if (close == std::string_view::npos) continue;
    out.push_back({i + 1, std::string(raw[i].substr(open + 1, close - open - 1)), quoted});
  }
  return out;
}

bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const auto after = at + word.size();
    if ((at == 0 || !is_name(line[at - 1])) && (after == line.size() || !is_name(line[after]))) return true;
  }
  return false;
}

std::vector<command> commands_of(std::string_view cmake) {
  std::vector<command> out;
  std::string word;
  std::size_t depth = 0;
  std::size_t number = 0;
  const auto end_word = [&] {
    if (!word.empty() && depth > 0) out.back().arguments.push_back(std::move(word));
    if (depth > 0) word.clear();
  };
  for (const auto whole : lines_of(cmake)) {
    ++number;
    for (const char c : whole.substr(0, whole.find('#'))) {
      if (c == '(' && depth++ == 0) {
        out.push_back({number, std::move(word), {}});
        word.clear();
      } else if (c == ')' && depth > 0) {
        end_word();
        --depth;
      } else if (c == ' ' || c == '\t' || c == '"' || c == ';' || c == '\r') {
        end_word();
      } else {
        word.push_back(c);
      }
    }
    end_word();
  }
  return out;
}

}  // namespace mofa::lint

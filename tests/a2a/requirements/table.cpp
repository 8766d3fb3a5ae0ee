#include "tests/a2a/requirements/table.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace mofa::requirements {
namespace {

constexpr std::string_view header = "id,section,level,sentence,versions,bindings,tests,deviation";

using names = std::array<std::string_view, 6>;
constexpr names levels{"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "OURS"};
constexpr std::array<std::string_view, 2> versions{"1.0", "0.3"};
constexpr std::array<std::string_view, 4> bindings{"jsonrpc", "rest", "grpc", "client"};

template <class List>
bool one_of(const List& known, std::string_view name) {
  return std::find(known.begin(), known.end(), name) != known.end();
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string{text};
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(';'), text.size());
    if (auto one = trimmed(text.substr(0, end)); !one.empty()) out.push_back(std::move(one));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// One line of the table, as far as it is one.
class row_reader {
 public:
  row_reader(std::size_t line, std::vector<std::string>& faults) : line_(line), faults_(faults) {}

  requirement read(const std::vector<std::string>& fields) {
    requirement out;
    out.line = line_;
    out.id = trimmed(fields[0]);
    out.section = trimmed(fields[1]);
    out.level = trimmed(fields[2]);
    out.sentence = trimmed(fields[3]);
    out.versions = listed(fields[4]);
    out.bindings = listed(fields[5]);
    if (out.id.empty() || out.section.empty() || out.sentence.empty()) fault("id, section and sentence must not be empty");
    if (!one_of(levels, out.level)) fault("unknown level '" + out.level + "'");
    check_names(out.versions, versions, "version");
    check_names(out.bindings, bindings, "binding");
    for (const auto& each : listed(fields[6])) add_test(out, each);
    for (const auto& each : listed(fields[7])) add_deviation(out, each);
    return out;
  }

  bool sound() const { return sound_; }
  void fault(const std::string& what) {
    sound_ = false;
    faults_.push_back("line " + std::to_string(line_) + ": " + what);
  }

 private:
  template <class List>
  void check_names(const std::vector<std::string>& given, const List& known, const std::string& kind) {
    if (given.empty()) fault("no " + kind);
    for (const auto& each : given)
      if (!one_of(known, each)) fault("unknown " + kind + " '" + each + "'");
  }

  // "1.0/rest=…": the scope before the sign, and in `text` the rest after it; nothing when there is none.
  std::optional<scope> split(const requirement& row, std::string& text) {
    const auto sign = text.find('=');
    const auto slash = text.find('/');
    if (sign == std::string::npos || slash == std::string::npos || slash > sign || text.find(' ') < sign)
      return std::nullopt;
    scope out;
    out.version = text.substr(0, slash);
    out.binding = text.substr(slash + 1, sign - slash - 1);
    text = trimmed(std::string_view{text}.substr(sign + 1));
    if ((out.version != "*" && !one_of(row.versions, out.version)) ||
        (out.binding != "*" && !one_of(row.bindings, out.binding)))
      fault("'" + out.version + "/" + out.binding + "' is no pair of the row");
    return out;
  }

  void add_test(requirement& row, std::string text) {
    reference one;
    const auto given = split(row, text);
    one.scoped = given.has_value();
    one.pairs = given.value_or(scope{});
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
      return fault("'" + text + "' is no suite:test");
    one.suite = text.substr(0, colon);
    one.name = trimmed(std::string_view{text}.substr(colon + 1));
    row.tests.push_back(std::move(one));
  }

  void add_deviation(requirement& row, std::string text) {
    deviation one;
    one.pairs = split(row, text).value_or(scope{});
    one.reason = std::move(text);
    if (one.reason.empty()) return fault("a deviation without a reason");
    row.deviations.push_back(std::move(one));
  }

  std::size_t line_;
  std::vector<std::string>& faults_;
  bool sound_ = true;
};

}  // namespace

std::vector<std::string> csv_fields(std::string_view line, std::string& fault) {
  std::vector<std::string> out(1);
  fault.clear();
  bool quoted = false, was_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c != '"') {
        out.back() += c;
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        out.back() += line[++i];
      } else {
        quoted = false;
      }
    } else if (c == ',') {
      out.emplace_back();
      was_quoted = false;
    } else if (c == '"' && out.back().empty() && !was_quoted) {
      quoted = was_quoted = true;
    } else if (c == '"' || was_quoted) {
      fault = "a quotation mark in the middle of a field";
      return out;
    } else {
      out.back() += c;
    }
  }
  if (quoted) fault = "a quotation mark is not closed";
  return out;
}

table read_table(std::string_view text) {
  table out;
  std::set<std::string> ids;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (++number == 1) {
      if (line != header) out.faults.push_back("line 1: the header must be " + std::string{header});
      continue;
    }
    if (line.empty()) continue;
    row_reader reader{number, out.faults};
    std::string fault;
    const auto fields = csv_fields(line, fault);
    if (fault.empty() && fields.size() != 8) fault = std::to_string(fields.size()) + " fields, not 8";
    if (!fault.empty()) {
      reader.fault(fault);
      continue;
    }
    auto row = reader.read(fields);
    if (!ids.insert(row.id).second) reader.fault("the id '" + row.id + "' is there twice");
    if (reader.sound()) out.rows.push_back(std::move(row));
  }
  if (number == 0) out.faults.emplace_back("line 1: the header must be " + std::string{header});
  return out;
}

}  // namespace mofa::requirements

#include "tests/a2a/requirements/check.hpp"

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <fstream>
#include <sstream>

namespace mofa::requirements {
namespace {

namespace tree = boost::property_tree;

outcome outcome_of(const tree::ptree& testcase) {
  auto out = outcome::passed;
  for (const auto& [name, child] : testcase) {
    if (name == "failure" || name == "error") return outcome::failed;
    if (name == "skipped") out = outcome::skipped;
  }
  return out;
}

// A suite within a suite is what node makes of describe().
std::size_t add_cases(outcomes& to, const tree::ptree& at) {
  std::size_t count = 0;
  for (const auto& [name, child] : at) {
    if (name == "testcase") {
      const auto ended = outcome_of(child);
      auto& kept = to.emplace(child.get<std::string>("<xmlattr>.name", ""), ended).first->second;
      kept = std::max(kept, ended);
      ++count;
    } else {
      count += add_cases(to, child);
    }
  }
  return count;
}

// Why a reference is no passing test; empty when it is one.
std::string trouble_with(const reference& each, const report& seen) {
  const auto suite = seen.find(each.suite);
  if (suite == seen.end()) return "is of an unknown suite";
  const auto found = suite->second.ended.find(each.name);
  if (found == suite->second.ended.end()) return "is not there";
  if (found->second == outcome::passed) return {};
  return found->second == outcome::failed ? "failed" : "was skipped";
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& each : parts) out += (out.empty() ? "" : ", ") + each;
  return out;
}

// Whether a test was seen to be for that pair, or, where nothing can be seen, is said to be.
bool is_for(const reference& each, const std::string& version, const std::string& binding, const report& seen) {
  if (!each.pairs.has(version, binding)) return false;
  const auto suite = seen.find(each.suite);
  if (suite == seen.end() || !suite->second.on_wire) return each.scoped;
  const auto found = suite->second.spoke.find(each.name);
  if (found == suite->second.spoke.end()) return false;
  const auto has = [&](const std::string& what) { return found->second.contains(version + "/" + what); };
  // A card is the same for all bindings. Who goes on to operations has read it on the way.
  return has(binding) || (has("card") && !has("jsonrpc") && !has("rest"));
}

// What a row says of a passing test that the test does not do; empty when it does all.
std::string untrue_of(const reference& each, const requirement& row, const report& seen) {
  if (!seen.at(each.suite).on_wire) return each.scoped ? "" : "is not on the wire, and is for no pair that is said";
  std::vector<std::string> missing;
  std::size_t count = 0;
  for (const auto& version : row.versions) {
    for (const auto& binding : row.bindings) {
      if (!each.pairs.has(version, binding)) continue;
      ++count;
      if (!is_for(each, version, binding, seen)) missing.push_back(version + "/" + binding);
    }
  }
  // Without a scope it is for those of the row's pairs that it speaks.
  if (missing.empty() || (!each.scoped && missing.size() < count)) return {};
  return "did not speak " + joined(missing);
}

// A name that is written wrong is found even where another test covers the pair; each once, with the rows that it is in.
void add_tests_in_trouble(std::vector<std::string>& to, const table& wanted, const report& seen) {
  std::map<std::string, std::vector<std::string>> rows;
  for (const auto& row : wanted.rows) {
    for (const auto& each : row.tests) {
      auto why = trouble_with(each, seen);
      if (why.empty()) why = untrue_of(each, row, seen);
      if (why.empty()) continue;
      auto& ids = rows["'" + each.suite + ":" + each.name + "' " + why];
      if (ids.empty() || ids.back() != row.id) ids.push_back(row.id);
    }
  }
  for (const auto& [what, ids] : rows) to.push_back(what + ": " + joined(ids));
}

// The pairs of a row that have neither a passing test nor a reason.
std::vector<std::string> uncovered(const requirement& row, const report& seen) {
  std::vector<std::string> out;
  for (const auto& version : row.versions) {
    for (const auto& binding : row.bindings) {
      const bool covered = std::any_of(row.tests.begin(), row.tests.end(), [&](const reference& each) {
        return is_for(each, version, binding, seen) && trouble_with(each, seen).empty();
      });
      const bool excused = std::any_of(row.deviations.begin(), row.deviations.end(),
                                       [&](const deviation& each) { return each.pairs.has(version, binding); });
      if (!covered && !excused) out.push_back(version + "/" + binding);
    }
  }
  return out;
}

// The text of a file that is newer than that; what is wrong with it, or nothing.
std::string read_newer(const std::filesystem::path& file, std::filesystem::file_time_type than, std::string& text) {
  std::error_code trouble;
  const auto written = std::filesystem::last_write_time(file, trouble);
  if (trouble) return "is not there: its tests did not run";
  if (written <= than) return "is older than the server: its tests did not run";
  std::ifstream in{file, std::ios::binary};
  std::ostringstream whole;
  whole << in.rdbuf();
  text = whole.str();
  return {};
}

}  // namespace

std::string add_junit(outcomes& to, std::string_view xml) {
  std::istringstream in{std::string{xml}};
  tree::ptree root;
  try {
    tree::read_xml(in, root);
  } catch (const tree::xml_parser_error& fault) {
    return std::string{"is no XML: "} + fault.what();
  }
  return add_cases(to, root) == 0 ? "has no test" : "";
}

std::string add_junit_file(outcomes& to, const std::filesystem::path& file, std::filesystem::file_time_type than) {
  std::string text;
  auto why = read_newer(file, than, text);
  return why.empty() ? add_junit(to, text) : why;
}

std::string add_spoken(pairs_spoken& to, std::string_view text) {
  if (text.empty()) return "says nothing";
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto space = line.find(' '), slash = line.find('/');
    if (space == std::string_view::npos || slash > space) return "has a line that is no pair and name: " + std::string{line};
    to[std::string{line.substr(space + 1)}].emplace(line.substr(0, space));
  }
  return {};
}

std::string add_spoken_file(pairs_spoken& to, const std::filesystem::path& file, std::filesystem::file_time_type than) {
  std::string text;
  auto why = read_newer(file, than, text);
  return why.empty() ? add_spoken(to, text) : why;
}

std::vector<std::string> check(const table& wanted, const report& seen) {
  auto out = wanted.faults;
  add_tests_in_trouble(out, wanted, seen);
  for (const auto& row : wanted.rows) {
    const auto pairs = uncovered(row, seen);
    if (pairs.empty()) continue;
    out.push_back(row.id + ": " + joined(pairs) +
                  (row.tests.empty() ? ": no test and no reason (" : ": no test that passed (") + row.sentence + ")");
  }
  return out;
}

}  // namespace mofa::requirements

// The check: each (version, binding) pair of each row has a test that passed and spoke it, or a reason why there is none.
// Run by mofa_a2a_requirements after the tests that the table names.
// Pure functions over values, but for the reading of files; any thread.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/a2a/requirements/table.hpp"

namespace mofa::requirements {

enum class outcome { passed, skipped, failed };

/// How each test of a suite ended; of several with one name the worst.
using outcomes = std::map<std::string, outcome, std::less<>>;
/// What each test spoke with the server and was answered in: "1.0/rest", or "1.0/card" where it read a card.
using pairs_spoken = std::map<std::string, std::set<std::string>, std::less<>>;

/// What a suite did. One that is not on the wire shows nothing by itself: its tests are for the pairs that the table says.
struct suite_report {
  outcomes ended;
  pairs_spoken spoke = {};
  bool on_wire = true;
};
/// By the name of the suite.
using report = std::map<std::string, suite_report, std::less<>>;

/// Adds what a JUnit report says; what is wrong with it, or nothing.
std::string add_junit(outcomes& to, std::string_view xml);
/// The same of a file. One that is not newer than `than` is of an earlier build, and refused.
std::string add_junit_file(outcomes& to, const std::filesystem::path& file, std::filesystem::file_time_type than);

/// Adds what a record of the pairs says: "1.0/rest NAME", a line each; what is wrong with it, or nothing.
std::string add_spoken(pairs_spoken& to, std::string_view text);
/// The same of a file, on the terms of add_junit_file().
std::string add_spoken_file(pairs_spoken& to, const std::filesystem::path& file, std::filesystem::file_time_type than);

/// What the table lacks: its own faults; "'SUITE:NAME' failed: ID, ID" for each test that it names in vain, which "did not
/// speak 0.3/rest" when it is named for a pair that it never spoke; and "ID: 0.3/rest: no test that passed (…)" for each row
/// with pairs that neither a passing test that spoke them nor a reason covers.
std::vector<std::string> check(const table& wanted, const report& seen);

}  // namespace mofa::requirements

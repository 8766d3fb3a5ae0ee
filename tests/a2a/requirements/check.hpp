// The check: each (version, binding) pair of each row has a test that passed, or a reason why there is none.
// Run by mofa_a2a_requirements after the tests that the table names.
// Pure functions over values, but for the reading of files; any thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/a2a/requirements/table.hpp"

namespace mofa::requirements {

enum class outcome { passed, skipped, failed };

/// How each test of a suite ended; of several with one name the worst.
using outcomes = std::map<std::string, outcome, std::less<>>;
/// By the name of the suite.
using report = std::map<std::string, outcomes, std::less<>>;

/// Adds what a JUnit report says; what is wrong with it, or nothing.
std::string add_junit(outcomes& to, std::string_view xml);
/// The same of a file. One that is not newer than `than` is of an earlier build, and refused.
std::string add_junit_file(outcomes& to, const std::filesystem::path& file, std::filesystem::file_time_type than);

/// What the table lacks: its own faults; "'SUITE:NAME' failed: ID, ID" for each test that it names in vain; and
/// "ID: 0.3/rest: no test that passed (…)" for each row with pairs that no passing test and no reason covers.
std::vector<std::string> check(const table& wanted, const report& seen);

}  // namespace mofa::requirements

#include <doctest/doctest.h>

#include <fstream>

#include "tests/a2a/requirements/check.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::requirements {
namespace {

const std::string header = "id,section,level,sentence,versions,bindings,tests,deviation\n";

report seen() {
  return {
      {"sdk", {{"a task is sent", outcome::passed}, {"a task fails", outcome::failed}, {"a task waits", outcome::skipped}}},
      {"e2e", {{"a list, with a comma", outcome::passed}}}};
}

std::vector<std::string> findings(const std::string& rows) { return check(read_table(header + rows), seen()); }

bool says(const std::vector<std::string>& all, const std::string& text) {
  for (const auto& each : all)
    if (each.find(text) != std::string::npos) return true;
  return false;
}

TEST_CASE("a row whose every pair has a passing test has no finding") {
  CHECK(findings("R1,3.1,MUST,A thing is done.,1.0;0.3,jsonrpc;rest,sdk:a task is sent,\n").empty());
  CHECK(findings("R1,3.1,MUST,\"A thing, and another.\",1.0,jsonrpc,\"e2e:a list, with a comma\",\n").empty());
  CHECK(findings("R1,3.1,SHOULD,A thing.,1.0;0.3,rest,1.0/rest=sdk:a task is sent;0.3/*=e2e:a list with,\n").size() == 2);
  CHECK(findings("R1,3.1,MAY,A thing.,1.0;0.3,rest,1.0/rest=sdk:a task is sent,0.3/rest=there is none in 0.3\n").empty());
  CHECK(findings("R1,10.2,MUST,A thing.,1.0,grpc,,gRPC is not offered\n").empty());
}

TEST_CASE("a pair that no test covers is reported with the id, the pair and the sentence") {
  const auto got =
      findings("R1,3.1,MUST,A thing is done.,1.0;0.3,jsonrpc;rest,1.0/*=sdk:a task is sent;*/rest=sdk:a task is sent,\n");
  REQUIRE(got.size() == 1);
  CHECK(got.front() == "R1: 0.3/jsonrpc: no test that passed (A thing is done.)");
  CHECK(findings("R1,3.1,MUST,A thing.,1.0;0.3,rest,,\n").front() ==
        "R1: 1.0/rest, 0.3/rest: no test and no reason (A thing.)");
  CHECK(findings("R1,3.1,MUST,A thing.,1.0,rest,,\n").size() == 1);
  CHECK(findings("R1,3.1,MUST,A thing.,1.0;0.3,rest,,1.0/rest=a reason\n").size() == 1);
}

TEST_CASE("a test that failed, was skipped or is not there covers nothing, and is named once with its rows") {
  for (const auto& [name, why] :
       {std::pair{"a task fails", "failed"}, {"a task waits", "was skipped"}, {"a task is sent twice", "is not there"}}) {
    const auto row = ",3.1,MUST,A thing.,1.0,rest,sdk:" + std::string{name} + ",\n";
    const auto got = findings("R1" + row + "R2" + row);
    REQUIRE(got.size() == 3);
    CHECK(got[0] == "'sdk:" + std::string{name} + "' " + why + ": R1, R2");
    CHECK(got[1] == "R1: 1.0/rest: no test that passed (A thing.)");
    CHECK(got[2] == "R2: 1.0/rest: no test that passed (A thing.)");
  }
}

TEST_CASE("a name that is wrong is reported although another test covers the pair") {
  const auto got = findings("R1,3.1,MUST,A thing.,1.0,rest,sdk:a task is sent;sdk:a task is snet;nowhere:a task is sent,\n");
  CHECK(got.size() == 2);
  CHECK(says(got, "'sdk:a task is snet' is not there: R1"));
  CHECK(says(got, "'nowhere:a task is sent' is of an unknown suite: R1"));
}

TEST_CASE("a table that is broken is reported with the line") {
  const auto good = "R1,3.1,MUST,A thing.,1.0,rest,sdk:a task is sent,\n";
  CHECK(says(check(read_table(""), seen()), "line 1: the header must be"));
  CHECK(says(check(read_table("id,section\n"), seen()), "line 1: the header must be"));
  CHECK(says(findings(std::string{good} + good), "line 3: the id 'R1' is there twice"));
  CHECK(says(findings("R1,3.1,MUST,A thing.,1.0,rest,sdk:a task is sent\n"), "line 2: 7 fields, not 8"));
  CHECK(says(findings("R1,3.1,MUST,\"A thing.,1.0,rest,sdk:a task is sent,\n"), "line 2: a quotation mark is not closed"));
  CHECK(says(findings("R1,3.1,MUST,A \"thing\".,1.0,rest,sdk:a task is sent,\n"), "line 2: a quotation mark in the middle"));
  CHECK(says(findings("R1,3.1,OUGHT,A thing.,1.0,rest,sdk:a task is sent,\n"), "line 2: unknown level 'OUGHT'"));
  CHECK(says(findings("R1,3.1,MUST,A thing.,1.1,rest,sdk:a task is sent,\n"), "line 2: unknown version '1.1'"));
  CHECK(says(findings("R1,3.1,MUST,A thing.,1.0,soap,sdk:a task is sent,\n"), "line 2: unknown binding 'soap'"));
  CHECK(says(findings("R1,3.1,MUST,A thing.,1.0,,sdk:a task is sent,\n"), "line 2: no binding"));
  CHECK(says(findings("R1,3.1,MUST,,1.0,rest,sdk:a task is sent,\n"), "line 2: id, section and sentence"));
  CHECK(says(findings("R1,3.1,MUST,A thing.,1.0,rest,a task is sent,\n"), "line 2: 'a task is sent' is no suite:test"));
  CHECK(says(findings("R1,3.1,MUST,A thing.,1.0,rest,0.3/rest=sdk:a task is sent,\n"), "'0.3/rest' is no pair of the row"));
  CHECK(says(findings("R1,3.1,MUST,A thing.,1.0,rest,,1.0/rest=\n"), "line 2: a deviation without a reason"));
}

TEST_CASE("a report of JUnit is read as node and doctest write it") {
  outcomes got;
  CHECK(add_junit(got, R"(<?xml version="1.0" encoding="utf-8"?>
<testsuites>
  <testcase name="a task &amp; &quot;more&quot;" time="0.1" classname="test"/>
  <testsuite name="inner" tests="3" failures="1">
    <testcase name="fails"><failure type="testCodeFailure" message="no">why</failure></testcase>
    <testcase name="waits"><skipped type="skipped" message="true"/></testcase>
    <testcase name="twice"/>
    <testcase name="twice"><error message="boom"/></testcase>
  </testsuite>
</testsuites>)") == "");
  CHECK(got.at("a task & \"more\"") == outcome::passed);
  CHECK(got.at("fails") == outcome::failed);
  CHECK(got.at("waits") == outcome::skipped);
  CHECK(got.at("twice") == outcome::failed);
  CHECK(got.size() == 4);
}

TEST_CASE("a report that is broken, empty, missing or older than the server counts for nothing") {
  outcomes got;
  CHECK(add_junit(got, "<testsuites><testcase name=").starts_with("is no XML"));
  CHECK(add_junit(got, "<testsuites></testsuites>") == "has no test");
  const test::scratch_folder folder;
  const auto file = folder.path() / "report.xml";
  const auto some_time = std::filesystem::file_time_type::clock::now() - std::chrono::hours{1};
  CHECK(add_junit_file(got, file, some_time).starts_with("is not there"));
  std::ofstream{file} << "<testsuites><testcase name=\"a\"/></testsuites>";
  CHECK(add_junit_file(got, file, some_time + std::chrono::hours{2}).starts_with("is older than the server"));
  CHECK(got.empty());
  CHECK(add_junit_file(got, file, some_time).empty());
  CHECK(got.at("a") == outcome::passed);
}

}  // namespace
}  // namespace mofa::requirements

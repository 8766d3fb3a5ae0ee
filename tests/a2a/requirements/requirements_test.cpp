#include <doctest/doctest.h>

#include <fstream>

#include "tests/a2a/requirements/check.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::requirements {
namespace {

const std::string header = "id,section,level,sentence,versions,bindings,tests,deviation\n";

const std::set<std::string> all_pairs{"1.0/jsonrpc", "1.0/rest", "0.3/jsonrpc", "0.3/rest"};

report seen() {
  return {{"sdk",
           {.ended = {{"a task is sent", outcome::passed},
                      {"a task fails", outcome::failed},
                      {"a task waits", outcome::skipped}},
            .spoke = {{"a task is sent", all_pairs}, {"a task fails", all_pairs}}}},
          {"e2e",
           {.ended = {{"a list, with a comma", outcome::passed},
                      {"a card of 1.0", outcome::passed},
                      {"a card is read and followed", outcome::passed},
                      {"a file is read", outcome::passed}},
            .spoke = {{"a list, with a comma", all_pairs},
                      {"a card of 1.0", {"1.0/card"}},
                      {"a card is read and followed", {"1.0/card", "0.3/card", "0.3/rest"}}}}},
          {"unit", {.ended = {{"a queue is full", outcome::passed}}, .on_wire = false}}};
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

TEST_CASE("a test covers only those of its row's pairs that it spoke") {
  const std::string row = "R1,3.1,MUST,A thing.,1.0;0.3,jsonrpc;rest,";
  auto got = findings(row + "e2e:a card of 1.0,\n");
  REQUIRE(got.size() == 1);
  CHECK(got.front() == "R1: 0.3/jsonrpc, 0.3/rest: no test that passed (A thing.)");
  CHECK(findings(row + "e2e:a card of 1.0;0.3/*=sdk:a task is sent,\n").empty());
  CHECK(findings(row + "e2e:a card of 1.0,0.3/*=a reason\n").empty());
  // For a pair that the row names it must be spoken, whatever else covers it.
  got = findings(row + "*/rest=e2e:a card of 1.0;sdk:a task is sent,\n");
  REQUIRE(got.size() == 1);
  CHECK(got.front() == "'e2e:a card of 1.0' did not speak 0.3/rest: R1");
  // So is a test that is for none of the row's pairs, or that spoke none at all.
  got = findings("R1,3.1,MUST,A thing.,0.3,rest,e2e:a card of 1.0;sdk:a task is sent,\n");
  REQUIRE(got.size() == 1);
  CHECK(got.front() == "'e2e:a card of 1.0' did not speak 0.3/rest: R1");
  got = findings("R1,3.1,MUST,A thing.,1.0,rest,1.0/rest=e2e:a file is read,\n");
  CHECK(says(got, "'e2e:a file is read' did not speak 1.0/rest: R1"));
  CHECK(says(got, "R1: 1.0/rest: no test that passed (A thing.)"));
  // A card stands for both bindings, but not where it only led to one of them.
  got = findings(row + "e2e:a card is read and followed,\n");
  REQUIRE(got.size() == 1);
  CHECK(got.front() == "R1: 0.3/jsonrpc: no test that passed (A thing.)");
}

TEST_CASE("a test that is not on the wire covers the pairs that the row says it is for") {
  const std::string row = "R1,3.1,MUST,A thing.,1.0;0.3,rest,";
  CHECK(findings(row + "*/*=unit:a queue is full,\n").empty());
  CHECK(findings(row + "1.0/*=unit:a queue is full,\n") ==
        std::vector<std::string>{"R1: 0.3/rest: no test that passed (A thing.)"});
  const auto got = findings(row + "unit:a queue is full,\n");
  CHECK(says(got, "'unit:a queue is full' is not on the wire, and is for no pair that is said: R1"));
  CHECK(says(got, "R1: 1.0/rest, 0.3/rest: no test that passed (A thing.)"));
}

TEST_CASE("a record of the pairs has a line for each test and pair") {
  pairs_spoken got;
  CHECK(add_spoken(got, "1.0/rest a list, with a comma\n0.3/rest a list, with a comma\n1.0/jsonrpc another\n").empty());
  CHECK(got.at("a list, with a comma") == std::set<std::string>{"0.3/rest", "1.0/rest"});
  CHECK(got.at("another") == std::set<std::string>{"1.0/jsonrpc"});
  CHECK(add_spoken(got, "") == "says nothing");
  CHECK(add_spoken(got, "1.0/rest\n").starts_with("has a line that is no pair and name"));
  CHECK(add_spoken(got, "a list/of things\n").starts_with("has a line that is no pair and name"));
  const test::scratch_folder folder;
  const auto file = folder.path() / "report.spoken";
  const auto some_time = std::filesystem::file_time_type::clock::now() - std::chrono::hours{1};
  CHECK(add_spoken_file(got, file, some_time).starts_with("is not there"));
  std::ofstream{file} << "1.0/rest a third\n";
  CHECK(add_spoken_file(got, file, some_time + std::chrono::hours{2}).starts_with("is older than the server"));
  CHECK_FALSE(got.contains("a third"));
  CHECK(add_spoken_file(got, file, some_time).empty());
  CHECK(got.contains("a third"));
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

#include <algorithm>
#include <map>

#include "tests/unit/actors/scenario/scenario_fixture.hpp"

using namespace mofa;
using namespace mofa::scenario::test;

namespace {

/// The faults of a definition by pointer.
std::multimap<std::string, std::string> faults_of(const json& document) {
  const auto made = compiled(document);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::invalid);
  std::multimap<std::string, std::string> out;
  for (const auto& one : made.error().fields) out.emplace(one.path, one.message);
  return out;
}

/// The only fault of one step.
std::pair<std::string, std::string> fault_of_step(const json& step) {
  const auto faults = faults_of({{"otherwise", {step}}});
  REQUIRE(faults.size() == 1);
  return *faults.begin();
}

using fault = std::pair<std::string, std::string>;

}  // namespace

TEST_CASE("the kind names itself and its members") {
  const auto kind = scenario::make_kind({});
  CHECK(kind->name() == "scenario");
  CHECK(std::vector<std::string>{kind->members().begin(), kind->members().end()} == kind_list{"rules", "otherwise"});
}

TEST_CASE("all mistakes of a definition are reported, each with its place") {
  const auto faults = faults_of(json::parse(R"j({"rules": [
    {"wen": {}, "do": [{"complte": {"text": "x"}}]},
    {"when": {"txt": "a", "text": "(", "turn": 0, "metadata": [1]}, "do": []},
    {"when": {}, "do": [{"status": {"text": 7}}, {"complete": {}}, {"pause_ms": 1}]}], "otherwise": {}})j"));
  const std::multimap<std::string, std::string> expected{
      {"/rules/0", "missing member 'when'"},
      {"/rules/0/wen", "unknown member 'wen'; did you mean 'when'?"},
      {"/rules/0/do/0/complte", "unknown member 'complte'; did you mean 'complete'?"},
      {"/rules/1/when/txt", "unknown member 'txt'; did you mean 'text'?"},
      {"/rules/1/when/text", "not a valid regular expression (RE2): missing ): ("},
      {"/rules/1/when/turn", "must be an integer from 1 to 1000000"},
      {"/rules/1/when/metadata", "must be an object"},
      {"/rules/1/do", "must be a list of at least one"},
      {"/rules/2/do/0/status/text", "must be a string"},
      {"/rules/2/do/2", "never reached: a step before it ends the task"},
      {"/otherwise", "must be a list of at least one"}};
  CHECK(faults == expected);
}

TEST_CASE("the detail of an error is the first mistake and how many more there are") {
  const auto made = compiled(json::parse(R"j({"otherwise": [{"complet": {}}, {"fial": {}}]})j"));
  REQUIRE_FALSE(made);
  CHECK(made.error().detail == "/otherwise/0/complet: unknown member 'complet'; did you mean 'complete'? (and 1 more)");
}

TEST_CASE("a scenario needs something to do") {
  CHECK(faults_of(json::object()) ==
        std::multimap<std::string, std::string>{{"", "a scenario needs 'rules' or 'otherwise'"}});
  CHECK(faults_of({{"rules", json::array()}}).count("/rules") == 1);
  CHECK_FALSE(compiled(nullptr));
}

TEST_CASE("publish names one topic and has data") {
  CHECK(fault_of_step({{"publish", {{"topic", "t"}}}}) == fault{"/otherwise/0/publish", "missing member 'data'"});
  CHECK(fault_of_step({{"publish", {{"data", 1}}}}) == fault{"/otherwise/0/publish", "missing member 'topic'"});
  CHECK(fault_of_step({{"publish", {{"topic", "t.*"}, {"data", 1}}}}) ==
        fault{"/otherwise/0/publish/topic", "a message goes to one topic: wildcards are for subscribers"});
  CHECK(fault_of_step({{"publish", {{"topic", "t"}, {"data", 1}, {"durable", "yes"}}}}).first ==
        "/otherwise/0/publish/durable");
  CHECK(fault_of_step({{"publish", {{"topic", "t"}, {"data", "{{citty}}"}}}}).first == "/otherwise/0/publish/data");
}

TEST_CASE("every step checks its members") {
  CHECK(fault_of_step("complete").first == "/otherwise/0");
  CHECK(fault_of_step({{"complete", json::object()}, {"fail", json::object()}}).first == "/otherwise/0");
  CHECK(fault_of_step({{"complete", "text"}}) == fault{"/otherwise/0/complete", "must be an object"});
  CHECK(fault_of_step({{"complete", {{"code", "x"}}}}).first == "/otherwise/0/complete/code");
  CHECK(fault_of_step({{"status", {{"state", "done"}}}}).first == "/otherwise/0/status/state");
  CHECK(fault_of_step({{"ask", {{"state", "working"}, {"text", "x"}}}}).first == "/otherwise/0/ask/state");
  CHECK(fault_of_step({{"ask", json::object()}}) == fault{"/otherwise/0/ask", "missing member 'text' or 'parts'"});
  CHECK(fault_of_step({{"fail", {{"text", "x"}}}}) == fault{"/otherwise/0/fail", "missing member 'code'"});
  CHECK(fault_of_step({{"fail", {{"code", ""}}}}).first == "/otherwise/0/fail/code");
  CHECK(fault_of_step({{"reply", json::object()}}) == fault{"/otherwise/0/reply", "missing member 'text' or 'parts'"});
  CHECK(fault_of_step({{"crash", json::object()}}).first == "/otherwise/0/crash");
  CHECK(fault_of_step({{"crash_once", 1}}).first == "/otherwise/0/crash_once");
  CHECK(fault_of_step({{"call", {{"tool", "clock"}, {"arguments", "x"}}}}).first == "/otherwise/0/call/arguments");
  CHECK(fault_of_step({{"call", json::object()}}) == fault{"/otherwise/0/call", "missing member 'tool'"});
  for (const auto& pause :
       {json{-1}[0], json{0.5}[0], json("1"), json(31'536'000'001), json(18'446'744'073'709'551'615ULL)}) {
    CHECK(fault_of_step({{"pause_ms", pause}}).first == "/otherwise/0/pause_ms");
  }
}

TEST_CASE("an artifact's parts are the parts of a message") {
  CHECK(fault_of_step({{"artifact", {{"id", "a"}}}}) == fault{"/otherwise/0/artifact", "missing member 'parts'"});
  CHECK(fault_of_step({{"artifact", {{"id", ""}, {"parts", {{{"text", "x"}}}}}}}).first == "/otherwise/0/artifact/id");
  CHECK(fault_of_step({{"artifact", {{"id", "{{text}}"}, {"parts", {{{"text", "x"}}}}}}}).first ==
        "/otherwise/0/artifact/id");
  CHECK(fault_of_step({{"artifact", {{"id", "a"}, {"append", 1}, {"parts", {{{"text", "x"}}}}}}}).first ==
        "/otherwise/0/artifact/append");
  const auto faults = faults_of({{"otherwise", {{{"artifact", {{"id", "a"}, {"parts", {{{"txt", "x"}}}}}}}}}});
  for (const auto& [place, message] : faults) CHECK(place.starts_with("/otherwise/0/artifact/parts/0"));
}

TEST_CASE("an unknown tool names a near one") {
  CHECK(fault_of_step({{"call", {{"tool", "clok"}}}}) ==
        fault{"/otherwise/0/call/tool", "unknown tool 'clok'; did you mean 'clock'?"});
  CHECK(fault_of_step({{"call", {{"tool", "http_get"}}}}) ==
        fault{"/otherwise/0/call/tool", "unknown tool 'http_get'; known: clock, count"});
  const auto none = compiled({{"otherwise", {{{"call", {{"tool", "clock"}}}}}}}, {});
  CHECK(none.error().fields.at(0).message == "unknown tool 'clock'; there are none");
}

TEST_CASE("broken templates are mistakes of the definition, wherever they are") {
  CHECK(fault_of_step({{"complete", {{"text", "a {{text"}}}}) ==
        fault{"/otherwise/0/complete/text", "not a valid template: Unclosed tag at 2"});
  CHECK(fault_of_step({{"crash", "{{#text}}"}}).first == "/otherwise/0/crash");
  CHECK(fault_of_step({{"call", {{"tool", "clock"}, {"arguments", {{"a/b", {1, "{{>text}}"}}}}}}}).first ==
        "/otherwise/0/call/arguments/a~1b/1");
  CHECK(fault_of_step({{"artifact", {{"id", "a"}, {"parts", {{{"data", {{"x", "{{}}"}}}}}}}}}).first ==
        "/otherwise/0/artifact/parts/0/data/x");
}

TEST_CASE("a variable that no rule has is a mistake, one of another rule is not") {
  const auto rules = json::parse(R"j([{"when": {"text": "(?P<city>\\w+)"}, "do": [{"complete": {"text": "{{city}}"}}]}])j");
  CHECK(compiled({{"rules", rules}, {"otherwise", {{{"complete", {{"text", "{{city}}"}}}}}}}));
  const auto faults = faults_of({{"rules", rules}, {"otherwise", {{{"complete", {{"text", "{{citi}}"}}}}}}});
  CHECK(faults == std::multimap<std::string, std::string>{
                      {"/otherwise/0/complete/text", "unknown variable 'citi'; did you mean 'city'?"}});
}

TEST_CASE("groups cannot have the names of the variables that every scenario has, nor match half a character") {
  const auto rule = [](const char* text) {
    return json{{"rules", {{{"when", {{"text", text}}}, {"do", {{{"complete", json::object()}}}}}}}};
  };
  CHECK(faults_of(rule("(?P<answer>x)")).count("/rules/0/when/text") == 1);
  CHECK(faults_of(rule("(?P<x>\\C)")).count("/rules/0/when/text") == 1);
  CHECK(compiled(rule("\\\\C")));
  CHECK(compiled(rule("(?P<x>x)")));
}

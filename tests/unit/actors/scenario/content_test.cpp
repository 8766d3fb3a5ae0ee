#include "tests/unit/actors/scenario/scenario_fixture.hpp"

using namespace mofa;
using namespace mofa::scenario::test;

namespace {

/// What a message or an artifact can hold, as a definition says it.
const json everything = json::parse(R"j({
  "parts": [{"text": "for {{text}}", "media_type": "text/markdown", "filename": "{{text}}.md"},
            {"data": {"who": ["{{text}}", 7]}, "metadata": {"unit": "m"}},
            {"url": "https://example.org/{{text}}", "media_type": "image/png"},
            {"raw": "AAEC/w==", "media_type": "application/octet-stream", "filename": "b.bin"}],
  "metadata": {"https://example.org/ext/v1": {"to": "{{text}}"}},
  "extensions": ["https://example.org/ext/v1"]})j");

/// And as it is with the text "Ada".
const json filled = json::parse(R"j({
  "parts": [{"text": "for Ada", "media_type": "text/markdown", "filename": "Ada.md"},
            {"data": {"who": ["Ada", 7]}, "metadata": {"unit": "m"}},
            {"url": "https://example.org/Ada", "media_type": "image/png"},
            {"raw": "AAEC/w==", "media_type": "application/octet-stream", "filename": "b.bin"}],
  "metadata": {"https://example.org/ext/v1": {"to": "Ada"}},
  "extensions": ["https://example.org/ext/v1"]})j");

json with(json base, const json& more) {
  base.update(more);
  return base;
}

/// All but the id of a message by an agent.
json held(json message) {
  CHECK(parse_uuid(message.at("message_id").get<std::string>()).has_value());
  CHECK(message.at("role") == "agent");
  message.erase("message_id");
  message.erase("role");
  return message;
}

std::vector<std::string> states(const pure_host& host) {
  std::vector<std::string> out;
  for (const auto& one : host.journal())
    if (one.kind == "status_changed") out.push_back(json::parse(one.data).at("state"));
  return out;
}

std::pair<std::string, std::string> fault_of(const json& steps) {
  const auto made = compiled({{"otherwise", steps}});
  REQUIRE_FALSE(made);
  REQUIRE(made.error().fields.size() == 1);
  return {made.error().fields[0].path, made.error().fields[0].message};
}

using fault = std::pair<std::string, std::string>;

}  // namespace

TEST_CASE("every message of an agent may have parts of all kinds, metadata and extensions") {
  for (const char* name : {"status", "ask", "complete", "reject", "fail", "reply"}) {
    CAPTURE(name);
    const std::string step = name;
    auto host = host_of_steps({{{step, step == "fail" ? with(everything, {{"code", "x"}}) : everything}}});
    host.submit("Ada");
    json said;
    for (const auto& one : host.journal())
      if (one.kind != "submitted" && json::parse(one.data).contains("message")) said = json::parse(one.data).at("message");
    CHECK(held(said) == filled);
    CHECK(core::message_from_json(said, ""));
    check_fold(host);
  }
}

TEST_CASE("an artifact may have a description, metadata and extensions, and its parts are read as those of a message") {
  auto host =
      host_of_steps({{{"artifact", with(everything, {{"id", "a"}, {"name", "A"}, {"description", "about {{text}}"}})}}});
  host.submit("Ada");
  const auto artifact = host.newest("artifact_updated").at("artifact");
  CHECK(artifact == with(filled, {{"artifact_id", "a"}, {"name", "A"}, {"description", "about Ada"}}));
  CHECK(core::artifact_from_json(artifact, ""));
}

TEST_CASE("a message is a text or parts, and what else it has needs one of them") {
  const json parts = json::array({{{"text", "x"}}});
  CHECK(fault_of({{{"reply", {{"text", "x"}, {"parts", parts}}}}}) ==
        fault{"/otherwise/0/reply", "has 'text' or 'parts', not both"});
  CHECK(fault_of({{{"ask", {{"metadata", json::object()}}}}}) ==
        fault{"/otherwise/0/ask", "missing member 'text' or 'parts'"});
  CHECK(fault_of({{{"complete", {{"metadata", json::object()}}}}}).first == "/otherwise/0/complete");
  CHECK(fault_of({{{"complete", {{"extensions", json::array()}}}}}).first == "/otherwise/0/complete");
  CHECK(fault_of({{{"status", {{"parts", json::array()}}}}}).first == "/otherwise/0/status/parts");
  CHECK(fault_of({{{"reply", {{"parts", {{{"txt", "x"}, {"data", 1}}}}}}}}).first == "/otherwise/0/reply/parts/0/txt");
  CHECK(fault_of({{{"reply", {{"parts", {{{"raw", "no base64"}}}}}}}}).first == "/otherwise/0/reply/parts/0/raw");
  CHECK(fault_of({{{"reply", {{"parts", {{{"text", "{{citty}}"}}}}}}}}).first == "/otherwise/0/reply/parts/0/text");
  CHECK(fault_of({{{"reply", {{"text", "x"}, {"metadata", {{"k", "{{citty}}"}}}}}}}).first ==
        "/otherwise/0/reply/metadata/k");
  CHECK(fault_of({{{"reply", {{"text", "x"}, {"metadata", 7}}}}}).first == "/otherwise/0/reply/metadata");
  CHECK(fault_of({{{"artifact", {{"id", "a"}, {"parts", parts}, {"extensions", {1}}}}}}).first ==
        "/otherwise/0/artifact/extensions");
  CHECK(fault_of({{{"reply", {{"text", "x"}, {"extensions", {"https://example.org/{{text}}"}}}}}}) ==
        fault{"/otherwise/0/reply/extensions", "are fixed names: variables are not filled in here"});
  CHECK(fault_of({{{"artifact", {{"id", "a"}, {"parts", parts}, {"description", 1}}}}}).first ==
        "/otherwise/0/artifact/description");
}

TEST_CASE("a task whose rule begins with submitted stays so until a step says otherwise") {
  auto rejected =
      host_of_steps({{{"status", {{"state", "submitted"}}}}, {{"pause_ms", 10}}, {{"reject", {{"text", "no"}}}}});
  CHECK(rejected.submit("x") == kind_list{"scenario.stepped", "timer_set"});
  CHECK(rejected.row.status.state == core::task_state::submitted);
  check_fold(rejected);
  rejected.fire(rejected.newest("timer_set").at("timer_id"));
  CHECK(states(rejected) == std::vector<std::string>{"rejected"});
  check_fold(rejected);

  auto asked = host_of_steps({{{"status", {{"state", "submitted"}}}}, {{"ask", {{"text", "who?"}}}}, {{"pause_ms", 1}}});
  asked.submit("x");
  CHECK(states(asked) == std::vector<std::string>{"input_required"});
  asked.send("Ada");
  CHECK(states(asked) == std::vector<std::string>{"input_required", "working"});

  auto begun = host_of_steps({{{"status", {{"state", "submitted"}}}}, {{"pause_ms", 1}}, {{"status", {{"text", "now"}}}}});
  begun.submit("x");
  begun.fire(begun.newest("timer_set").at("timer_id"));
  CHECK(states(begun) == std::vector<std::string>{"working", "completed"});
}

TEST_CASE("a rule for a task that has begun cannot make it submitted again") {
  auto host = host_of(json::parse(R"j({"rules": [
    {"when": {"turn": 1}, "do": [{"ask": {"text": "and?"}}]},
    {"when": {"turn": 2}, "do": [{"status": {"state": "submitted"}}, {"pause_ms": 1}, {"complete": {}}]}]})j"));
  host.submit("x");
  host.send("y");
  CHECK(states(host) == std::vector<std::string>{"working", "input_required", "working"});
}

TEST_CASE("submitted comes first in a rule, and says nothing") {
  CHECK(fault_of({{{"status", {{"text", "x"}}}}, {{"status", {{"state", "submitted"}}}}}) ==
        fault{"/otherwise/1/status", "must be the first step: the task may have begun to work"});
  CHECK(fault_of({{{"status", {{"state", "submitted"}, {"text", "x"}}}}}) ==
        fault{"/otherwise/0/status", "a task that stays submitted says nothing about it"});
}

#include <random>

#include "tests/unit/actors/scenario/scenario_fixture.hpp"

using namespace mofa;
using namespace mofa::scenario::test;

namespace {

json ask(const std::string& text) { return {{"ask", {{"state", "input_required"}, {"text", text}}}}; }

}  // namespace

TEST_CASE("an answer goes on below the question, and the groups of the rule remain") {
  auto host = host_of(json::parse(R"j({"rules": [{"when": {"text": "^weather in (?P<city>\\w+)$"}, "do": [
    {"ask": {"text": "For which day in {{city}}?"}}, {"pause_ms": 5}, {"complete": {"text": "{{city}} {{answer}} {{text}}"}}]}]})j"));
  CHECK(host.submit("weather in Rome") == kind_list{"status_changed", "scenario.stepped", "status_changed"});
  CHECK(host.newest("status_changed").at("state") == "input_required");
  CHECK(said(host.newest("status_changed")) == "For which day in Rome?");
  CHECK(host.newest("scenario.stepped") == json{{"rule", 0}, {"step", 1}, {"variables", {{"city", "Rome"}}}});
  check_fold(host);
  host.restart();

  CHECK(host.send("tomorrow") == kind_list{"status_changed", "scenario.stepped", "timer_set"});
  CHECK(host.newest("status_changed") == json{{"state", "working"}});
  CHECK(host.newest("scenario.stepped") == json{{"rule", 0}, {"step", 2}});
  check_fold(host);
  host.restart();

  host.fire(host.newest("timer_set").at("timer_id"));
  CHECK(said(host.newest("status_changed")) == "Rome tomorrow weather in Rome");
}

TEST_CASE("an answer that ends the task says so at once") {
  auto host = host_of_steps({ask("name?"), {{"complete", {{"text", "hello {{answer}}"}}}}});
  host.submit("hi");
  CHECK(host.send("Ann") == kind_list{"status_changed"});
  CHECK(said(host.newest("status_changed")) == "hello Ann");
  check_fold(host);
}

TEST_CASE("a rule that ends with a question leaves the next message to the rules, one turn later") {
  auto host = host_of(json::parse(R"j({"rules": [
    {"when": {"turn": 1, "text": "(?P<name>\\w+)"}, "do": [{"ask": {"text": "more?"}}]},
    {"when": {"text": "^no$"}, "do": [{"complete": {"text": "{{name}} said {{text}} at last"}}]},
    {"when": {"turn": 3}, "do": [{"complete": {"text": "three"}}]}],
    "otherwise": [{"ask": {"text": "{{text}}={{answer}}, more?"}}]})j"));
  host.submit("Ann");
  CHECK(host.newest("scenario.stepped") == json{{"rule", nullptr}, {"step", 1}, {"variables", {{"name", "Ann"}}}});
  check_fold(host);
  CHECK(host.send("yes") == kind_list{"status_changed", "scenario.stepped", "status_changed"});
  CHECK(said(host.newest("status_changed")) == "yes=yes, more?");
  check_fold(host);
  host.send("yes");
  CHECK(said(host.newest("status_changed")) == "three");
  check_fold(host);
}

TEST_CASE("the groups of an earlier rule remain until a later rule has one of that name") {
  auto host = host_of(json::parse(R"j({"rules": [
    {"when": {"turn": 1, "text": "(?P<name>\\w+)( (?P<more>\\w+))?"}, "do": [{"ask": {"text": "[{{name}}{{more}}]"}}]},
    {"when": {"turn": 2, "text": "(?P<more>\\d+)?"}, "do": [{"complete": {"text": "[{{name}}{{more}}]"}}]}]})j"));
  host.submit("Ann Lee");
  CHECK(said(host.newest("status_changed")) == "[AnnLee]");
  host.send("x");
  CHECK(said(host.newest("status_changed")) == "[Ann]");
}

TEST_CASE("a message to a task at work becomes its text and starts nothing") {
  auto host = host_of_steps({{{"pause_ms", 5}}, ask("{{text}}?"), {{"complete", {{"text", "{{text}}/{{answer}}"}}}}});
  host.submit("one");
  CHECK(host.send("two").empty());
  check_fold(host);
  host.fire(host.newest("timer_set").at("timer_id"));
  CHECK(said(host.newest("status_changed")) == "two?");
  host.send("three");
  CHECK(said(host.newest("status_changed")) == "two/three");
}

TEST_CASE("auth_required waits like input_required") {
  auto host =
      host_of_steps({{{"ask", {{"state", "auth_required"}, {"text", "key?"}}}}, {{"complete", {{"text", "{{answer}}"}}}}});
  host.submit("x");
  CHECK(host.newest("status_changed").at("state") == "auth_required");
  host.send("secret");
  CHECK(said(host.newest("status_changed")) == "secret");
}

TEST_CASE("an ended task keeps no texts in memory, and one at work only those that its script names") {
  auto host = host_of(json::parse(R"j({"rules": [{"when": {"text": "(?P<a>a+)(?P<b>b+)"}, "do": [
    {"pause_ms": 1}, {"complete": {"text": "{{a}}"}}]}]})j"));
  host.submit("aabb");
  CHECK(host.live().at("variables") == json{{"a", "aa"}});
  host.fire(host.newest("timer_set").at("timer_id"));
  CHECK(host.live().at("variables").empty());
  check_fold(host);
}

TEST_CASE("the live state, the folded one and the reloaded one agree after every fact of random conversations") {
  const auto document = json::parse(R"j({"rules": [
    {"when": {"text": "^p(?P<n>\\d*)"}, "do": [{"status": {"text": "{{n}}"}}, {"crash_once": "x"}, {"pause_ms": 3}, {"ask": {"text": "{{n}}?"}}]},
    {"when": {"text": "^c"}, "do": [{"call": {"tool": "count", "arguments": {"t": "{{text}}"}}}, {"artifact": {"id": "a", "parts": [{"text": "{{result}}{{error}}"}]}},
                                    {"ask": {"text": "{{answer}}"}}, {"pause_ms": 1}, {"ask": {"text": "again"}}]},
    {"when": {"text": "^end", "turn": 7}, "do": [{"complete": {"text": "{{n}} {{text}}"}}]}],
    "otherwise": [{"pause_ms": 2}, {"ask": {"text": "otherwise {{text}}"}}]})j");
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random{seed};
    const std::vector<std::string> texts{"p", "p12", "call", "end", "what", ""};
    const auto text = [&] { return texts[random() % texts.size()]; };
    auto host = host_of(document);
    host.submit(text());
    for (int i = 0; i < 20 && !core::is_terminal(host.row.status.state); ++i) {
      CAPTURE(seed);
      const auto timer = host.newest("timer_set");
      const auto effect = host.newest("effect_requested");
      switch (random() % 5) {
        case 0:
          host.send(text());
          break;
        case 1:
          if (!timer.is_null()) host.fire(timer.at("timer_id"));
          break;
        case 2:
          if (!effect.is_null()) host.resolve(effect.at("effect_id"), {{"v", i}});
          break;
        case 3:
          if (!effect.is_null()) host.resolve_with_error(effect.at("effect_id"), "timeout", "late");
          break;
        default:
          host.restart();
          break;
      }
      check_fold(host);
    }
  }
}

TEST_CASE("snapshots of another version or shape are not read") {
  const auto behaviour = *compiled({{"otherwise", {{{"pause_ms", 1}}}}});
  const auto state = behaviour->initial();
  const auto saved = behaviour->save(*state);
  CHECK(behaviour->snapshot_version() == 1);
  CHECK(behaviour->load(1, saved) != nullptr);
  CHECK(behaviour->load(2, saved) == nullptr);
  CHECK(behaviour->load(1, nullptr) == nullptr);
  for (const auto* member : {"step", "turn", "waits_for", "request", "variables"}) {
    auto broken = saved;
    broken[member] = json::array();
    CHECK(behaviour->load(1, broken) == nullptr);
  }
  auto negative = saved;
  negative["rule"] = -7;
  CHECK(behaviour->load(1, negative) == nullptr);
}

TEST_CASE("the behaviour knows its own events and the common ones, in version 1") {
  const auto behaviour = *compiled({{"otherwise", {{{"pause_ms", 1}}}}});
  for (const auto* kind : {"submitted", "message_received", "effect_resolved", "timer_fired", "cancel_requested",
                           "status_changed", "message_added", "artifact_updated", "effect_requested", "timer_set",
                           "timer_canceled", "replied", "behaviour_crashed", "scenario.stepped"}) {
    CHECK(behaviour->knows(kind, 1));
    CHECK_FALSE(behaviour->knows(kind, 2));
  }
  CHECK_FALSE(behaviour->knows("scenario.jumped", 1));
  CHECK_FALSE(behaviour->knows("llm.turned", 1));
}

TEST_CASE("malformed events change nothing and crash nothing") {
  const auto behaviour = *compiled({{"otherwise", {ask("{{text}}{{result}}"), {{"pause_ms", 1}}}}});
  const auto state = behaviour->initial();
  const auto before = behaviour->save(*state);
  const std::vector<json> oddities{nullptr,
                                   7,
                                   "x",
                                   json::array(),
                                   json::object(),
                                   {{"rule", "?"}, {"step", -1}},
                                   {{"rule", {{"a", 1}}}, {"step", 1}},
                                   {{"state", 3}},
                                   {{"purpose", 1}},
                                   {{"effect_id", 3}, {"error", 1}}};
  for (const auto* kind : {"scenario.stepped", "status_changed", "timer_fired", "effect_resolved", "unknown"}) {
    for (const auto& data : oddities) {
      core::event what;
      what.kind = kind;
      behaviour->apply(*state, what, data);
      CHECK(behaviour->save(*state) == before);
    }
  }
}

#include <set>

#include "tests/unit/actors/scenario/scenario_fixture.hpp"

using namespace mofa;
using namespace mofa::scenario::test;

TEST_CASE("a short task is its fact and its end") {
  auto host = host_of_steps({{{"complete", {{"text", "you said {{text}}"}}}}});
  CHECK(host.submit("hello") == kind_list{"status_changed"});
  const auto end = host.newest("status_changed");
  CHECK(end.at("state") == "completed");
  CHECK(end.at("message").at("role") == "agent");
  CHECK(said(end) == "you said hello");
  CHECK(host.journal().size() == 2);
  check_fold(host);
}

TEST_CASE("the first rule whose condition is met wins, else otherwise") {
  auto rules = json::parse(R"j([{"when": {"text": "^a"}, "do": [{"complete": {"text": "one"}}]},
                               {"when": {"text": "a"}, "do": [{"complete": {"text": "two"}}]}])j");
  const json document{{"rules", rules}, {"otherwise", {{{"complete", {{"text", "none"}}}}}}};
  const std::vector<std::pair<std::string, std::string>> cases{
      {"abc", "one"}, {"cba", "two"}, {"xyz", "none"}, {"", "none"}};
  for (const auto& [text, answer] : cases) {
    auto host = host_of(document);
    host.submit(text);
    CHECK(said(host.newest("status_changed")) == answer);
  }
}

TEST_CASE("conditions look at text, message id, metadata and turn, and all of them must hold") {
  const auto document = json::parse(R"j({"rules": [
    {"when": {"text": "^go$", "message_id": "^demo-", "metadata": {"lang": "en", "depth": 2}, "turn": 1}, "do": [{"complete": {"text": "yes"}}]},
    {"when": {"turn": 2}, "do": [{"complete": {"text": "second"}}]}], "otherwise": [{"complete": {"text": "no"}}]})j");
  const auto answer = [&](const json& message) {
    auto host = host_of(document);
    host.submit(message);
    return said(host.newest("status_changed"));
  };
  const json good{
      {"message_id", "demo-1"}, {"parts", {{{"text", "go"}}}}, {"metadata", {{"lang", "en"}, {"depth", 2}, {"more", true}}}};
  CHECK(answer(good) == "yes");
  for (const auto& [member, value] : std::vector<std::pair<std::string, json>>{{"message_id", "x-demo-1"},
                                                                               {"parts", {{{"text", "gone"}}}},
                                                                               {"metadata", {{"lang", "en"}}},
                                                                               {"metadata", {{"lang", "de"}, {"depth", 2}}},
                                                                               {"metadata", nullptr}}) {
    auto bad = good;
    bad[member] = value;
    CHECK(answer(bad) == "no");
  }
}

TEST_CASE("conditions on metadata are met by what the request says too, but the message's own word counts first") {
  const auto document = json::parse(R"j({"rules": [
    {"when": {"metadata": {"urgency": "high", "lang": "en"}}, "do": [{"complete": {"text": "at once"}}]}],
    "otherwise": [{"ask": {"text": "how urgent?"}}]})j");
  const auto data = [](const json& own, const json& of_request) {
    return json{{"message", {{"message_id", "m"}, {"parts", {{{"text", "go"}}}}, {"metadata", own}}},
                {"metadata", of_request}};
  };
  const auto state = [&](const json& own, const json& of_request) {
    auto host = host_of(document);
    host.take("submitted", data(own, of_request));
    return host.newest("status_changed").at("state").get<std::string>();
  };
  CHECK(state({{"lang", "en"}}, {{"urgency", "high"}}) == "completed");
  CHECK(state(nullptr, {{"urgency", "high"}, {"lang", "en"}}) == "completed");
  CHECK(state({{"lang", "de"}}, {{"urgency", "high"}, {"lang", "en"}}) == "input_required");
  CHECK(state({{"lang", "en"}}, nullptr) == "input_required");

  auto host = host_of(document);
  host.submit("hello");
  host.take("message_received", data(nullptr, {{"urgency", "high"}, {"lang", "en"}}));
  CHECK(said(host.newest("status_changed")) == "at once");
}

TEST_CASE("the text of a message is its text parts, one a line") {
  auto host =
      host_of(json::parse(R"j({"rules": [{"when": {"text": "^a\nb$"}, "do": [{"complete": {"text": "[{{text}}]"}}]}]})j"));
  host.submit({{"parts", {{{"text", "a"}}, {{"data", 1}}, {{"text", "b"}}}}});
  CHECK(said(host.newest("status_changed")) == "[a\nb]");
}

TEST_CASE("the text of a message that has none is its data as JSON") {
  auto host = host_of_steps({{{"complete", {{"text", "{{text}}"}}}}});
  host.submit({{"parts", {{{"data", {{"id", 7}}}}, {{"data", "x"}}}}});
  CHECK(said(host.newest("status_changed")) == "{\"id\":7}\n\"x\"");
}

TEST_CASE("without otherwise a message that no rule wants is rejected") {
  auto host = host_of(json::parse(R"j({"rules": [{"when": {"text": "^x$"}, "do": [{"complete": {}}]}]})j"));
  CHECK(host.submit("y") == kind_list{"status_changed"});
  CHECK(host.newest("status_changed").at("state") == "rejected");
  CHECK(host.newest("status_changed").at("code") == "no_rule");
}

TEST_CASE("a task that goes on says that it works, once") {
  auto host = host_of_steps({{{"pause_ms", 10}}, {{"complete", json::object()}}});
  CHECK(host.submit("x") == kind_list{"status_changed", "scenario.stepped", "timer_set"});
  CHECK(host.newest("status_changed") == json{{"state", "working"}});
  check_fold(host);

  auto told = host_of_steps({{{"status", {{"state", "working"}, {"text", "looking"}}}}, {{"pause_ms", 10}}});
  CHECK(told.submit("x") == kind_list{"status_changed", "scenario.stepped", "timer_set"});
  CHECK(said(told.newest("status_changed")) == "looking");
}

TEST_CASE("a pause is a deadline counted from the fact") {
  auto host = host_of_steps({{{"pause_ms", 1'500}}, {{"complete", {{"text", "done"}}}}});
  host.submit("x");
  const auto timer = host.newest("timer_set");
  CHECK(timer.at("purpose") == "pause");
  CHECK(timer.at("due") == "2023-11-14T22:13:21.500Z");
  check_fold(host);
  host.now += milliseconds{1'500};
  CHECK(host.fire(timer.at("timer_id")) == kind_list{"status_changed"});
  CHECK(said(host.newest("status_changed")) == "done");
  check_fold(host);
}

TEST_CASE("timers, outcomes and messages that the task does not wait for decide nothing") {
  auto host = host_of_steps({{{"pause_ms", 10}}, {{"call", {{"tool", "clock"}}}}, {{"complete", json::object()}}});
  host.submit("x");
  const auto own = host.row.id.str();
  const auto other = task_id::make(host.now).str();
  const std::string timer = host.newest("timer_set").at("timer_id");
  const auto before = host.live();
  CHECK(host.fire(own + "/99").empty());
  CHECK(host.fire(other + timer.substr(36)).empty());
  CHECK(host.fire(timer + "x").empty());
  CHECK(host.fire("").empty());
  CHECK(host.resolve(timer, 1).empty());
  CHECK(host.take("timer_fired", nullptr).empty());
  CHECK(host.take("cancel_requested", json::object()).empty());
  CHECK(host.take("child_ended", json::object()).empty());
  CHECK(host.live() == before);

  CHECK(host.fire(timer) == kind_list{"scenario.stepped", "effect_requested"});
  CHECK(host.fire(timer).empty());
  CHECK(host.resolve(own + "/1", 1).empty());
  check_fold(host);
}

TEST_CASE("a call is an effect that holds all that is needed to run it") {
  auto host = host_of(json::parse(R"j({"rules": [{"when": {"text": "^(?P<what>.*)$"}, "do": [
    {"call": {"tool": "count", "arguments": {"deep": [{"q": "<{{what}}>"}, 7], "plain": "x"}}},
    {"complete": {"text": "{{result}}|{{error}}"}}]}]})j"));
  CHECK(host.submit(R"(a"}b\)") == kind_list{"status_changed", "scenario.stepped", "effect_requested"});
  const auto effect = host.newest("effect_requested");
  CHECK(effect.at("type") == "tool");
  CHECK(effect.at("tool") == "count");
  CHECK(effect.at("rerun") == false);
  CHECK(effect.at("arguments") == json{{"deep", {{{"q", R"(<a"}b\>)"}}, 7}}, {"plain", "x"}});
  check_fold(host);
  CHECK(host.resolve(effect.at("effect_id"), "text as it is") == kind_list{"status_changed"});
  CHECK(said(host.newest("status_changed")) == "text as it is|");
}

TEST_CASE("the outcome of a call is text as it is, other values as JSON, and a failure is in error") {
  const json steps{{{"call", {{"tool", "clock"}}}},
                   {{"status", {{"text", "{{result}}|{{error}}"}}}},
                   {{"call", {{"tool", "clock"}}}},
                   {{"complete", {{"text", "{{result}}|{{error}}{{#error}} (failed){{/error}}"}}}}};
  auto host = host_of_steps(steps);
  host.submit("x");
  CHECK(host.newest("effect_requested").at("rerun") == true);
  CHECK(host.newest("effect_requested").at("arguments") == json::object());
  CHECK(host.resolve(host.newest("effect_requested").at("effect_id"), {{"n", 1}}) ==
        kind_list{"status_changed", "scenario.stepped", "effect_requested"});
  CHECK(said(host.newest("status_changed")) == R"({"n":1}|)");
  check_fold(host);
  host.resolve_with_error(host.newest("effect_requested").at("effect_id"), "timeout", "no answer in time");
  CHECK(said(host.newest("status_changed")) == "|no answer in time (failed)");

  auto silent = host_of_steps(steps);
  silent.submit("x");
  silent.resolve_with_error(silent.newest("effect_requested").at("effect_id"), "timeout", "");
  CHECK(said(silent.newest("status_changed")) == "|timeout");
}

TEST_CASE("a message is published by an effect that may be run again") {
  auto host =
      host_of_steps({{{"publish", {{"topic", "weather.asked"}, {"data", {{"city", "{{text}}"}}}, {"durable", true}}}},
                     {{"complete", {{"text", "{{result}}{{error}}"}}}}});
  host.submit("Oslo");
  const auto request = host.newest("effect_requested");
  CHECK(request.at("type") == "publish");
  CHECK(request.at("topic") == "weather.asked");
  CHECK(request.at("data") == json{{"city", "Oslo"}});
  CHECK(request.at("durable") == true);
  CHECK(request.at("rerun") == true);
  check_fold(host);
  SUBCASE("it is on its way") {
    host.resolve(request.at("effect_id"), {{"seq", 7}, {"delivered", 1}});
    CHECK(said(host.newest("status_changed")) == R"({"delivered":1,"seq":7})");
  }
  SUBCASE("it is refused") {
    host.resolve_with_error(request.at("effect_id"), "limit_exceeded", "in circles");
    CHECK(said(host.newest("status_changed")) == "in circles");
  }
  check_fold(host);
}

TEST_CASE("an artifact has the parts of the script with the variables filled in") {
  auto host = host_of(json::parse(R"j({"rules": [{"when": {"text": "in (?P<city>\\w+)"}, "do": [
    {"artifact": {"id": "f", "name": "for {{city}}", "parts": [{"text": "Sunny in {{city}}"}, {"data": {"where": ["{{city}}"]}}]}},
    {"artifact": {"id": "f", "parts": [{"text": "more"}], "append": true, "last": false}}, {"complete": {}}]}]})j"));
  CHECK(host.submit("in Paris") == kind_list{"artifact_updated", "artifact_updated", "status_changed"});
  const auto first = json::parse(host.journal().at(1).data);
  CHECK(first == json::parse(R"j({"artifact": {"artifact_id": "f", "name": "for Paris",
    "parts": [{"text": "Sunny in Paris"}, {"data": {"where": ["Paris"]}}]}, "append": false, "last": true})j"));
  const auto second = host.newest("artifact_updated");
  CHECK(second.at("append") == true);
  CHECK(second.at("last") == false);
  CHECK(second.at("artifact").at("name") == "");
}

TEST_CASE("the ends of a task") {
  auto failed = host_of_steps({{{"fail", {{"code", "no_money"}, {"text", "sorry"}}}}});
  failed.submit("x");
  CHECK(failed.newest("status_changed").at("state") == "failed");
  CHECK(failed.newest("status_changed").at("code") == "no_money");
  CHECK(said(failed.newest("status_changed")) == "sorry");

  auto rejected = host_of_steps({{{"reject", {{"text", "not for me"}}}}});
  rejected.submit("x");
  CHECK(rejected.newest("status_changed").at("state") == "rejected");
  CHECK(said(rejected.newest("status_changed")) == "not for me");

  auto replied = host_of_steps({{{"reply", {{"text", "hi"}}}}});
  CHECK(replied.submit("x") == kind_list{"replied", "status_changed"});
  CHECK(said(replied.newest("replied")) == "hi");
  CHECK(replied.newest("status_changed") == json{{"state", "completed"}});

  auto silent = host_of_steps({{{"status", {{"text", "looking"}}}}});
  CHECK(silent.submit("x") == kind_list{"status_changed", "status_changed"});
  CHECK(silent.newest("status_changed") == json{{"state", "completed"}});
}

TEST_CASE("crash throws at every attempt") {
  auto host = host_of_steps({{{"crash", "boom {{text}}"}}});
  CHECK(host.submit("x").empty());
  CHECK(host.count("behaviour_crashed") == 5);
  CHECK(host.newest("behaviour_crashed").at("reason") == "boom x");
}

TEST_CASE("each crash_once crashes one attempt: two of them, and the third attempt answers") {
  auto host = host_of_steps({{{"crash_once", "one"}}, {{"crash_once", "two"}}, {{"complete", {{"text", "up again"}}}}});
  CHECK(host.submit("x") == kind_list{"status_changed"});
  CHECK(host.count("behaviour_crashed") == 2);
  CHECK(json::parse(host.journal().at(1).data).at("reason") == "one");
  CHECK(json::parse(host.journal().at(2).data).at("reason") == "two");
  CHECK(said(host.newest("status_changed")) == "up again");
  check_fold(host);
}

TEST_CASE("crash_once counts anew for each fact") {
  auto host =
      host_of_steps({{{"crash_once", "one"}}, {{"pause_ms", 1}}, {{"crash_once", "two"}}, {{"complete", json::object()}}});
  host.submit("x");
  CHECK(host.count("behaviour_crashed") == 1);
  CHECK(host.fire(host.newest("timer_set").at("timer_id")) == kind_list{"status_changed"});
  CHECK(host.count("behaviour_crashed") == 2);
  check_fold(host);
}

TEST_CASE("message ids are different within a decision and the same when it is decided again") {
  const json steps{{{"status", {{"text", "a"}}}}, {{"status", {{"text", "b"}}}}, {{"complete", {{"text", "c"}}}}};
  const auto ids = [&] {
    auto host = host_of_steps(steps);
    host.submit("x");
    std::vector<std::string> out;
    for (const auto& one : host.journal()) {
      if (one.kind == "status_changed") out.push_back(json::parse(one.data).at("message").at("message_id"));
    }
    return out;
  };
  const auto first = ids();
  CHECK(first.size() == 3);
  CHECK(std::set<std::string>(first.begin(), first.end()).size() == 3);
  for (const auto& one : first) CHECK(parse_uuid(one).has_value());
  CHECK(ids() == first);
}

TEST_CASE("texts that multiply a long message end the task instead of the server") {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "{{text}}";
  auto host = host_of_steps({{{"status", {{"text", "before"}}}}, {{"complete", {{"text", many}}}}});
  host.submit(std::string(1'000'000, 'x'));
  CHECK(host.newest("status_changed").at("state") == "failed");
  CHECK(host.newest("status_changed").at("code") == "limit_exceeded");
  CHECK(host.count("status_changed") == 2);
}

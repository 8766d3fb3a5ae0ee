#include "server/models/scripted/scripted_provider.hpp"

#include <doctest/doctest.h>

#include "server/models/patient/patient_model.hpp"
#include "server/models/scripted/rules.hpp"
#include "tests/unit/server/models/conversation.hpp"
#include "tests/unit/server/models/manual_timer.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;
using core::json;

namespace {

const auto timer = std::make_shared<manual_timer>();

core::model_ptr compiled(const json& document, int attempts = 1) {
  auto made = models::compile_scripted(document, timer);
  REQUIRE_MESSAGE(made, (made ? "" : made.error().detail));
  static const system_clock time;
  models::patience how;
  how.attempts = attempts;
  return models::patient_model("scripted", *made, "", how, {timer, time, [] { return 1.0; }});
}

core::model_answer answer_to(const core::model_ptr& model, std::vector<core::model_message> messages) {
  asking one{*model, request_of(std::move(messages))};
  REQUIRE(one.answers() == 1);
  const auto got = one.answer();
  REQUIRE_MESSAGE(got, (got ? "" : got.error().detail));
  CHECK(one.streamed() == got->text);
  return *got;
}

std::vector<field_error> faults(const json& document) {
  const auto made = models::compile_scripted(document, timer);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::invalid);
  return made.error().fields;
}

void check_fault(const json& document, std::string_view path, std::string_view message) {
  CAPTURE(document.dump());
  const auto found = faults(document);
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == path);
  CHECK(found[0].message == message);
}

json rule(json when, json rest) {
  rest["when"] = std::move(when);
  return {{"rules", {std::move(rest)}}};
}

const json arithmetic = {{"rules",
                          {{{"when", {{"text", "(?P<expr>[0-9][0-9 ()+*/.-]*[0-9)])"}}},
                            {"call", {{{"tool", "calculator"}, {"arguments", {{"expression", "{{expr}}"}}}}}}},
                           {{"when", {{"tool", "calculator"}}}, {"say", "The result is {{result}}."}}}},
                         {"otherwise", {{"say", "I know sums."}}}};

}  // namespace

TEST_CASE("the first rule that matches the user's text calls its tools with the groups filled in") {
  const auto got = answer_to(compiled(arithmetic), {asked("What is 17*23?")});
  CHECK(got.text.empty());
  REQUIRE(got.calls.size() == 1);
  CHECK(got.calls[0].id == "call_1");
  CHECK(got.calls[0].tool == "calculator");
  CHECK(got.calls[0].arguments == json{{"expression", "17*23"}});
  CHECK(got.finish == "tool_calls");
  CHECK(got.model == "scripted/demo");
}

TEST_CASE("rules with the same pattern share what it was compiled to") {
  const auto book = models::read_rules(json::parse(R"json({"rules": [
      {"when": {"text": "my name is (?P<name>\\pL+)"}, "say": "{{name}}"},
      {"when": {"text": "hello"}, "say": "hi"},
      {"when": {"text": "my name is (?P<name>\\pL+)", "tool": "memory_put"}, "say": "{{name}}"}]})json"));
  REQUIRE(book);
  CHECK(book->rules[0].text == book->rules[2].text);
  CHECK(book->rules[0].text != book->rules[1].text);
  CHECK(book->rules[2].groups == book->rules[0].groups);
}

TEST_CASE("a tool's outcome is matched by the tool, whatever numbers are in it") {
  const auto model = compiled(arithmetic);
  for (const auto* outcome_text : {"392", R"("392")", R"({"result": 392})", R"({"result": 392.0, "text": "392"})"}) {
    CAPTURE(outcome_text);
    const auto got = answer_to(model, {asked("What is 17*23?"), calling({{"call_1", "calculator", json::object(), ""}}),
                                       outcome("calculator", outcome_text)});
    CHECK(got.text == "The result is 392.");
    CHECK(got.finish == "stop");
  }
}

TEST_CASE("what no rule matches is for otherwise, and without one an error") {
  CHECK(answer_to(compiled(arithmetic), {asked("hello")}).text == "I know sums.");
  CHECK(answer_to(compiled(arithmetic), {asked("1+1"), outcome("clock", "noon")}).text == "I know sums.");
  CHECK(answer_to(compiled(arithmetic), {}).text == "I know sums.");

  asking lost{*compiled(rule({{"text", "x"}}, {{"say", "y"}})), request_of({asked("z")})};
  CHECK(lost.answer().error().code == errc::upstream_failed);
  CHECK(lost.answer().error().detail == "scripted/demo: no rule matches and there is no 'otherwise'");
}

TEST_CASE("an answer is streamed word by word") {
  const auto model = compiled({{"otherwise", {{"say", " The  result\nis 391."}}}});
  asking one{*model, request_of({asked("x")})};
  CHECK(one.deltas() ==
        std::vector<std::pair<int, std::string>>{{1, " "}, {1, "The  "}, {1, "result\n"}, {1, "is "}, {1, "391."}});
  CHECK(one.answer()->text == " The  result\nis 391.");
}

TEST_CASE("a failure of the tool is {{error}}, and no result") {
  const auto model = compiled(
      rule({{"tool", "calculator"}}, {{"say", "{{#error}}sorry: {{error}}{{/error}}{{^error}}it is {{result}}{{/error}}"}}));
  CHECK(answer_to(model, {outcome("calculator", "division by zero", true)}).text == "sorry: division by zero");
  CHECK(answer_to(model, {outcome("calculator", "4")}).text == "it is 4");
}

TEST_CASE("tools that were called together are all there: the last one, the list, each by its name and by its members") {
  const auto model =
      compiled(rule({{"tool", "clock"}},
                    {{"say", "{{result}} | {{results}} | {{calculator}} | {{now}} | {{memory_get_error}} | {{error}}"}}));
  const auto got = answer_to(model, {outcome("calculator", "1"), asked("both"),
                                     calling({{"a", "calculator", json::object(), ""},
                                              {"b", "memory_get", json::object(), ""},
                                              {"c", "clock", json::object(), ""}}),
                                     outcome("calculator", R"({"text": "391", "error": "hidden"})"),
                                     outcome("memory_get", "gone", true), outcome("clock", R"({"now": "noon"})")});
  CHECK(got.text == R"({"now": "noon"} | 391, gone, {"now": "noon"} | 391 | noon | gone | )");
}

TEST_CASE("a rule with text and tool looks at both, and keeps the user's words") {
  const auto model =
      compiled({{"rules",
                 {{{"when", {{"tool", "memory_put"}, {"text", "name is (?P<name>\\w+)"}}}, {"say", "Hi {{name}}"}},
                  {{"when", {{"tool", "memory_put"}}}, {"say", "stored"}}}}});
  CHECK(answer_to(model, {asked("my name is Ada"), outcome("memory_put", "{}")}).text == "Hi Ada");
  CHECK(answer_to(model, {asked("keep this"), outcome("memory_put", "{}")}).text == "stored");
}

TEST_CASE("what a user writes stays text: neither a template nor JSON") {
  const auto model = compiled(rule({{"text", "(?P<all>.+)"}},
                                   {{"say", "{{all}}"}, {"call", {{{"tool", "t"}, {"arguments", {{"a", {"{{all}}"}}}}}}}}));
  const std::string hostile = R"({{x}} ", "b": "<&> {{{y)";
  const auto got = answer_to(model, {asked(hostile)});
  CHECK(got.text == hostile);
  CHECK(got.calls[0].arguments == json{{"a", {hostile}}});
}

TEST_CASE("ids of calls are unique within a conversation") {
  const auto model = compiled({{"otherwise", {{"call", {{{"tool", "a"}}, {{"tool", "b"}}}}}}});
  const auto got = answer_to(model, {asked("x"), calling({{"call_1", "a", json::object(), ""}}), outcome("a", "1")});
  REQUIRE(got.calls.size() == 2);
  CHECK(got.calls[0].id == "call_2");
  CHECK(got.calls[1].id == "call_3");
  CHECK(got.calls[1].arguments == json::object());
}

TEST_CASE("token counts are the rule's, else a quarter of the bytes rounded up") {
  auto request = request_of({asked("12345"), calling({{"c", "abc", json::object(), ""}})});  // 5 + 3 + 2
  request.tools = {{"tool", "does it", json::object()}};                                     // 4 + 7 + 2
  asking estimated{*compiled({{"otherwise", {{"say", "12345"}}}}), request};
  CHECK(estimated.answer()->input_tokens == 6);  // 23 bytes
  CHECK(estimated.answer()->output_tokens == 2);

  asking given{*compiled({{"otherwise", {{"say", "12345"}, {"usage", {{"input", 100}, {"output", 7}}}}}}), request};
  CHECK(given.answer()->input_tokens == 100);
  CHECK(given.answer()->output_tokens == 7);

  asking half{*compiled({{"otherwise", {{"say", "12345"}, {"usage", {{"output", 7}}}}}}), request};
  CHECK(half.answer()->input_tokens == 6);
}

TEST_CASE("an error of a rule is the provider's refusal") {
  const auto model = compiled(rule({{"text", "."}}, {{"error", {{"status", 429}, {"message", "slow down"}}}}));
  asking one{*model, request_of({asked("x")})};
  REQUIRE(one.answers() == 1);
  CHECK(one.answer().error().code == errc::upstream_failed);
  CHECK(one.answer().error().detail == "scripted/demo: HTTP 429: slow down");
  CHECK(one.deltas().empty());
}

TEST_CASE("rules for an attempt play a provider that fails before it answers") {
  const auto model = compiled({{"rules",
                                {{{"when", {{"attempt", 1}}}, {"error", {{"status", 429}, {"retry_after_s", 7}}}},
                                 {{"when", {{"attempt", 2}, {"text", "hard"}}}, {"error", {{"status", 503}}}}}},
                               {"otherwise", {{"say", "at last"}}}},
                              3);
  asking one{*model, request_of({asked("a hard one")})};
  CHECK(one.answers() == 0);
  CHECK(timer->next() == 7'000ms);
  timer->advance(7'000ms);
  CHECK(one.answers() == 0);
  CHECK(timer->next() == 1'000ms);
  timer->advance(1'000ms);
  CHECK(one.answer()->text == "at last");
  CHECK(one.answer()->attempts == 3);
  CHECK(one.deltas() == std::vector<std::pair<int, std::string>>{{3, "at "}, {3, "last"}});
  const auto retries = one.retries();
  REQUIRE(retries.size() == 2);
  CHECK(retries[0].why == "scripted/demo: HTTP 429");
  CHECK(retries[0].pause == 7'000ms);
  CHECK(retries[1].why == "scripted/demo: HTTP 503");

  // Each call is counted by itself.
  asking easy{*model, request_of({asked("an easy one")})};
  timer->advance(7'000ms);
  CHECK(easy.answer()->attempts == 2);
}

TEST_CASE("what no further attempt can change is not tried again") {
  for (const auto& [document, why] :
       {std::pair{rule({{"text", "x"}}, {{"say", "y"}}), "no rule matches and there is no 'otherwise'"},
        std::pair{rule({{"text", "z"}}, {{"error", {{"status", 400}, {"message", "no"}}}}), "HTTP 400: no"}}) {
    asking one{*compiled(document, 3), request_of({asked("z")})};
    REQUIRE(one.answers() == 1);
    CHECK(one.answer().error().detail == std::string{"scripted/demo: "} + why);
    CHECK(one.retries().empty());
  }
}

TEST_CASE("a delay comes before the first word, and an abort in the meantime ends it without a word") {
  const auto model = compiled({{"otherwise", {{"say", "at last"}, {"delay_ms", 500}}}});
  asking patient{*model, request_of({asked("x")})};
  asking hurried{*model, request_of({asked("x")})};
  timer->advance(499ms);
  CHECK(patient.deltas().empty());
  CHECK(patient.answers() == 0);
  hurried.abort();
  timer->advance(1ms);
  CHECK(patient.streamed() == "at last");
  CHECK(patient.answers() == 1);
  CHECK(hurried.answers() == 0);
  CHECK(timer->waiting() == 0);
}

TEST_CASE("an answer that would be enormous is refused") {
  std::string say;
  for (int i = 0; i < 100; ++i) say += "{{text}}";
  asking one{*compiled({{"otherwise", {{"say", say}}}}), request_of({asked(std::string(20'000, 'x'))})};
  CHECK(one.answer().error().code == errc::upstream_failed);
  CHECK(one.answer().error().detail == "scripted/demo: the answer would be larger than 1 MiB");
}

TEST_CASE("what is wrong in a file is named with its place") {
  check_fault(json::array(), "", "must be an object, not an array");
  check_fault(json::object(), "", "a scripted model needs 'rules' or 'otherwise'");
  check_fault({{"otherwise", {{"say", "x"}}}, {"rulez", 1}}, "/rulez", "unknown member 'rulez'; did you mean 'rules'?");
  check_fault({{"rules", 1}}, "/rules", "must be a list of rules");
  check_fault({{"rules", {1}}}, "/rules/0", "must be an object, not an integer");
  check_fault({{"rules", {{{"say", "x"}}}}}, "/rules/0/when", "missing member 'when'");
  check_fault(rule(json::object(), {{"say", "x"}}), "/rules/0/when",
              "needs text, tool or attempt; what always holds is 'otherwise'");
  check_fault(rule({{"txt", "x"}}, {{"say", "x"}}), "/rules/0/when/txt", "unknown member 'txt'; did you mean 'text'?");
  check_fault(rule({{"tool", ""}}, {{"say", "x"}}), "/rules/0/when/tool", "is empty");
  check_fault(rule({{"text", "x"}}, json::object()), "/rules/0", "needs say, call or error");
  check_fault({{"otherwise", json::object()}}, "/otherwise", "needs say, call or error");
  check_fault(rule({{"text", "x"}}, {{"say", "{{a}}"}}), "/rules/0/say", "unknown variable 'a'; known: text");
  check_fault(rule({{"text", "(?P<b>x)"}}, {{"call", {{{"tool", "t"}, {"arguments", {{"q", "{{a}}"}}}}}}}),
              "/rules/0/call/0/arguments/q", "unknown variable 'a'; known: text, b");
  check_fault(rule({{"text", "x"}}, {{"say", "{{"}}), "/rules/0/say", "not a valid template: Unclosed tag at 0");
  check_fault(rule({{"text", "x"}}, {{"call", json::array()}}), "/rules/0/call",
              "must be a list of at least one {tool, arguments}");
  check_fault(rule({{"text", "x"}}, {{"call", {{{"arguments", json::object()}}}}}), "/rules/0/call/0/tool",
              "missing member 'tool'");
  check_fault(rule({{"text", "x"}}, {{"call", {{{"tool", "t"}, {"arguments", 1}}}}}), "/rules/0/call/0/arguments",
              "must be an object");
  check_fault(rule({{"text", "x"}}, {{"say", "x"}, {"error", {{"status", 500}}}}), "/rules/0/error",
              "a rule that plays an error says and calls nothing");
  check_fault(rule({{"text", "a\\Cb"}}, {{"say", "x"}}), "/rules/0/when/text",
              "not a valid regular expression: \\C is not supported");
  check_fault(rule({{"text", "(?P<error>x)"}}, {{"say", "x"}}), "/rules/0/when/text",
              "the group cannot be named 'error': that is a variable of every rule");
  CHECK(faults(rule({{"text", "("}}, {{"say", "{{a}}"}})).size() == 1);
  CHECK(faults(rule({{"text", "x"}}, {{"say", "x"}, {"delay_ms", -1}}))[0].path == "/rules/0/delay_ms");
  CHECK(faults(rule({{"text", "x"}}, {{"say", "x"}, {"usage", {{"input", "many"}}}}))[0].path == "/rules/0/usage/input");
  CHECK(faults(rule({{"text", "x"}}, {{"error", {{"status", 200}}}}))[0].path == "/rules/0/error/status");
  CHECK(faults(rule({{"attempt", 0}}, {{"say", "x"}}))[0].path == "/rules/0/when/attempt");
  CHECK(faults(rule({{"text", "x"}}, {{"error", {{"status", 429}, {"retry_after_s", -1}}}}))[0].path ==
        "/rules/0/error/retry_after_s");
}

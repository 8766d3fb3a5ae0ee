#include <doctest/doctest.h>

#include "protocols/core/ports/model.hpp"

using namespace mofa;
using core::json;
using from = core::model_message::from;

namespace {

core::model_message message(from role, std::string text) {
  core::model_message out;
  out.role = role;
  out.text = std::move(text);
  return out;
}

core::model_answer some_answer() {
  core::model_answer out;
  out.text = "one moment";
  out.calls = {{"c1", "clock", json::object(), ""}, {"c2", "calculator", nullptr, "{\"expression\": "}};
  out.finish = "tool_calls";
  out.input_tokens = 12;
  out.output_tokens = 3;
  out.model = "openai/gpt-4o-mini";
  return out;
}

}  // namespace

TEST_CASE("a message has only the members that say something") {
  CHECK(core::to_json(message(from::system, "be brief")) == json{{"role", "system"}, {"text", "be brief"}});
  CHECK(core::to_json(message(from::user, "")) == json{{"role", "user"}});

  auto outcome = message(from::tool, "division by zero");
  outcome.call_id = "c1";
  outcome.tool = "calculator";
  outcome.failed = true;
  CHECK(core::to_json(outcome) ==
        json{{"role", "tool"}, {"text", "division by zero"}, {"call_id", "c1"}, {"tool", "calculator"}, {"failed", true}});
}

TEST_CASE("every message is read back as it was") {
  auto calling = message(from::assistant, "");
  calling.calls = some_answer().calls;
  auto outcome = message(from::tool, "391");
  outcome.call_id = "c2";
  outcome.tool = "calculator";
  for (const auto& each : {message(from::system, "s"), message(from::user, "u"), calling, outcome}) {
    const auto written = core::to_json(each);
    const auto read = core::model_message_from_json(written);
    REQUIRE(read);
    CHECK(core::to_json(*read) == written);
    CHECK(read->role == each.role);
    CHECK(read->calls.size() == each.calls.size());
  }
}

TEST_CASE("an answer is read back as it was, with the arguments that were no JSON") {
  const auto written = core::to_json(some_answer());
  CHECK(written["calls"] == json{{{"id", "c1"}, {"tool", "clock"}, {"arguments", json::object()}},
                                 {{"id", "c2"}, {"tool", "calculator"}, {"malformed", "{\"expression\": "}}});
  CHECK(written["usage"] == json{{"input_tokens", 12}, {"output_tokens", 3}});
  const auto read = core::model_answer_from_json(written);
  REQUIRE(read);
  CHECK(read->text == "one moment");
  CHECK(read->finish == "tool_calls");
  CHECK(read->input_tokens == 12);
  CHECK(read->output_tokens == 3);
  CHECK(read->model == "openai/gpt-4o-mini");
  REQUIRE(read->calls.size() == 2);
  CHECK(read->calls[0].arguments == json::object());
  CHECK(read->calls[1].arguments.is_null());
  CHECK(read->calls[1].malformed == "{\"expression\": ");
}

TEST_CASE("a message that is not of our form is corrupt") {
  for (const auto& broken :
       {json("hi"), json{{"text", "no role"}}, json{{"role", "robot"}}, json{{"role", "user"}, {"txt", "x"}},
        json{{"role", "user"}, {"text", 1}}, json{{"role", "assistant"}, {"calls", 1}},
        json{{"role", "assistant"}, {"calls", {{{"id", "a"}, {"tool", "b"}}}}},
        json{{"role", "assistant"}, {"calls", {{{"id", "a"}, {"tool", "b"}, {"arguments", 1}}}}},
        json{{"role", "tool"}, {"failed", "yes"}}}) {
    CAPTURE(broken.dump());
    const auto read = core::model_message_from_json(broken);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::corrupt);
  }
  CHECK(core::model_message_from_json(json{{"role", "robot"}}).error().detail.starts_with("a model's message: /role: "));
}

TEST_CASE("an answer that is not of our form is corrupt") {
  const auto good = core::to_json(some_answer());
  for (const auto* member : {"text", "calls", "finish", "usage", "model"}) {
    CAPTURE(member);
    auto broken = good;
    broken.erase(member);
    CHECK(core::model_answer_from_json(broken).error().code == errc::corrupt);
    broken[member] = 7;
    CHECK(core::model_answer_from_json(broken).error().code == errc::corrupt);
  }
  auto negative = good;
  negative["usage"]["input_tokens"] = -1;
  CHECK(core::model_answer_from_json(negative).error().code == errc::corrupt);
}

TEST_CASE("an answer says how many attempts it took when it took more than one") {
  auto answer = some_answer();
  CHECK_FALSE(core::to_json(answer).contains("attempts"));
  CHECK(core::model_answer_from_json(core::to_json(answer))->attempts == 1);
  answer.attempts = 3;
  CHECK(core::to_json(answer).at("attempts") == 3);
  CHECK(core::model_answer_from_json(core::to_json(answer))->attempts == 3);
}

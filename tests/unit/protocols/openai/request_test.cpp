#include "protocols/openai/request.hpp"

#include <doctest/doctest.h>

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

json body_of(const core::model_request& what, openai::flavour how = {}) {
  return json::parse(openai::request_body(what, how));
}

core::model_request simple() {
  core::model_request out;
  out.model = "gpt-4o-mini";
  out.messages = {message(from::system, "Be brief."), message(from::user, "What is 17*23?")};
  return out;
}

}  // namespace

TEST_CASE("a plain question is a stream with usage, and nothing that was not asked for") {
  CHECK(body_of(simple()) ==
        json{{"model", "gpt-4o-mini"},
             {"stream", true},
             {"stream_options", {{"include_usage", true}}},
             {"messages",
              {{{"role", "system"}, {"content", "Be brief."}}, {{"role", "user"}, {"content", "What is 17*23?"}}}}});
}

TEST_CASE("tools, their calls and their outcomes are there by their wire names") {
  auto what = simple();
  what.tools = {{"agent:weather", "Forecasts", {{"type", "object"}}}, {"clock", "The time", nullptr}};
  auto wanted = message(from::assistant, "");
  wanted.calls = {{"a", "agent:weather", {{"city", "Paris"}}, ""}, {"b", "clock", nullptr, "{broken"}};
  auto good = message(from::tool, "sunny");
  good.call_id = "a";
  auto bad = message(from::tool, "arguments are not JSON");
  bad.call_id = "b";
  bad.failed = true;
  what.messages.insert(what.messages.end(), {wanted, good, bad});

  const auto body = body_of(what);
  CHECK(body["tools"] ==
        json{{{"type", "function"},
              {"function", {{"name", "agent_weather"}, {"description", "Forecasts"}, {"parameters", {{"type", "object"}}}}}},
             {{"type", "function"}, {"function", {{"name", "clock"}, {"description", "The time"}}}}});
  CHECK(body["messages"][2] ==
        json{{"role", "assistant"},
             {"content", nullptr},
             {"tool_calls",
              {{{"id", "a"},
                {"type", "function"},
                {"function", {{"name", "agent_weather"}, {"arguments", R"({"city":"Paris"})"}}}},
               {{"id", "b"}, {"type", "function"}, {"function", {{"name", "clock"}, {"arguments", "{}"}}}}}}});
  CHECK(body["messages"][3] == json{{"role", "tool"}, {"tool_call_id", "a"}, {"content", "sunny"}});
  CHECK(body["messages"][4] == json{{"role", "tool"}, {"tool_call_id", "b"}, {"content", "Error: arguments are not JSON"}});
}

TEST_CASE("temperature, the bound of the answer and its schema are passed on") {
  auto what = simple();
  what.temperature = 0.5;
  what.max_output_tokens = 100;
  what.output_schema = {{"type", "object"}};
  const auto body = body_of(what);
  CHECK(body["temperature"] == 0.5);
  CHECK(body["max_tokens"] == 100);
  CHECK_FALSE(body.contains("max_completion_tokens"));
  CHECK(body["response_format"] ==
        json{{"type", "json_schema"}, {"json_schema", {{"name", "answer"}, {"schema", {{"type", "object"}}}}}});

  const auto own = body_of(what, {true});
  CHECK(own["max_completion_tokens"] == 100);
  CHECK_FALSE(own.contains("max_tokens"));
}

TEST_CASE("text that is not UTF-8 does not stop the call") {
  auto what = simple();
  what.messages = {message(from::user,
                           "a\xff"
                           "b")};
  CHECK(body_of(what)["messages"][0]["content"] ==
        "a\xEF\xBF\xBD"
        "b");
}

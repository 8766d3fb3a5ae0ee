#include <doctest/doctest.h>

#include "server/models/anthropic/request.hpp"
#include "server/models/anthropic/stream_decoder.hpp"
#include "tests/unit/server/models/conversation.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;
using from = core::model_message::from;

namespace {

std::string event(const json& data) { return "event: " + data.value("type", "") + "\ndata: " + data.dump() + "\n\n"; }

std::string start_message() {
  return event(
      {{"type", "message_start"},
       {"message",
        {{"role", "assistant"}, {"usage", {{"input_tokens", 20}, {"cache_read_input_tokens", 5}, {"output_tokens", 1}}}}}});
}
std::string begin(int index, const json& block) {
  return event({{"type", "content_block_start"}, {"index", index}, {"content_block", block}});
}
std::string text(int index, const std::string& piece) {
  return event({{"type", "content_block_delta"}, {"index", index}, {"delta", {{"type", "text_delta"}, {"text", piece}}}});
}
std::string input(int index, const std::string& piece) {
  return event({{"type", "content_block_delta"},
                {"index", index},
                {"delta", {{"type", "input_json_delta"}, {"partial_json", piece}}}});
}
std::string end(const std::string& reason) {
  return event({{"type", "message_delta"}, {"delta", {{"stop_reason", reason}}}, {"usage", {{"output_tokens", 9}}}});
}
const std::string stop = event({{"type", "message_stop"}});
const std::string ping = event({{"type", "ping"}});

struct heard {
  std::string streamed;
  std::string failure;
  json answer;
  bool operator==(const heard&) const = default;
};

heard decoded(std::string_view bytes, std::size_t step) {
  models::anthropic_decoder decoder{core::tool_names{{{"agent:weather", "", nullptr}}}, 11};
  heard out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::vector<std::string> pieces;
    const auto fed = decoder.feed(bytes.substr(at, step), pieces);
    for (const auto& piece : pieces) out.streamed += piece;
    if (!fed) {
      CHECK(fed.error().code == errc::upstream_failed);
      out.failure = fed.error().detail;
      return out;
    }
  }
  const auto answer = decoder.finish();
  if (answer) {
    out.answer = core::to_json(*answer);
  } else {
    out.failure = answer.error().detail;
  }
  return out;
}

/// The same comes out whatever pieces the bytes come in: of 1, 2, 3 … bytes, so that each byte is a border once.
heard decoded(const std::string& bytes) {
  const auto whole = decoded(bytes, std::max<std::size_t>(bytes.size(), 1));
  for (std::size_t step = 1; step < bytes.size(); ++step) CHECK(decoded(bytes, step) == whole);
  return whole;
}

}  // namespace

TEST_CASE("Anthropic: text comes in pieces, pings and thinking are skipped, tokens are counted with the cache") {
  const auto got = decoded(
      start_message() + begin(0, {{"type", "thinking"}, {"thinking", ""}}) +
      event({{"type", "content_block_delta"}, {"index", 0}, {"delta", {{"type", "thinking_delta"}, {"thinking", "hm"}}}}) +
      ping + begin(1, {{"type", "text"}, {"text", ""}}) + text(1, "Grüße ") + ping + text(1, "aus 東京") +
      event({{"type", "content_block_stop"}, {"index", 1}}) + end("end_turn") + stop);
  CHECK(got.failure.empty());
  CHECK(got.streamed == "Grüße aus 東京");
  CHECK(got.answer["text"] == got.streamed);
  CHECK(got.answer["finish"] == "stop");
  CHECK(got.answer["usage"] == json{{"input_tokens", 25}, {"output_tokens", 9}});
}

TEST_CASE("Anthropic: interleaved tool calls are put together by their block") {
  const auto got = decoded(
      start_message() + begin(1, {{"type", "tool_use"}, {"id", "a"}, {"name", "agent_weather"}, {"input", json::object()}}) +
      begin(2, {{"type", "tool_use"}, {"id", "b"}, {"name", "clock"}, {"input", json::object()}}) + input(1, "") +
      input(1, "{\"city\":") + input(2, "{bro") + input(1, " \"Paris\"}") + input(2, "ken") +
      begin(3, {{"type", "tool_use"}, {"id", "c"}, {"name", "clock"}, {"input", json::object()}}) + end("tool_use") + stop);
  CHECK(got.failure.empty());
  CHECK(got.answer["finish"] == "tool_calls");
  CHECK(got.answer["calls"] == json{{{"id", "a"}, {"tool", "agent:weather"}, {"arguments", {{"city", "Paris"}}}},
                                    {{"id", "b"}, {"tool", "clock"}, {"malformed", "{broken"}},
                                    {{"id", "c"}, {"tool", "clock"}, {"arguments", json::object()}}});
}

TEST_CASE("Anthropic: reasons to stop have their names") {
  const auto finish = [](const std::string& reason) {
    return decoded(start_message() + text(0, "x") + end(reason) + stop).answer["finish"];
  };
  CHECK(finish("max_tokens") == "length");
  CHECK(finish("refusal") == "content_filter");
  CHECK(finish("stop_sequence") == "stop");
  CHECK(decoded(start_message() + text(0, "x") + end("end_turn")).answer["finish"] == "stop");  // without message_stop
}

TEST_CASE("Anthropic: an error event is the failure, and a cut is one too") {
  const auto error = event({{"type", "error"}, {"error", {{"type", "overloaded_error"}, {"message", "Overloaded"}}}});
  CHECK(decoded(error).failure == "Overloaded (overloaded_error)");
  const auto late = decoded(start_message() + text(0, "one ") + error);
  CHECK(late.failure == "Overloaded (overloaded_error)");
  CHECK(decoded(start_message() + text(0, "one ")).failure == "the stream was cut off before the answer was complete");
  CHECK(decoded("").failure == "the stream was cut off before the answer was complete");
  CHECK(decoded("data: <html>\n\n").failure == "an event of the stream is not a JSON object");
}

TEST_CASE("Anthropic: without a count of tokens the estimate is taken") {
  CHECK(decoded(text(0, "12345") + stop).answer["usage"] == json{{"input_tokens", 11}, {"output_tokens", 2}});
}

TEST_CASE("Anthropic: a conversation has its system text apart, and neighbours of one role are one message") {
  auto what = request_of({said(from::system, "Be brief."), asked("both?"),
                          calling({{"a", "agent:weather", {{"city", "Paris"}}, ""}, {"b", "clock", nullptr, "{broken"}}),
                          outcome("agent:weather", "sunny"), outcome("clock", "no JSON", true), asked("and?"),
                          said(from::system, "Be kind."), said(from::assistant, "")});
  what.tools = {{"agent:weather", "Forecasts", {{"type", "object"}, {"properties", json::object()}}},
                {"clock", "Time", nullptr}};
  what.temperature = 0.5;
  const auto body = json::parse(models::anthropic_body(what));
  CHECK(body["model"] == "demo");
  CHECK(body["stream"] == true);
  CHECK(body["max_tokens"] == 4096);
  CHECK(body["temperature"] == 0.5);
  CHECK(body["system"] == "Be brief.\n\nBe kind.");
  CHECK(body["tools"] == json{{{"name", "agent_weather"},
                               {"description", "Forecasts"},
                               {"input_schema", {{"type", "object"}, {"properties", json::object()}}}},
                              {{"name", "clock"}, {"description", "Time"}, {"input_schema", {{"type", "object"}}}}});
  const json expected = {
      {{"role", "user"}, {"content", {{{"type", "text"}, {"text", "both?"}}}}},
      {{"role", "assistant"},
       {"content",
        {{{"type", "tool_use"}, {"id", "a"}, {"name", "agent_weather"}, {"input", {{"city", "Paris"}}}},
         {{"type", "tool_use"}, {"id", "b"}, {"name", "clock"}, {"input", json::object()}}}}},
      {{"role", "user"},
       {"content",
        {{{"type", "tool_result"}, {"tool_use_id", "call_agent:weather"}, {"content", "sunny"}},
         {{"type", "tool_result"}, {"tool_use_id", "call_clock"}, {"content", "no JSON"}, {"is_error", true}},
         {{"type", "text"}, {"text", "and?"}}}}}};
  CHECK(body["messages"] == expected);
}

TEST_CASE("Anthropic: a schema of the answer is told in words, and a given bound is kept") {
  auto what = request_of({asked("x")});
  what.output_schema = {{"type", "object"}};
  what.max_output_tokens = 7;
  const auto body = json::parse(models::anthropic_body(what));
  CHECK(body["max_tokens"] == 7);
  CHECK(body["system"].get<std::string>().ends_with(R"(It fits this JSON Schema: {"type":"object"})"));
}

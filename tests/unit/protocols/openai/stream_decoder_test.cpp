#include "protocols/openai/stream_decoder.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using core::json;

namespace {

openai::stream_decoder fresh() {
  return openai::stream_decoder{core::tool_names{{{"agent:weather", "", nullptr}, {"clock", "", nullptr}}}, 11};
}

std::string chunk(const json& delta, const json& finish = nullptr) {
  const json out = {{"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", finish}}}}};
  return "data: " + out.dump() + "\n\n";
}

json fragment(int index, const std::string& arguments, const std::string& id = {}, const std::string& name = {}) {
  json out = {{"index", index}, {"function", {{"arguments", arguments}}}};
  if (!id.empty()) out["id"] = id;
  if (!name.empty()) out["function"]["name"] = name;
  return {{"tool_calls", {std::move(out)}}};
}

const std::string usage_chunk =
    R"(data: {"choices":[],"usage":{"prompt_tokens":57,"completion_tokens":9,"total_tokens":66}})"
    "\n\n";
const std::string done = "data: [DONE]\n\n";

struct outcome {
  std::string streamed;
  std::string failure;  ///< of feed() or finish()
  core::model_answer answer;
};

void feed(openai::stream_decoder& to, std::string_view bytes, outcome& into) {
  if (!into.failure.empty()) return;
  std::vector<std::string> pieces;
  const auto fed = to.feed(bytes, pieces);
  for (const auto& piece : pieces) into.streamed += piece;
  if (fed) return;
  CHECK(fed.error().code == errc::upstream_failed);
  into.failure = fed.error().detail;
}

outcome finished(const openai::stream_decoder& from, outcome so_far) {
  if (!so_far.failure.empty()) return so_far;
  auto answer = from.finish();
  if (!answer) {
    CHECK(answer.error().code == errc::upstream_failed);
    so_far.failure = answer.error().detail;
  } else {
    so_far.answer = *std::move(answer);
  }
  return so_far;
}

/// Feeds the bytes cut in two at every place, and one by one: always the same comes out.
outcome decoded(const std::string& bytes) {
  auto once = fresh();
  outcome whole;
  feed(once, bytes, whole);
  whole = finished(once, whole);
  const auto same = [&](const outcome& other) {
    return other.failure == whole.failure && other.streamed == whole.streamed &&
           core::to_json(other.answer) == core::to_json(whole.answer);
  };
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    auto twice = fresh();
    outcome parts;
    feed(twice, std::string_view{bytes}.substr(0, cut), parts);
    feed(twice, std::string_view{bytes}.substr(cut), parts);
    CAPTURE(cut);
    CHECK(same(finished(twice, parts)));
  }
  auto slow = fresh();
  outcome single;
  for (std::size_t i = 0; i < bytes.size(); ++i) feed(slow, std::string_view{bytes}.substr(i, 1), single);
  CHECK(same(finished(slow, single)));
  return whole;
}

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string{"\r\n"} : std::string{c};
  return out;
}

}  // namespace

TEST_CASE("text comes in pieces and is the answer in the end, with the provider's count of tokens") {
  const auto got = decoded(chunk({{"role", "assistant"}, {"content", ""}}) + chunk({{"content", "Grüße "}}) +
                           chunk({{"content", "aus 東京"}}) + chunk(json::object(), "stop") + usage_chunk + done);
  CHECK(got.failure.empty());
  CHECK(got.streamed == "Grüße aus 東京");
  CHECK(got.answer.text == got.streamed);
  CHECK(got.answer.finish == "stop");
  CHECK(got.answer.input_tokens == 57);
  CHECK(got.answer.output_tokens == 9);
  CHECK(got.answer.calls.empty());
}

TEST_CASE("CRLF and comments change nothing") {
  const auto plain = chunk({{"content", "hi"}}) + chunk(json::object(), "stop") + usage_chunk + done;
  CHECK(decoded(with_crlf(plain)).answer.text == "hi");
  CHECK(decoded(": OPENROUTER PROCESSING\n\n" + plain).answer.text == "hi");
}

TEST_CASE("parallel tool calls are put together by their index, however their pieces interleave") {
  const auto got =
      decoded(chunk(fragment(1, "", "call_b", "clock")) + chunk(fragment(0, "{\"ci", "call_a", "agent_weather")) +
              chunk(fragment(1, "{")) + chunk(fragment(0, "ty\": \"Par")) + chunk(fragment(1, "}")) +
              chunk(fragment(0, "is\"}")) + chunk(json::object(), "tool_calls") + usage_chunk + done);
  CHECK(got.failure.empty());
  REQUIRE(got.answer.calls.size() == 2);
  CHECK(got.answer.calls[0].id == "call_a");
  CHECK(got.answer.calls[0].tool == "agent:weather");
  CHECK(got.answer.calls[0].arguments == json{{"city", "Paris"}});
  CHECK(got.answer.calls[1].id == "call_b");
  CHECK(got.answer.calls[1].tool == "clock");
  CHECK(got.answer.calls[1].arguments == json::object());
  CHECK(got.answer.finish == "tool_calls");
}

TEST_CASE("servers that number calls badly, or not at all, are understood") {
  const auto same_index =
      decoded(chunk(fragment(0, "{\"a\":1}", "x", "clock")) + chunk(fragment(0, "{\"a\":", "y", "clock")) +
              chunk(fragment(0, "2}")) + chunk(json::object(), "stop") + done);
  REQUIRE(same_index.answer.calls.size() == 2);
  CHECK(same_index.answer.calls[0].arguments == json{{"a", 1}});
  CHECK(same_index.answer.calls[1].arguments == json{{"a", 2}});
  CHECK(same_index.answer.finish == "tool_calls");  // although it said stop

  auto first = fragment(0, "{\"a\":1}", "x", "clock");
  auto second = fragment(0, "{}", "", "clock");
  first["tool_calls"][0].erase("index");
  const auto no_index = decoded(chunk(first) + chunk(json::object(), "tool_calls") + done);
  REQUIRE(no_index.answer.calls.size() == 1);
  CHECK(no_index.answer.calls[0].id == "x");
  CHECK(decoded(chunk(second) + chunk(json::object(), "tool_calls") + done).answer.calls.at(0).id == "call_1");
}

TEST_CASE("arguments that are no JSON object are kept as they were written") {
  for (const auto* written : {"{\"a\": ", "17", "[1]", "expression=1+1", "{\"a\":1}{\"a\":2}"}) {
    CAPTURE(written);
    const auto got = decoded(chunk(fragment(0, written, "x", "clock")) + chunk(json::object(), "tool_calls") + done);
    REQUIRE(got.answer.calls.size() == 1);
    CHECK(got.answer.calls[0].arguments.is_null());
    CHECK(got.answer.calls[0].malformed == written);
  }
  const auto none = decoded(chunk(fragment(0, "", "x", "clock")) + chunk(json::object(), "tool_calls") + done);
  CHECK(none.answer.calls.at(0).arguments == json::object());
}

TEST_CASE("without a count of tokens the estimate is taken") {
  const auto got = decoded(chunk({{"content", "12345"}}) + chunk(json::object(), "stop") + done);
  CHECK(got.answer.input_tokens == 11);
  CHECK(got.answer.output_tokens == 2);
}

TEST_CASE("a missing [DONE] is forgiven when the answer said that it is finished") {
  CHECK(decoded(chunk({{"content", "hi"}}) + chunk(json::object(), "length")).answer.finish == "length");
  CHECK(decoded(chunk({{"content", "hi"}}, "content_filter")).answer.finish == "content_filter");
}

TEST_CASE("a stream that is cut in the middle is an error at every place") {
  const auto whole = chunk({{"content", "one "}}) + chunk({{"content", "two"}});
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    auto cut = fresh();
    outcome got;
    feed(cut, std::string_view{whole}.substr(0, length), got);
    CHECK(finished(cut, got).failure == "the stream was cut off before the answer was complete");
  }
}

TEST_CASE("a stream of nothing but its end is an error") {
  CHECK(decoded(done).failure == "the stream had no answer in it");
  CHECK(decoded(usage_chunk + done).failure == "the stream had no answer in it");
}

TEST_CASE("an error object in the stream is the failure, also after text") {
  const std::string error = R"(data: {"error":{"message":"The server had an error","type":"server_error","code":null}})"
                            "\n\n";
  CHECK(decoded(error).failure == "The server had an error (server_error)");
  CHECK(decoded(chunk({{"content", "one "}}) + error).failure == "The server had an error (server_error)");
  CHECK(decoded(chunk({{"content", "one "}}) + error).streamed == "one ");
}

TEST_CASE("a chunk that is not JSON is an error") {
  CHECK(decoded("data: <html>\n\n").failure == "a chunk of the stream is not a JSON object");
  CHECK(decoded("data: 1\n\n").failure == "a chunk of the stream is not a JSON object");
  CHECK(decoded("data: {\"a\":\"\xff\"}\n\n").failure == "a chunk of the stream is not a JSON object");
}

TEST_CASE("what follows [DONE] is skipped") {
  auto decoder = fresh();
  outcome got;
  feed(decoder, chunk({{"content", "hi"}}, "stop"), got);
  CHECK_FALSE(decoder.is_done());
  feed(decoder, done + "data: <html>\n\n", got);
  CHECK(decoder.is_done());
  feed(decoder, "data: <html>\n\n", got);
  CHECK(finished(decoder, got).answer.text == "hi");
}

TEST_CASE("chunks of a strange shape hurt nobody") {
  const auto got = decoded(
      "data: {}\n\ndata: {\"choices\":null}\n\ndata: {\"choices\":[1,{\"index\":1,\"delta\":{\"content\":\"no\"}}]}\n\n"
      "data: {\"choices\":[{\"delta\":{\"content\":7,\"tool_calls\":[null]},\"finish_reason\":{}}],\"usage\":"
      "{\"prompt_tokens\":-1,\"completion_tokens\":18446744073709551615}}\n\n" +
      chunk({{"refusal", "I cannot"}}, "stop") + done);
  CHECK(got.failure.empty());
  CHECK(got.answer.text == "I cannot");
  CHECK(got.answer.input_tokens == 11);
}

TEST_CASE("an answer that calls tools without end is refused") {
  std::string bytes;
  for (int i = 0; i < 129; ++i) bytes += chunk(fragment(i, "{}", "c" + std::to_string(i), "clock"));
  auto decoder = fresh();
  outcome got;
  feed(decoder, bytes, got);
  CHECK(got.failure == "the answer calls more than 128 tools");
}

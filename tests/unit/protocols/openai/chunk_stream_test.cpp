#include "protocols/openai/chunk_stream.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using core::json;
using state = http::feed_encoder::state;

namespace {

constexpr auto call_id = "t/3";

/// A stream, and what it wrote.
struct streamed {
  explicit streamed(bool usage = false) : stream({"chatcmpl-t", 1700000000, "echo"}, usage) {}

  void event(std::string kind, const json& data) {
    core::event what;
    what.seq = ++seq;
    what.kind = std::move(kind);
    what.data = data.dump();
    stream.add(out, what);
  }
  void status(std::string_view name, const std::string& text = {}, const std::string& code = {}) {
    json data{{"state", name}};
    if (!text.empty()) data["message"] = core::to_json(core::text_message(core::role::agent, "m", text));
    if (!code.empty()) data["code"] = code;
    event("status_changed", data);
  }
  void asks_model(const std::string& id = call_id, json more = json::object()) {
    more["type"] = "model";
    more["effect_id"] = id;
    event("effect_requested", more);
  }
  void delta(const std::string& text, std::size_t offset, int attempt = 1, const std::string& id = call_id) {
    stream.add(out, core::live_frame{
                        "delta", json{{"effect_id", id}, {"attempt", attempt}, {"offset", offset}, {"text", text}}.dump()});
  }
  void answers(const std::string& text, const std::string& finish = "stop", const std::string& id = call_id) {
    event("effect_resolved", {{"effect_id", id},
                              {"value", {{"text", text}, {"finish", finish}}},
                              {"usage", {{"input_tokens", 10}, {"output_tokens", 2}}}});
  }

  /// The lines of data: chunks, without the last when it is [DONE].
  std::vector<json> chunks() {
    std::vector<json> all;
    done = false;
    std::string_view rest = out;
    while (!rest.empty()) {
      const auto end = rest.find("\n\n");
      REQUIRE(end != rest.npos);
      const auto line = rest.substr(0, end);
      rest.remove_prefix(end + 2);
      REQUIRE(line.starts_with("data: "));
      CHECK_FALSE(done);
      done = line == "data: [DONE]";
      if (!done) all.push_back(json::parse(line.substr(6)));
    }
    return all;
  }
  std::string content() {
    std::string text;
    for (const auto& each : chunks()) {
      if (each.contains("choices") && !each["choices"].empty()) text += each["choices"][0]["delta"].value("content", "");
    }
    return text;
  }
  std::string finish() {
    std::string last;
    for (const auto& each : chunks()) {
      if (each.contains("choices") && !each["choices"].empty() && each["choices"][0]["finish_reason"].is_string())
        last = each["choices"][0]["finish_reason"];
    }
    return last;
  }

  openai::chunk_stream stream;
  std::string out;
  std::uint64_t seq = 0;
  bool done = false;
};

}  // namespace

TEST_CASE("a task without a model is told as one piece: the role, its message, the reason of the end, [DONE]") {
  streamed got;
  got.event("submitted", json::object());
  got.status("working", "looking it up");
  CHECK(got.stream.now() == state::open);
  got.status("completed", "hello");
  CHECK(got.stream.now() == state::complete);
  const auto all = got.chunks();
  CHECK(got.done);
  REQUIRE(all.size() == 3);
  for (const auto& each : all) {
    CHECK(each["id"] == "chatcmpl-t");
    CHECK(each["object"] == "chat.completion.chunk");
    CHECK(each["created"] == 1700000000);
    CHECK(each["model"] == "echo");
    CHECK_FALSE(each.contains("usage"));
  }
  CHECK(all[0]["choices"] ==
        json::parse(R"([{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}])"));
  CHECK(all[1]["choices"][0]["delta"] == json{{"content", "hello"}});
  CHECK(all[2]["choices"] == json::parse(R"([{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}])"));
}

TEST_CASE("deltas are told as they come, and nothing of them again at the end") {
  streamed got;
  got.asks_model();
  got.delta("Hel", 0);
  CHECK(got.content() == "Hel");
  got.delta("lo", 3);
  got.delta("Hello wor", 0);
  CHECK(got.content() == "Hello wor");
  got.answers("Hello world");
  got.status("completed", "Hello world");
  CHECK(got.content() == "Hello world");
  CHECK(got.done);
}

TEST_CASE("a piece that was dropped comes with the call's end") {
  streamed got;
  got.asks_model();
  got.delta("one ", 0);
  got.delta("three", 8);
  CHECK(got.content() == "one ");
  got.answers("one two three");
  CHECK(got.content() == "one two three");
}

TEST_CASE("a further attempt repeats nothing, and begins anew when it takes other words") {
  streamed got;
  got.asks_model();
  got.delta("The sum is", 0, 1);
  got.delta("The ", 0, 2);
  got.delta("late", 10, 1);
  got.delta("sum is 4", 4, 2);
  CHECK(got.content() == "The sum is 4");
  got.delta("It", 0, 3);
  got.delta(" is 4", 2, 3);
  got.answers("It is 4");
  got.status("completed", "It is 4");
  CHECK(got.content() == "The sum is 4\n\nIt is 4");
}

TEST_CASE("each model call is a paragraph of its own; tools and other frames are not told") {
  streamed got;
  got.asks_model("t/3");
  got.delta("Let me see.", 0, 1, "t/3");
  got.answers("Let me see.", "tool_calls", "t/3");
  got.event("effect_requested", {{"type", "tool"}, {"effect_id", "t/5"}, {"tool", "calculator"}});
  got.delta("not said", 0, 1, "t/5");
  got.event("effect_resolved", {{"effect_id", "t/5"}, {"value", 391}});
  got.asks_model("t/7");
  got.delta("391", 0, 1, "t/7");
  got.stream.add(got.out, core::live_frame{"progress", "{}"});
  got.stream.add(got.out, core::live_frame{"delta", "nonsense"});
  got.answers("391", "stop", "t/7");
  got.status("completed", "391");
  CHECK(got.content() == "Let me see.\n\n391");
  CHECK(got.finish() == "stop");
}

TEST_CASE("an answer that has a schema is told by the end of the task alone") {
  streamed got;
  got.asks_model("t/3", {{"output_schema", {{"type", "object"}}}});
  got.delta("{\"a\":", 0, 1, "t/3");
  got.answers("{\"a\":", "stop", "t/3");
  got.asks_model("t/6", {{"output_schema", {{"type", "object"}}}});
  got.answers("{\"a\": 1}", "stop", "t/6");
  CHECK(got.content().empty());
  const core::message said{"m", core::role::agent, {core::part{core::part::type::data, {}, {{"a", 1}}, {}, {}, {}}}, {}};
  got.event("status_changed", {{"state", "completed"}, {"message", core::to_json(said)}});
  CHECK(got.content() == "{\"a\":1}");
}

TEST_CASE("artifacts follow the message; without either the agent's last words are told") {
  streamed got;
  const auto artifact = [](const std::string& text) {
    return core::to_json(core::artifact{"a", "forecast", {core::part{core::part::type::text, text, {}, {}, {}, {}}}});
  };
  got.event("artifact_updated", {{"artifact", artifact("Sunny")}, {"append", false}});
  got.event("artifact_updated", {{"artifact", artifact("in Rome")}, {"append", true}});
  got.status("completed", "Done");
  CHECK(got.content() == "Done\n\nSunny\nin Rome");

  streamed bare;
  bare.event("replied", {{"message", core::to_json(core::text_message(core::role::agent, "m", "hi"))}});
  bare.status("completed");
  CHECK(bare.content() == "hi");
}

TEST_CASE("the usage comes last, without choices, when it is asked for") {
  streamed got{true};
  got.asks_model("t/3");
  got.answers("a", "tool_calls", "t/3");
  got.asks_model("t/5");
  got.answers("b", "stop", "t/5");
  got.status("completed", "b");
  const auto all = got.chunks();
  CHECK(got.done);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) CHECK(all[i].at("usage").is_null());
  CHECK(all.back()["choices"] == json::array());
  CHECK(all.back()["usage"] == json{{"prompt_tokens", 20}, {"completion_tokens", 4}, {"total_tokens", 24}});
}

TEST_CASE("the reason of the end is the model's") {
  streamed cut;
  cut.asks_model();
  cut.answers("as far as", "length");
  cut.status("completed", "as far as");
  CHECK(cut.finish() == "length");

  streamed filtered;
  filtered.asks_model();
  filtered.answers("", "content_filter");
  filtered.status("failed", "kept back", "content_filter");
  CHECK(filtered.finish() == "content_filter");
  CHECK(filtered.done);
}

TEST_CASE("a question to the person is an answer") {
  streamed got;
  got.status("input_required", "For which day?");
  CHECK(got.content() == "For which day?");
  CHECK(got.finish() == "stop");
  CHECK(got.stream.now() == state::complete);
}

TEST_CASE("a task that fails ends the stream with an error, and without [DONE]") {
  streamed got;
  got.asks_model();
  got.delta("so far", 0);
  got.status("failed", "max_steps: 25", "limit_exceeded");
  CHECK(got.stream.now() == state::failed);
  const auto all = got.chunks();
  CHECK_FALSE(got.done);
  CHECK(
      all.back()["error"] ==
      json{{"message", "max_steps: 25"}, {"type", "invalid_request_error"}, {"param", nullptr}, {"code", "limit_exceeded"}});
}

TEST_CASE("a feed that fails, and a server that stops, end the stream with an error") {
  streamed failed;
  failed.stream.fail(failed.out, fail(errc::unavailable, "the feeds restart"));
  CHECK(failed.stream.now() == state::failed);
  CHECK(failed.chunks().back()["error"]["message"] == "the feeds restart");
  streamed stopped;
  stopped.stream.stop(stopped.out);
  CHECK(stopped.stream.now() == state::failed);
  CHECK(stopped.chunks().back()["error"]["type"] == "server_error");
}

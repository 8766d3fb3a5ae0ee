#include "protocols/openai/completion_request.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using openai::completion_request;
using openai::fault;

namespace {

completion_request accepted(const std::string& body) {
  auto read = openai::read_completion_request(core::json::parse(body));
  if (const auto* why = std::get_if<fault>(&read)) FAIL(why->message << " at " << why->param);
  return std::get<completion_request>(std::move(read));
}

/// "code at param"
std::string refused(const std::string& body) {
  const auto read = openai::read_completion_request(core::json::parse(body));
  const auto* why = std::get_if<fault>(&read);
  if (why == nullptr) return "accepted";
  CHECK(why->status == 400);
  CHECK_FALSE(why->message.empty());
  CHECK_FALSE(why->settled);
  return why->code + " at " + why->param;
}

std::string with(const std::string& more) {
  return R"({"model": "echo", "messages": [{"role": "user", "content": "hi"}], )" + more + "}";
}

std::string saying(const std::string& messages) { return R"({"model": "echo", "messages": [)" + messages + "]}"; }

}  // namespace

TEST_CASE("the last message is the task's, earlier ones its history, those of system and developer its instructions") {
  const auto got = accepted(saying(R"(
      {"role": "system", "content": "Be brief."}, {"role": "user", "content": "My name is Ada."},
      {"role": "assistant", "content": "Hello Ada.", "refusal": null, "tool_calls": [], "annotations": []},
      {"role": "developer", "content": [{"type": "text", "text": "Be kind."}, {"type": "text", "text": "Always."}]},
      {"role": "user", "content": "Who am I?", "name": "ada"})"));
  CHECK(got.what.agent == "echo");
  CHECK(got.what.message.text() == "Who am I?");
  CHECK(got.what.message.role == core::role::user);
  CHECK(got.what.message.metadata["name"] == "ada");
  CHECK(got.what.instructions == "Be brief.\n\nBe kind.\nAlways.");
  REQUIRE(got.what.history.size() == 2);
  CHECK(got.what.history[0].text() == "My name is Ada.");
  CHECK(got.what.history[0].role == core::role::user);
  CHECK(got.what.history[1].text() == "Hello Ada.");
  CHECK(got.what.history[1].role == core::role::agent);
  CHECK(got.what.context_id.empty());
  CHECK_FALSE(got.stream);
  CHECK_FALSE(got.include_usage);
}

TEST_CASE("a content of text parts becomes the parts of the message") {
  const auto got =
      accepted(saying(R"({"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]})"));
  REQUIRE(got.what.message.parts.size() == 2);
  CHECK(got.what.message.text() == "a\nb");
}

TEST_CASE("a stream is asked for, and its usage") {
  CHECK(accepted(with(R"("stream": true)")).stream);
  CHECK_FALSE(accepted(with(R"("stream": true)")).include_usage);
  CHECK(accepted(with(R"("stream": true, "stream_options": {"include_usage": true, "include_obfuscation": false})"))
            .include_usage);
  CHECK_FALSE(accepted(with(R"("stream": false, "stream_options": null)")).stream);
}

TEST_CASE("what clients send by habit is accepted, and so is null and every default") {
  accepted(with(
      R"("temperature": 0.2, "top_p": 1, "max_tokens": 5, "max_completion_tokens": 5, "user": "u", "seed": 1, "stop": ["x"],
                   "presence_penalty": 0, "frequency_penalty": 0, "metadata": {"a": "b"}, "store": true, "n": 1, "logprobs": false,
                   "modalities": ["text"], "response_format": {"type": "text"}, "tools": null, "tool_choice": null, "nonsense": null)"));
}

TEST_CASE("what OpenAI has and agents have not is named as unsupported") {
  CHECK(refused(with(R"("tools": [{"type": "function"}])")) == "unsupported_parameter at tools");
  CHECK(refused(with(R"("functions": [])")) == "unsupported_parameter at functions");
  CHECK(refused(with(R"("n": 2)")) == "unsupported_parameter at n");
  CHECK(refused(with(R"("logprobs": true)")) == "unsupported_parameter at logprobs");
  CHECK(refused(with(R"("top_logprobs": 2)")) == "unsupported_parameter at top_logprobs");
  CHECK(refused(with(R"("modalities": ["text", "audio"])")) == "unsupported_parameter at modalities");
  CHECK(refused(with(R"("response_format": {"type": "json_object"})")) == "unsupported_parameter at response_format");
  CHECK(refused(saying(R"({"role": "tool", "tool_call_id": "c", "content": "4"})")) ==
        "unsupported_parameter at messages[0].tool_call_id");
  CHECK(refused(saying(R"({"role": "function", "name": "f", "content": "4"})")) ==
        "unsupported_parameter at messages[0].role");
  CHECK(refused(saying(R"({"role": "user", "content": "x"}, {"role": "assistant", "content": "", "tool_calls": [{}]})")) ==
        "unsupported_parameter at messages[1].tool_calls");
  CHECK(refused(saying(
            R"({"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}]})")) ==
        "unsupported_parameter at messages[0].content[1].type");
}

TEST_CASE("an unknown member is named with the nearest known one") {
  CHECK(refused(with(R"("temprature": 1)")) == "unknown_parameter at temprature");
  const auto read = openai::read_completion_request(core::json::parse(with(R"("temprature": 1)")));
  CHECK(std::get<fault>(read).message.find("'temperature'") != std::string::npos);
  CHECK(refused(with(R"("stream_options": {"usage": true})")) == "unknown_parameter at stream_options.usage");
  CHECK(refused(saying(R"({"role": "user", "content": "x", "mood": "good"})")) == "unknown_parameter at messages[0].mood");
  CHECK(refused(saying(R"({"role": "user", "content": [{"type": "text", "text": "x", "bold": true}]})")) ==
        "unknown_parameter at messages[0].content[0].bold");
}

TEST_CASE("every wrong value is named by its place") {
  const std::pair<std::string, std::string> cases[] = {
      {"[]", "invalid_value at "},
      {R"({"messages": []})", "missing_required_parameter at model"},
      {R"({"model": 1})", "invalid_value at model"},
      {R"({"model": ""})", "invalid_value at model"},
      {R"({"model": ")" + std::string(129, 'm') + "\"}", "invalid_value at model"},
      {R"({"model": "echo"})", "missing_required_parameter at messages"},
      {saying(""), "invalid_value at messages"},
      {R"({"model": "echo", "messages": "hi"})", "invalid_value at messages"},
      {saying("\"hi\""), "invalid_value at messages[0]"},
      {saying(R"({"content": "hi"})"), "missing_required_parameter at messages[0].role"},
      {saying(R"({"role": "robot", "content": "hi"})"), "invalid_value at messages[0].role"},
      {saying(R"({"role": 1, "content": "hi"})"), "invalid_value at messages[0].role"},
      {saying(R"({"role": "user"})"), "missing_required_parameter at messages[0].content"},
      {saying(R"({"role": "user", "content": []})"), "invalid_value at messages[0].content"},
      {saying(R"({"role": "user", "content": 1})"), "invalid_value at messages[0].content"},
      {saying(R"({"role": "user", "content": ["a"]})"), "invalid_value at messages[0].content[0]"},
      {saying(R"({"role": "user", "content": [{"type": "text"}]})"), "invalid_value at messages[0].content[0].text"},
      {saying(R"({"role": "system", "content": "alone"})"), "invalid_value at messages"},
      {saying(R"({"role": "user", "content": "a"}, {"role": "assistant", "content": "b"})"), "invalid_value at messages"},
      {with(R"("stream": 1)"), "invalid_value at stream"},
      {with(R"("stream_options": true)"), "invalid_value at stream_options"},
      {with(R"("stream_options": {"include_usage": "yes"})"), "invalid_value at stream_options.include_usage"},
      {with(R"("response_format": "text")"), "invalid_value at response_format"},
  };
  for (const auto& [body, expected] : cases) {
    CAPTURE(body);
    CHECK(refused(body) == expected);
  }
}

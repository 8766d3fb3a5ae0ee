#include <algorithm>
#include <set>

#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

const std::string path = "/v1/chat/completions";

json user(const std::string& text) { return {{"role", "user"}, {"content", text}}; }

std::string conversing(const std::string& agent, json messages, const json& more = json::object()) {
  json body{{"model", agent}, {"messages", std::move(messages)}};
  body.update(more);
  return body.dump();
}
std::string asking(const std::string& agent, const std::string& text, const json& more = json::object()) {
  return conversing(agent, json::array({user(text)}), more);
}
std::string streaming(const std::string& agent, const std::string& text) {
  return asking(agent, text, {{"stream", true}, {"stream_options", {{"include_usage", true}}}});
}

std::string task_of(const json& completion) {
  const auto id = completion.at("id").get<std::string>();
  REQUIRE(id.starts_with("chatcmpl-"));
  return id.substr(std::string{"chatcmpl-"}.size());
}
std::string content_of(const json& completion) { return completion.at("choices").at(0).at("message").at("content"); }

/// A streamed completion, read to its end.
struct completion_stream {
  completion_stream(std::uint16_t port, const std::string& body) : stream(port, "POST", path, body) {
    REQUIRE_MESSAGE(stream.status() == 200, stream.refusal().body);
    for (const auto& each : stream.rest()) {
      CHECK_FALSE(done);
      done = each.data == "[DONE]";
      if (done) continue;
      chunks.push_back(json::parse(each.data));
      if (!chunks.back().contains("choices") || chunks.back().at("choices").empty()) continue;
      const auto& choice = chunks.back().at("choices").at(0);
      const auto piece = choice.at("delta").value("content", "");
      if (!piece.empty()) ++pieces;
      content += piece;
      if (choice.at("finish_reason").is_string()) finish = choice.at("finish_reason");
    }
  }

  event_stream stream;
  std::vector<json> chunks;
  std::string content, finish;
  int pieces = 0;
  bool done = false;
};

json error_of(const http_answer& from, int status) {
  CHECK_MESSAGE(from.status == status, from.body);
  return body_of(from).at("error");
}

TEST_CASE_FIXTURE(with_server, "a chat completion is a task of the agent that the model names, in a context of its own") {
  const auto first = with.post(path, asking("echo", "hello"));
  REQUIRE_MESSAGE(first.status == 200, first.body);
  const auto got = body_of(first);
  CHECK(got.at("object") == "chat.completion");
  CHECK(got.at("model") == "echo");
  CHECK(content_of(got) == "hello");
  CHECK(got.at("choices").at(0).at("finish_reason") == "stop");
  const auto task = with.read("/api/v1/tasks/" + task_of(got));
  CHECK(task.at("agent") == "echo");
  CHECK(state_of(task) == "completed");
  const auto other = with.read("/api/v1/tasks/" + task_of(body_of(with.post(path, asking("echo", "hello")))));
  CHECK(other.at("context_id") != task.at("context_id"));
}

TEST_CASE_FIXTURE(with_server, "an agent that thinks answers, and says what its model calls used") {
  const auto got = body_of(with.post(path, asking("assistant", "What is 17*23?")));
  CHECK(content_of(got) == "The result is 391.");
  const auto used = with.read("/api/v1/tasks/" + task_of(got)).at("usage");
  CHECK(used.at("model_calls") == 2);
  CHECK(got.at("usage").at("prompt_tokens") == used.at("input_tokens"));
  CHECK(got.at("usage").at("completion_tokens") == used.at("output_tokens"));
  CHECK(got.at("usage").at("total_tokens").get<int>() > 0);
}

TEST_CASE_FIXTURE(with_server,
                  "earlier messages are the task's history and system messages its instructions, for it alone") {
  const auto messages = json::array({{{"role", "system"}, {"content", "Answer in one line."}},
                                     user("My dog is called Rex."),
                                     {{"role", "assistant"}, {"content", "A fine name."}},
                                     user("Hello!")});
  const auto got = body_of(with.post(path, conversing("assistant", messages)));
  const auto events = with.events(task_of(got));
  const auto asked =
      std::find_if(events.begin(), events.end(), [](const auto& one) { return one.event == "effect_requested"; });
  REQUIRE(asked != events.end());
  const auto data = json::parse(asked->data).at("data");
  REQUIRE(data.at("type") == "model");
  const auto& told = data.at("messages");
  REQUIRE(told.size() == 4);
  CHECK(told.at(0).at("role") == "system");
  CHECK(told.at(0).at("text").get<std::string>().ends_with("Answer in one line."));
  CHECK(told.at(1).at("text") == "My dog is called Rex.");
  CHECK(told.at(2).at("role") == "assistant");
  CHECK(told.at(2).at("text") == "A fine name.");
  CHECK(told.at(3).at("text") == "Hello!");
}

TEST_CASE_FIXTURE(with_server,
                  "a stream begins with the role, tells the words as they come, and ends with usage and [DONE]") {
  // Half a second before the first word: the stream is there by then and hears them all.
  completion_stream got{server.port(), streaming("assistant", "Think slowly.")};
  CHECK(got.done);
  CHECK(got.stream.complete());
  CHECK(got.content == "I have thought about it for half a second.");
  CHECK(got.pieces > 1);
  CHECK(got.finish == "stop");
  CHECK(got.chunks.front().at("choices").at(0).at("delta").at("role") == "assistant");
  const auto used = with.read("/api/v1/tasks/" + task_of(got.chunks.front())).at("usage");
  CHECK(got.chunks.back().at("choices").empty());
  CHECK(got.chunks.back().at("usage").at("prompt_tokens") == used.at("input_tokens"));
  CHECK(got.chunks.back().at("usage").at("completion_tokens") == used.at("output_tokens"));
}

TEST_CASE_FIXTURE(with_server, "the words before a tool's call are a paragraph of the stream") {
  completion_stream got{server.port(), streaming("assistant", "What is 17*23, and what time is it?")};
  CHECK(got.content.starts_with("Let me work that out and look at the clock.\n\nThe result is 391."));
  CHECK(got.done);
}

TEST_CASE_FIXTURE(with_server, "an agent without a model says all in one piece, in a stream and without") {
  completion_stream got{server.port(), asking("weather", "weather in Rome tomorrow", {{"stream", true}})};
  CHECK(got.content == "The forecast for Rome is ready.\n\nSunny in Rome, tomorrow.");
  CHECK(got.pieces == 1);
  CHECK(got.chunks.size() == 3);
  const auto plain = body_of(with.post(path, asking("weather", "weather in Rome tomorrow")));
  CHECK(content_of(plain) == got.content);
}

TEST_CASE_FIXTURE(with_server, "an agent that asks back has answered, and its task goes on waiting") {
  const auto got = body_of(with.post(path, asking("weather", "weather in Rome")));
  CHECK(content_of(got) == "For which day?");
  completion_stream streamed{server.port(), asking("weather", "weather in Rome", {{"stream", true}})};
  CHECK(streamed.content == "For which day?");
  CHECK(streamed.done);
  with.tell(task_of(got), "Sunday");
  CHECK(state_of(with.ended(task_of(got))) == "completed");
}

TEST_CASE_FIXTURE(with_server,
                  "a task that fails is an error that clients do not repeat; in mid-stream it is the last chunk") {
  const auto refused = with.post(path, asking("ender", "reject"));
  CHECK(error_of(refused, 422).at("message") == "not me");
  CHECK(refused.header("x-should-retry") == "false");
  const auto failed = with.post(path, asking("ender", "fail"));
  CHECK(error_of(failed, 500) ==
        json{{"message", "no luck today"}, {"type", "server_error"}, {"param", nullptr}, {"code", "out_of_luck"}});
  completion_stream streamed{server.port(), asking("ender", "fail", {{"stream", true}})};
  CHECK_FALSE(streamed.done);
  CHECK(streamed.stream.complete());
  CHECK(streamed.chunks.back().at("error").at("code") == "out_of_luck");
  wire raw{server.port()};
  REQUIRE(raw.send(request_text("POST", path, asking("ender", "fail", {{"stream", true}}), {})));
  CHECK(raw.answer());
  CHECK(raw.ends());
}

TEST_CASE_FIXTURE(with_server, "a model that is no agent is 404 in OpenAI's form, naming a near one") {
  for (const auto& more : {json::object(), json{{"stream", true}}}) {
    const auto why = error_of(with.post(path, asking("ecko", "hello", more)), 404);
    CHECK(why.at("code") == "model_not_found");
    CHECK(why.at("param") == "model");
    CHECK(why.at("message").get<std::string>().find("'echo'") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(with_server, "what an agent cannot be asked is refused by name, before any task") {
  const auto before = with.read("/api/v1/tasks?agent=rejecting").at("items").size();
  const auto tools = error_of(with.post(path, asking("rejecting", "x", {{"tools", json::array()}})), 400);
  CHECK(tools.at("code") == "unsupported_parameter");
  CHECK(tools.at("param") == "tools");
  CHECK(error_of(with.post(path, asking("rejecting", "x", {{"n", 2}})), 400).at("param") == "n");
  CHECK(error_of(with.post(path, asking("rejecting", "x", {{"logprobs", true}})), 400).at("param") == "logprobs");
  CHECK(error_of(with.post(path, asking("rejecting", "x", {{"temprature", 1}})), 400).at("code") == "unknown_parameter");
  CHECK(error_of(with.post(path, "{"), 400).at("type") == "invalid_request_error");
  CHECK(error_of(with.get(path), 405).at("code") == "method_not_allowed");
  CHECK(with.read("/api/v1/tasks?agent=rejecting").at("items").size() == before);
}

TEST_CASE_FIXTURE(with_server, "the models are the agents") {
  const auto list = with.read("/v1/models");
  CHECK(list.at("object") == "list");
  std::set<std::string> models, agents;
  for (const auto& each : list.at("data")) models.insert(each.at("id"));
  const auto known = with.read("/api/v1/agents?limit=200");
  REQUIRE(known.at("next_cursor").is_null());
  for (const auto& each : known.at("items")) agents.insert(each.at("name"));
  CHECK(models == agents);
  CHECK(models.contains("assistant"));
}

TEST_CASE_FIXTURE(with_server, "a repeat with the same idempotency key continues on the first one's task") {
  const header_pairs key{{"Idempotency-Key", "openai-1"}};
  const auto first = with.post(path, asking("echo", "once"), key);
  const auto again = with.post(path, asking("echo", "once"), key);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(first.body == again.body);
  const header_pairs other{{"Idempotency-Key", "openai-2"}};
  const auto told = with.post(path, streaming("echo", "once"), other);
  CHECK(told.body.ends_with("data: [DONE]\n\n"));
  CHECK(with.post(path, streaming("echo", "once"), other).body == told.body);
  CHECK(error_of(with.post(path, asking("echo", "twice"), key), 422).at("code") == "idempotency_mismatch");
}

TEST_CASE_FIXTURE(with_server, "a client that leaves does not cancel its task") {
  std::string task;
  {
    event_stream stream{server.port(), "POST", path, asking("short_haul", "go", {{"stream", true}})};
    const auto first = stream.next();
    REQUIRE(first);
    task = task_of(json::parse(first->data));
  }
  CHECK(state_of(with.ended(task)) == "completed");
}

}  // namespace
}  // namespace mofa::test

#include <doctest/doctest.h>

#include <mutex>

#include "tests/e2e/database.hpp"
#include "tests/integration/websocket_client.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/mock_http_server.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

const json schema{
    {"type", "object"},
    {"properties", {{"city", {{"type", "string"}, {"minLength", 2}}}, {"days", {{"type", "integer"}, {"minimum", 1}}}}},
    {"required", {"city"}},
    {"additionalProperties", false}};

json data_message(const json& data) { return {{"message", {{"parts", json::array({json{{"data", data}}})}}}}; }

std::string sse(const json& delta, const std::string& finish) {
  const json first{{"choices", json::array({json{{"index", 0}, {"delta", delta}}})}};
  const json last{{"choices", json::array({json{{"index", 0}, {"delta", json::object()}, {"finish_reason", finish}}})}};
  return "data: " + first.dump() + "\n\ndata: " + last.dump() + "\n\ndata: [DONE]\n\n";
}

/// A provider whose model calls the forecaster: first wrongly, then rightly, then tells what it got.
class provider {
 public:
  std::string url() const { return server_.url("/v1"); }
  std::vector<json> asked() {
    const std::lock_guard lock{guard_};
    return asked_;
  }

 private:
  void play(mock_peer& peer) {
    while (const auto request = peer.read_request()) {
      const auto body = json::parse(request->body, nullptr, false);
      std::size_t turn = 0;
      {
        const std::lock_guard lock{guard_};
        asked_.push_back(body);
        turn = asked_.size();
      }
      const auto name = body["tools"][0]["function"]["name"];
      const auto call = [&](const json& arguments) {
        return json{{"tool_calls", json::array({json{{"index", 0},
                                                     {"id", "call_" + std::to_string(turn)},
                                                     {"type", "function"},
                                                     {"function", {{"name", name}, {"arguments", arguments.dump()}}}}})}};
      };
      const auto text = body["messages"].back()["content"].get<std::string>();
      peer.send(mock_answer(200,
                            turn == 1   ? sse(call({{"message", "Bern"}}), "tool_calls")
                            : turn == 2 ? sse(call({{"city", "Bern"}, {"days", 2}}), "tool_calls")
                                        : sse({{"content", text}}, "stop"),
                            "Content-Type: text/event-stream\r\n"));
    }
  }

  std::mutex guard_;
  std::vector<json> asked_;
  mock_http_server server_{[this](mock_peer& peer) { play(peer); }};
};

/// The agents of this test, with the provider as their default model.
struct served {
  provider models;
  test_server server{{.definitions = {"tests/e2e/agents/input"},
                      .settings = "models:\n  default: [mock/mock]\n  providers:\n    mock: {kind: openai, base_url: \"" +
                                  models.url() + "\", requires_key: false}\n"}};
  served() {
    const bool started = server.start();
    REQUIRE_MESSAGE(started, server.errors());
  }
};

struct house : served {
  conversation with{server.port()};

  http_answer submit(const json& body) {
    return with.post("/api/v1/agents/forecaster/tasks", body.dump(), {{"Prefer", "wait=15"}});
  }
};

TEST_CASE("data that fits the input_schema begins a task, and what does not is refused at its place") {
  house at;
  const auto taken = at.submit(data_message({{"city", "Bern"}, {"days", 2}}));
  REQUIRE(taken.status == 200);
  CHECK(text_of(body_of(taken)) == R"({"city":"Bern","days":2})");

  const auto refused = at.submit(data_message({{"city", "B"}, {"days", 0}}));
  CHECK(refused.status == 422);
  const auto problem = body_of(refused);
  CHECK(problem.at("code") == "invalid");
  REQUIRE(problem.at("errors").size() == 2);
  CHECK(problem.at("errors")[0].at("path") == "/message/parts/0/data/city");
  CHECK(problem.at("errors")[1].at("path") == "/message/parts/0/data/days");

  for (const auto& body : {json{{"message", "Bern"}}, json{{"message", R"({"city":"Bern"})"}}}) {
    const auto text = at.submit(body);
    CHECK(text.status == 422);
    CHECK(body_of(text).at("errors")[0].at("path") == "/message");
  }
  CHECK(at.with.read("/api/v1/tasks?agent=forecaster").at("items").size() == 1);
  CHECK(metric(at.with, "mofa_submissions_refused_total{agent=\"forecaster\",reason=\"invalid\"}") == 3);
  CHECK(at.with.read("/api/v1/agents/forecaster").at("definition").at("input_schema") == schema);
}

TEST_CASE("the answer to a question is not held against the input_schema") {
  house at;
  const auto asked = at.submit(data_message({{"city", "Ask"}}));
  REQUIRE(asked.status == 200);
  CHECK(state_of(body_of(asked)) == "input_required");
  at.with.tell(id_of(body_of(asked)), "that one");
  CHECK(text_of(at.with.ended(id_of(body_of(asked)))) == "that one");
}

TEST_CASE("a repeat under its key goes on with its task, also when the schema has changed since") {
  test_server server{{.definitions = {"tests/e2e/agents/trouble"}}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  conversation with{server.port()};
  json definition{{"name", "strict"},
                  {"kind", "scenario"},
                  {"input_schema", {{"required", {"a"}}}},
                  {"otherwise", {{{"complete", {{"text", "done"}}}}}}};
  REQUIRE(with.post("/api/v1/agents", definition.dump()).status == 201);
  const auto submit = [&] {
    return with.post("/api/v1/agents/strict/tasks", data_message({{"a", 1}}).dump(),
                     {{"Idempotency-Key", "k"}, {"Prefer", "wait=15"}});
  };
  const auto first = submit();
  REQUIRE(first.status == 200);
  definition["input_schema"] = {{"required", {"b"}}};
  REQUIRE(with.client().request("PUT", "/api/v1/agents/strict", definition.dump())->status == 200);
  const auto again = submit();
  CHECK(again.status == 200);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(id_of(body_of(again)) == id_of(body_of(first)));
  CHECK(with.post("/api/v1/agents/strict/tasks", data_message({{"a", 1}}).dump()).status == 422);
}

TEST_CASE("a definition whose input_schema cannot be obeyed is refused at its place") {
  test_server server{{.definitions = {"tests/e2e/agents/trouble"}}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  conversation with{server.port()};
  const auto refusal = [&](const json& input_schema) {
    const json definition{{"name", "a"},
                          {"kind", "scenario"},
                          {"input_schema", input_schema},
                          {"otherwise", {{{"complete", json::object()}}}}};
    const auto got = with.post("/api/v1/agents", definition.dump());
    CHECK(got.status == 422);
    return body_of(got).at("errors")[0].at("path").get<std::string>();
  };
  CHECK(refusal({{"$schema", "https://json-schema.org/draft/2020-12/schema"}}) == "/input_schema/$schema");
  CHECK(refusal({{"properties", {{"a", {{"$ref", "https://example.org/a.json"}}}}}}) == "/input_schema/properties/a/$ref");
  CHECK(refusal("text") == "/input_schema");
  CHECK(with.get("/api/v1/agents/a").status == 404);
}

TEST_CASE("a definition that was taken before schemas were read runs its tasks on, and takes new ones when it is mended") {
  test_server server{{.definitions = {"tests/e2e/agents/trouble"}}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  json definition{{"name", "strict"},
                  {"kind", "scenario"},
                  {"input_schema", {{"properties", {{"city", {{"minLength", 2}}}}}}},
                  {"otherwise", {{{"ask", {{"text", "when?"}}}}, {{"complete", {{"text", "{{answer}}"}}}}}}};
  std::string waiting;
  {
    conversation with{server.port()};
    REQUIRE(with.post("/api/v1/agents", definition.dump()).status == 201);
    const auto asked =
        with.post("/api/v1/agents/strict/tasks", data_message({{"city", "Bern"}}).dump(), {{"Prefer", "wait=15"}});
    REQUIRE(asked.status == 200);
    waiting = id_of(body_of(asked));
  }
  REQUIRE(server.terminate());
  const std::string older = R"(UPDATE definitions SET body = replace(body, '"minLength":2', '"pattern":"^[A-Z]"'))";
  REQUIRE(change_database(server, older + " WHERE name = 'strict'") == 1);
  REQUIRE(server.start());
  conversation with{server.port()};
  const auto why = with.read("/api/v1/agents/strict").at("error").get<std::string>();
  CHECK(why.find("/properties/city/pattern") != std::string::npos);
  CHECK(server.errors().find("agent restricted agent=strict") != std::string::npos);
  for (const auto& body : {data_message({{"city", "Bern"}}), json{{"message", "Bern"}}}) {
    const auto refused = with.post("/api/v1/agents/strict/tasks", body.dump());
    CHECK(refused.status == 501);
    CHECK(body_of(refused).at("detail") == why);
  }
  with.tell(waiting, "tomorrow");
  CHECK(text_of(with.ended(waiting)) == "tomorrow");
  CHECK(with.client().request("PUT", "/api/v1/agents/strict", definition.dump())->status == 200);
  CHECK(with.read("/api/v1/agents/strict").at("error").is_null());
  CHECK(with.post("/api/v1/agents/strict/tasks", data_message({{"city", "Bern"}}).dump()).status == 202);
}

TEST_CASE("over the WebSocket and in the OpenAI dialect the same message is refused the same way") {
  house at;
  websocket_client client{at.server.port()};
  const auto say = [&](json message) {
    REQUIRE(
        client.say(json{{"type", "submit"}, {"id", 1}, {"agent", "forecaster"}, {"message", std::move(message)}}.dump()));
    return client.hear();
  };
  CHECK(say(data_message({{"city", "Bern"}}).at("message")).at("type") == "ack");
  const auto error = say("Bern");
  CHECK(error.at("type") == "error");
  CHECK(error.dump().find("\"/message\"") != std::string::npos);

  const json asked{{"model", "forecaster"}, {"messages", json::array({json{{"role", "user"}, {"content", "Bern"}}})}};
  const auto refused = at.with.post("/v1/chat/completions", asked.dump());
  CHECK(refused.status == 400);
  CHECK(body_of(refused).at("error").at("code") == "invalid");
  CHECK(body_of(refused).at("error").at("param") == "messages");
  CHECK(at.with.read("/api/v1/tasks?agent=forecaster").at("items").size() == 1);
}

TEST_CASE("a message of a topic that does not fit is refused for good and counted, one that fits is a task") {
  house at;
  CHECK(at.with.post("/api/v1/topics/cities", json{{"data", {{"town", "Bern"}}}}.dump()).status == 200);
  CHECK(at.with.eventually("/metrics", [](const http_answer& got) {
    return got.body.find("mofa_topic_messages_refused_total{agent=\"forecaster\",reason=\"invalid\"} 1") !=
           std::string::npos;
  }));
  CHECK(at.with.post("/api/v1/topics/cities", json{{"data", {{"city", "Bern"}}}}.dump()).status == 200);
  CHECK(at.with.eventually("/api/v1/tasks?agent=forecaster",
                           [](const http_answer& got) { return body_of(got).at("items").size() == 1; }));
}

TEST_CASE("an agent is called with data that fits its input_schema, by name or by what it can do") {
  house at;
  const auto by_name = at.with.ask("asker", "by name");
  CHECK(text_of(by_name) == R"({"city":"Bern"})");
  const auto child = at.with.read("/api/v1/tasks?parent_id=" + id_of(by_name)).at("items").at(0);
  CHECK(at.with.read("/api/v1/tasks/" + id_of(child)).at("history").at(0).at("parts").at(0).at("data") ==
        json{{"city", "Bern"}});
  CHECK(text_of(at.with.ask("asker", "by skill")) == R"({"city":"Basel"})");
  // The first by name does not take a text: the next one does.
  CHECK(text_of(at.with.ask("asker", "text by skill")) == "heard Basel");
  CHECK(text_of(at.with.ask("asker", "something else")).find("does not fit the input_schema of agent 'forecaster'") !=
        std::string::npos);
}

TEST_CASE("a model is told the input_schema as the tool's parameters, and its mistake is told to it") {
  house at;
  const auto task = at.with.ask("thinker", "the weather in Bern");
  CHECK(state_of(task) == "completed");
  CHECK(text_of(task).find(R"({\"city\":\"Bern\",\"days\":2})") != std::string::npos);
  const auto asked = at.models.asked();
  REQUIRE(asked.size() == 3);
  REQUIRE(asked[0].at("tools").size() == 2);
  CHECK(asked[0].at("tools")[0].at("function").at("parameters") == schema);
  CHECK(asked[0].at("tools")[1].at("function").at("parameters").at("required") == json{"message"});
  CHECK(asked[1].at("messages").back().at("content").get<std::string>().find("input_schema") != std::string::npos);
}

}  // namespace
}  // namespace mofa::test

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "tests/integration/websocket_client.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/mock_http_server.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

// Each canary is this word and where it was put; "<word>-" alone finds them all.
constexpr std::string_view bird = "canary-";

std::string canary(std::string_view place) { return std::string{bird} + std::string{place}; }

std::string sse(const json& choice) { return "data: " + json{{"choices", {choice}}}.dump() + "\n\n"; }

/// Calls a tool, then answers; or refuses. Everything that it says has a canary.
void play_provider(mock_peer& peer) {
  constexpr std::string_view stream = "Content-Type: text/event-stream\r\n";
  while (const auto asked = peer.read_request()) {
    if (asked->body.find("refuse") != std::string::npos) {
      peer.send(mock_answer(400, json{{"error", {{"message", canary("provider-refusal")}}}}.dump(),
                            "Content-Type: application/json\r\n"));
      continue;
    }
    const json arguments{{"key", canary("memory-key")}, {"value", canary("tool-argument")}};
    const json function{{"name", "memory_put"}, {"arguments", arguments.dump()}};
    const json calls{{{"index", 0}, {"id", "call_1"}, {"type", "function"}, {"function", function}}};
    const bool again = asked->body.find("\"role\":\"tool\"") != std::string::npos;
    const json delta = again ? json{{"content", canary("model-answer")}} : json{{"tool_calls", calls}};
    peer.send(
        mock_answer(200,
                    sse({{"index", 0}, {"delta", delta}}) +
                        sse({{"index", 0}, {"delta", json::object()}, {"finish_reason", again ? "stop" : "tool_calls"}}) +
                        "data: [DONE]\n\n",
                    stream));
  }
}

/// The first line is the key, and below stands what belongs into the configuration.
std::pair<std::string, std::string> new_key() {
  const scratch_folder folder;
  process_plan plan;
  plan.arguments = {shipped_program(), "keys", "new", "owner", "--scope", "admin"};
  plan.errors = folder.path() / "stderr";
  process child{plan};
  std::string out;
  while (const auto line = child.line(patience)) out += *line;
  REQUIRE(out.find("    - ") != std::string::npos);
  return {out.substr(0, out.find('\n')), out.substr(out.find("    - "))};
}

/// A server with a provider that talks back; its log at the end.
class aviary {
 public:
  explicit aviary(const std::string& log)
      : server_({.definitions = {"tests/e2e/agents/trouble"}, .settings = settings(log)}) {
    const bool started = server_.start();
    REQUIRE_MESSAGE(started, server_.errors());
  }

  void speak();
  std::string log() {
    const auto end = server_.terminate();
    REQUIRE(end);
    CHECK(end->code == 0);
    return server_.errors();
  }
  const std::string& key() const { return key_.first; }
  int requests() const { return requests_; }

 private:
  std::string settings(const std::string& log) {
    return "log: " + log + "\nauth:\n  keys:\n" + key_.second +
           "models:\n  default: [mock/mock]\n  providers:\n    mock: {kind: openai, base_url: \"" + provider_.url("/v1") +
           "\", api_key: \"" + canary("provider-key") + "\"}\n";
  }
  http_answer request(const std::string& method, const std::string& path, const std::string& body = {},
                      header_pairs headers = {}) {
    headers.insert(headers.end(), {{"Authorization", "Bearer " + key_.first},
                                   {"X-Request-Id", canary("request-id")},
                                   {"Cookie", "session=" + canary("cookie")},
                                   {"User-Agent", canary("user-agent")}});
    const auto got = client_->request(method, path, body, headers);
    REQUIRE_MESSAGE(got.has_value(), method, " ", path);
    ++requests_;
    return *got;
  }
  json wait(const std::string& agent, const json& body) {
    const auto got = request("POST", "/api/v1/agents/" + agent + "/tasks", body.dump(), {{"Prefer", "wait=15"}});
    REQUIRE_MESSAGE(got.status == 200, got.body);
    return body_of(got);
  }
  void speak_over_websocket();

  mock_http_server provider_{play_provider};
  std::pair<std::string, std::string> key_ = new_key();
  test_server server_;
  std::unique_ptr<http_client> client_;
  int requests_ = 0;  ///< that were made over REST
};

void aviary::speak_over_websocket() {
  websocket_client client{server_.port(), "Authorization: Bearer " + key_.first + "\r\n"};
  REQUIRE(client.say(
      json{{"type", "submit"}, {"id", canary("frame-id")}, {"agent", "echo"}, {"message", canary("frame")}}.dump()));
  CHECK(client.hear().at("type") == "ack");
  REQUIRE(client.say("{\"" + canary("frame-fault")));
  CHECK(client.hear().at("type") == "error");
}

// Every way in, with a canary wherever somebody's own words have a place.
void aviary::speak() {
  client_ = std::make_unique<http_client>(server_.port());
  const json thinker{{"name", "thinker"},
                     {"kind", "llm"},
                     {"description", canary("description")},
                     {"instructions", canary("instructions")},
                     {"labels", {{"note", canary("agent-label")}}},
                     {"tools", {"memory_put"}}};
  REQUIRE(request("POST", "/api/v1/agents", thinker.dump()).status == 201);
  const json caller{
      {"name", "caller"},
      {"kind", "scenario"},
      {"otherwise",
       {{{"crash_once", canary("crash")}},
        {{"call", {{"tool", "http_get"}, {"arguments", {{"url", "http://localhost:1/{{text}}?" + canary("query")}}}}}},
        {{"fail", {{"code", canary("code")}, {"text", "{{error}}" + canary("failure")}}}}}}};
  REQUIRE(request("POST", "/api/v1/agents", caller.dump()).status == 201);

  const json message{{"message_id", canary("message-id")},
                     {"role", "user"},
                     {"parts", {{{"text", canary("text")}}, {{"data", {{"word", canary("data")}}}}}},
                     {"metadata", {{"note", canary("metadata")}}}};
  const json submission{{"message", message}, {"context_id", canary("context")}, {"labels", {{"note", canary("label")}}}};
  const auto thought = wait("thinker", submission);
  CHECK(text_of(thought) == canary("model-answer"));
  const auto refused = wait("thinker", {{"message", "refuse " + canary("refused")}});
  CHECK(refused.at("status").at("code") == "model_failed");
  const auto called = wait("caller", {{"message", canary("url")}});
  CHECK(text_of(called).find("http_client.allow") != std::string::npos);
  const auto once = request("POST", "/api/v1/agents/napper/tasks", message_body("long " + canary("long")),
                            {{"Idempotency-Key", canary("idempotency-key")}});
  REQUIRE(once.status == 202);
  const auto napping = "/api/v1/tasks/" + id_of(body_of(once));
  CHECK(request("POST", napping + ":cancel", json{{"reason", canary("reason")}}.dump()).status == 200);
  const json chat{{"model", "thinker"}, {"messages", {{{"role", "user"}, {"content", canary("chat")}}}}};
  CHECK(request("POST", "/v1/chat/completions", chat.dump()).status == 200);
  CHECK(request("POST", "/api/v1/topics/news", json{{"data", canary("news")}}.dump()).status == 200);
  speak_over_websocket();

  // What is wrong is said to the client, and to nobody else.
  CHECK(request("GET", "/api/v1/contexts/" + canary("context")).status == 200);
  CHECK(request("GET", "/api/v1/agents?label=note:" + canary("query-value")).status == 200);
  CHECK(request("GET", "/api/v1/agents?" + canary("query-name") + "=1").status >= 400);
  CHECK(request("POST", "/api/v1/agents/echo/tasks", "{\"" + canary("member") + "\": 1}").status == 422);
  CHECK(request("POST", "/api/v1/agents/echo/tasks", canary("no-json")).status == 400);
  CHECK(request("GET", "/" + canary("path")).status == 404);
  http_client stranger{server_.port()};
  const auto turned_away = stranger.get("/api/v1/tasks", {{"Authorization", "Bearer mofa_" + canary("stranger")}});
  REQUIRE(turned_away);
  CHECK(turned_away->status == 401);
}

std::size_t count_of(const std::string& text, std::string_view word) {
  std::size_t out = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++out;
  return out;
}

TEST_CASE("a log at info has no message, key, argument or answer, whatever went through the server") {
  aviary birds{"{level: info, format: text}"};
  birds.speak();
  const auto log = birds.log();
  CHECK(count_of(log, bird) == 0);
  CHECK(log.find(birds.key()) == std::string::npos);
  // It was a log.
  for (const auto* line : {"app ready listen=", "gateway request refused reason=unauthenticated",
                           "http_client address refused address=127.0.0.1 reason=", "app stopped"})
    CHECK_MESSAGE(log.find(line) != std::string::npos, line);
}

TEST_CASE("a full log shows paths, request ids and refused hosts, and nothing more of what clients and models say") {
  for (const std::string format : {"text", "json"}) {
    CAPTURE(format);
    aviary birds{"{level: trace, format: " + format + "}"};
    birds.speak();
    const auto log = birds.log();
    const auto path = count_of(log, "path=/" + canary("path")) + count_of(log, "path=/api/v1/contexts/" + canary("context"));
    const auto ids = count_of(log, "req=" + canary("request-id"));
    CHECK(path == 2);
    CHECK(ids == static_cast<std::size_t>(birds.requests()));
    CHECK(count_of(log, bird) == path + ids);
    CHECK(count_of(log, "host=localhost address=127.0.0.1") == 1);
    CHECK(log.find(birds.key()) == std::string::npos);
    CHECK(log.find(" method=POST path=/v1/chat/completions route=/v1/chat/completions status=200 took_us=") !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace mofa::test

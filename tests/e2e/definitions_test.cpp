#include <doctest/doctest.h>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

constexpr const char* greeter = "name: greeter\nkind: scenario\notherwise:\n  - complete: {text: \"Hello {{text}}\"}\n";
// Works until it is told to go on.
constexpr const char* dreamer =
    "name: dreamer\nkind: scenario\notherwise:\n  - ask: {text: \"Well?\"}\n  - complete: {text: \"first\"}\n";
const header_pairs yaml{{"Content-Type", "application/yaml"}};

struct served {
  test_server server;
  served() {
    const bool started = server.start();
    REQUIRE_MESSAGE(started, server.errors());
  }
  http_answer ask(const std::string& method, const std::string& path, const std::string& body = {},
                  const header_pairs& headers = {}) {
    const auto answer = http_client{server.port()}.request(method, path, body, headers);
    REQUIRE(answer);
    return *answer;
  }
};

TEST_CASE("an agent that is posted works at once, and is there after a kill") {
  served all;
  const auto made = all.ask("POST", "/api/v1/agents", greeter, yaml);
  CHECK(made.status == 201);
  CHECK(made.header("etag") == "\"1\"");
  CHECK(text_of(conversation{all.server.port()}.ask("greeter", "Ada")) == "Hello Ada");
  CHECK(all.ask("POST", "/api/v1/agents", greeter, yaml).status == 409);
  all.server.kill();
  REQUIRE(all.server.start());
  CHECK(text_of(conversation{all.server.port()}.ask("greeter", "Bob")) == "Hello Bob");
}

TEST_CASE("a changed definition is a new version; running tasks keep theirs, and If-Match guards it") {
  served all;
  conversation with{all.server.port()};
  REQUIRE(all.ask("POST", "/api/v1/agents", dreamer, yaml).status == 201);
  const auto running = id_of(with.submit("dreamer", "x"));
  std::string second = dreamer;
  second.replace(second.find("first"), 5, "second");
  auto stale = yaml;
  stale.emplace_back("If-Match", "\"7\"");
  CHECK(all.ask("PUT", "/api/v1/agents/dreamer", second, stale).status == 412);
  auto fresh = yaml;
  fresh.emplace_back("If-Match", "\"1\"");
  const auto changed = all.ask("PUT", "/api/v1/agents/dreamer", second, fresh);
  CHECK(changed.status == 200);
  CHECK(changed.header("etag") == "\"2\"");
  const auto newer = id_of(with.submit("dreamer", "x"));
  for (const auto& task : {newer, running}) {
    with.until_state(task, "input_required");
    with.tell(task, "go on");
  }
  CHECK(text_of(with.ended(newer)) == "second");
  const auto first = with.ended(running);
  CHECK(text_of(first) == "first");
  CHECK(first.at("agent_version") == 1);
  CHECK(with.read("/api/v1/agents/dreamer/versions").at("items").size() == 2);
  // The same document again is the same version.
  CHECK(all.ask("PUT", "/api/v1/agents/dreamer", second, yaml).header("etag") == "\"2\"");
}

TEST_CASE("an agent with tasks is removed only when they have ended") {
  served all;
  conversation with{all.server.port()};
  REQUIRE(all.ask("POST", "/api/v1/agents", dreamer, yaml).status == 201);
  const auto running = id_of(with.submit("dreamer", "x"));
  const auto refused = all.ask("DELETE", "/api/v1/agents/dreamer");
  CHECK(refused.status == 409);
  CHECK(body_of(refused).at("detail").get<std::string>().find("drain=true") != std::string::npos);
  CHECK(all.ask("DELETE", "/api/v1/agents/dreamer?drain=true").status == 202);
  CHECK(with.post("/api/v1/agents/dreamer/tasks", message_body("more")).status == 503);
  with.until_state(running, "input_required");
  with.tell(running, "go on");
  CHECK(text_of(with.ended(running)) == "first");
  CHECK(with.eventually("/api/v1/agents/dreamer", [](const http_answer& got) { return got.status == 404; }));
  CHECK(with.read("/api/v1/tasks/" + running).at("agent") == "dreamer");
  CHECK(with.get("/api/v1/supervision").body.find("dreamer") == std::string::npos);
  // The name is free again, and the versions go on.
  CHECK(all.ask("POST", "/api/v1/agents", greeter, yaml).status == 201);
  CHECK(all.ask("DELETE", "/api/v1/agents/greeter").status == 204);
  CHECK(with.get("/api/v1/agents/greeter").status == 404);
  all.server.kill();
  REQUIRE(all.server.start());
  CHECK(conversation{all.server.port()}.get("/api/v1/agents/greeter").status == 404);
}

TEST_CASE("what a user wrote into an address that is refused is told to the task and not to the log") {
  served all;
  conversation with{all.server.port()};
  const std::string fetcher =
      "name: fetcher\nkind: scenario\notherwise:\n"
      "  - call: {tool: http_get, arguments: {url: \"http://10.0.0.1/{{text}}\"}}\n"
      "  - complete: {text: done}\n";
  REQUIRE(all.ask("POST", "/api/v1/agents", fetcher, yaml).status == 201);
  const auto task = with.ask("fetcher", "CANARY");
  std::string told;
  for (const auto& each : with.events(id_of(task))) told += each.data;
  CHECK(told.find("http://10.0.0.1/CANARY: the address 10.0.0.1") != std::string::npos);
  const auto log = all.server.errors();
  CHECK(log.find("address refused address=10.0.0.1 reason=private") != std::string::npos);
  CHECK(log.find("CANARY") == std::string::npos);
}

TEST_CASE("what belongs to a file is changed in that file") {
  served all;
  for (const auto* method : {"PUT", "DELETE"}) {
    const auto refused =
        all.ask(method, "/api/v1/agents/echo", "name: echo\nkind: scenario\notherwise: [{complete: {}}]", yaml);
    CHECK(refused.status == 409);
    CHECK(body_of(refused).at("code") == "managed_by_file");
    CHECK(body_of(refused).at("detail").get<std::string>().find("echo.yaml") != std::string::npos);
  }
}

TEST_CASE("a definition with mistakes is refused with their places, and nothing changes") {
  served all;
  const auto refused = all.ask("POST", "/api/v1/agents", "name: x\nkind: scenario\nrulez: []\n", yaml);
  CHECK(refused.status == 422);
  CHECK(body_of(refused).at("errors")[0].at("path") == "/rulez");
  const auto other =
      all.ask("PUT", "/api/v1/agents/nobody", "name: nobody\nkind: scenario\notherwise: [{complete: {}}]", yaml);
  CHECK(other.status == 404);
  CHECK(all.ask("GET", "/api/v1/agents/x").status == 404);
}

}  // namespace
}  // namespace mofa::test

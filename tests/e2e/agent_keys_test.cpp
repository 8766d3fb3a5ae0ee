#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

std::string parrot(const std::string& name) {
  return "name: " + name + "\nkind: scenario\notherwise:\n  - complete: {text: \"{{text}}!\"}\n";
}

header_pairs keyed(const std::string& key) { return {{"Content-Type", "application/yaml"}, {"Idempotency-Key", key}}; }

struct house {
  test_server server{{.definitions = {"tests/e2e/agents/input"}}};
  house() {
    const bool started = server.start();
    REQUIRE_MESSAGE(started, server.errors());
  }
  http_answer create(const std::string& text, const std::string& key) {
    return conversation{server.port()}.post("/api/v1/agents", text, keyed(key));
  }
};

TEST_CASE("an agent that is posted again under its key is the one that the first request made") {
  house at;
  const auto first = at.create(parrot("parrot"), "k");
  CHECK(first.status == 201);
  CHECK(first.header("idempotency-replayed").empty());
  const auto again = at.create(parrot("parrot"), "k");
  CHECK(again.status == 201);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(again.header("location") == "/api/v1/agents/parrot");
  CHECK(again.header("etag") == first.header("etag"));
  CHECK(again.body == first.body);

  const auto other = at.create(parrot("macaw"), "k");
  CHECK(other.status == 422);
  CHECK(body_of(other).at("code") == "idempotency_mismatch");
  CHECK(at.create(parrot("parrot"), "another").status == 409);
  CHECK(at.create("name: broken\n", "fresh").status == 422);
  // What failed made nothing: its key is free.
  CHECK(at.create(parrot("macaw"), "fresh").status == 201);
}

TEST_CASE("a repeat goes on with the agent as it is now, and says when it is gone") {
  house at;
  conversation with{at.server.port()};
  REQUIRE(at.create(parrot("parrot"), "k").status == 201);
  auto changed = parrot("parrot");
  changed.insert(changed.find("kind"), "description: louder\n");
  REQUIRE(with.client().request("PUT", "/api/v1/agents/parrot", changed, {{"Content-Type", "application/yaml"}})->status ==
          200);
  const auto again = at.create(parrot("parrot"), "k");
  CHECK(again.status == 201);
  CHECK(again.header("etag") == "\"2\"");
  REQUIRE(with.remove("/api/v1/agents/parrot").status == 204);
  const auto gone = at.create(parrot("parrot"), "k");
  CHECK(gone.status == 404);
  CHECK(at.create(parrot("parrot"), "another").status == 201);
  // What has the name now is another one, also in the next life.
  CHECK(at.create(parrot("parrot"), "k").status == 404);
  CHECK(at.create(parrot("parrot"), "another").header("idempotency-replayed") == "true");
  at.server.kill();
  REQUIRE(at.server.start());
  CHECK(at.create(parrot("parrot"), "k").status == 404);
  CHECK(at.create(parrot("parrot"), "another").status == 201);
}

TEST_CASE("a request that a kill cut off may be repeated under its key: the agent is made once") {
  house at;
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    const auto name = "parrot-" + std::to_string(round);
    std::thread client{
        [&, port = at.server.port()] { (void)http_client{port}.post("/api/v1/agents", parrot(name), keyed(name)); }};
    // Somewhere within the request: a moment of its own for each round.
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds{250 * round};
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    at.server.kill();
    client.join();
    REQUIRE(at.server.start());
    const auto again = at.create(parrot(name), name);
    CHECK(again.status == 201);
    CHECK(again.header("etag") == "\"1\"");
    CHECK(text_of(conversation{at.server.port()}.ask(name, "hello")) == "hello!");
  }
  // Acknowledged before the kill: the repeat is a repeat.
  REQUIRE(at.create(parrot("last"), "last").status == 201);
  at.server.kill();
  REQUIRE(at.server.start());
  CHECK(at.create(parrot("last"), "last").header("idempotency-replayed") == "true");
}

TEST_CASE("two requests with one key at one time make one agent") {
  house at;
  std::vector<http_answer> answers(8);
  std::vector<std::thread> clients;
  for (auto& mine : answers)
    clients.emplace_back([&mine, port = at.server.port()] {
      mine = http_client{port}.post("/api/v1/agents", parrot("one"), keyed("k")).value_or(http_answer{});
    });
  for (auto& each : clients) each.join();
  int fresh = 0;
  for (const auto& one : answers) {
    CHECK(one.status == 201);
    if (one.header("idempotency-replayed").empty()) ++fresh;
  }
  CHECK(fresh == 1);
}

}  // namespace
}  // namespace mofa::test

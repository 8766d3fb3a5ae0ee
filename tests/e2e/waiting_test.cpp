// Who waits for a task, in every dialect: keeps nobody out meanwhile, and learns how the task stands when the server stops.
#include <doctest/doctest.h>

#include <future>

#include "tests/support/conversation.hpp"

namespace mofa::test {
namespace {

const json sleeper{{"name", "sleeper"},
                   {"kind", "scenario"},
                   {"limits", {{"max_concurrent_tasks", 16}}},
                   {"otherwise", {{{"pause_ms", 3'000'000}}}}};

const json said{{"messageId", "m-1"}, {"role", "ROLE_USER"}, {"parts", {{{"text", "wait"}}}}};

/// Whether so many tasks of the agent are at work.
bool at_work(conversation& with, std::size_t count) {
  return with.eventually("/api/v1/tasks?agent=sleeper&state=working", [&](const http_answer& got) {
    return got.status == 200 && test::body_of(got).at("items").size() == count;
  });
}

/// A client in a thread of its own, which tries again while the server is full.
std::future<http_answer> waiter(std::uint16_t port, std::string path, json body, header_pairs headers = {}) {
  headers.emplace_back("A2A-Version", "1.0");
  return std::async(std::launch::async, [=] {
    conversation with{port};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
      auto got = with.post(path, body.dump(), headers);
      const bool full = got.status == 503 && got.body.find("limits.in_flight") != std::string::npos;
      if (!full || std::chrono::steady_clock::now() >= deadline) return got;
    }
  });
}

/// One for each dialect, each with a task of its own.
struct waiters {
  explicit waiters(std::uint16_t port)
      : rest(waiter(port, "/api/v1/agents/sleeper/tasks", {{"message", "wait"}}, {{"Prefer", "wait=60"}})),
        a2a(waiter(port, "/a2a/sleeper/message:send", {{"message", said}})),
        rpc(waiter(port, "/a2a/sleeper",
                   {{"jsonrpc", "2.0"}, {"id", 7}, {"method", "SendMessage"}, {"params", {{"message", said}}}})),
        openai(waiter(port, "/v1/chat/completions",
                      {{"model", "sleeper"}, {"messages", {{{"role", "user"}, {"content", "wait"}}}}})) {}
  std::future<http_answer> rest, a2a, rpc, openai;
};

json body_of(const http_answer& from, int status) {
  CHECK_MESSAGE(from.status == status, from.body);
  return test::body_of(from);
}

}  // namespace

TEST_CASE("clients that wait for tasks keep nobody out, and each gets the end of its own") {
  test_server server{{.definitions = {"config/agents"}, .settings = "limits:\n  in_flight: 2\n"}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  conversation with{server.port()};
  REQUIRE(with.post("/api/v1/agents", sleeper.dump()).status == 201);
  waiters all{server.port()};
  REQUIRE(at_work(with, 4));

  CHECK(with.get("/metrics").status == 200);
  CHECK(with.post("/api/v1/configuration:reload").status == 200);
  const auto tasks = with.read("/api/v1/tasks?agent=sleeper");
  for (const auto& each : tasks.at("items")) CHECK(with.post("/api/v1/tasks/" + id_of(each) + ":cancel").status == 200);
  CHECK(body_of(all.rest.get(), 200).at("status").at("state") == "canceled");
  CHECK(body_of(all.a2a.get(), 200).at("task").at("status").at("state") == "TASK_STATE_CANCELED");
  CHECK(body_of(all.rpc.get(), 200).at("result").at("task").at("status").at("state") == "TASK_STATE_CANCELED");
  CHECK(body_of(all.openai.get(), 409).at("error").at("code") == "canceled");
}

TEST_CASE("a server that stops tells who waits how the task stands") {
  test_server server{{.definitions = {"config/agents"}, .settings = "shutdown:\n  grace_ms: 4000\n"}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  conversation with{server.port()};
  REQUIRE(with.post("/api/v1/agents", sleeper.dump()).status == 201);
  waiters all{server.port()};
  REQUIRE(at_work(with, 4));

  const auto end = server.terminate();
  REQUIRE(end);
  CHECK(end->code == 0);
  const auto rest = all.rest.get();
  CHECK(body_of(rest, 202).at("status").at("state") == "working");
  CHECK(rest.header("location").starts_with("/api/v1/tasks/"));
  CHECK(rest.header("preference-applied").empty());
  CHECK(body_of(all.a2a.get(), 200).at("task").at("status").at("state") == "TASK_STATE_WORKING");
  const auto rpc = body_of(all.rpc.get(), 200);
  CHECK(rpc.at("id") == 7);
  CHECK(rpc.at("result").at("task").at("status").at("state") == "TASK_STATE_WORKING");
  const auto openai = all.openai.get();
  CHECK(body_of(openai, 503).at("error").at("code") == "draining");
  CHECK(openai.header("x-should-retry") == "false");
}

}  // namespace mofa::test

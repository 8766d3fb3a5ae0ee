#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <sstream>
#include <thread>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

const server_plan trouble{.definitions = {"tests/e2e/agents/trouble"}};

milliseconds median_answer(conversation& with, int count) {
  using std::chrono::steady_clock;
  std::vector<steady_clock::duration> took;
  for (int i = 0; i < count; ++i) {
    const auto begun = steady_clock::now();
    if (text_of(with.ask("fragile", "steady")) != "steady") throw unexpected_answer("fragile");
    took.push_back(steady_clock::now() - begun);
  }
  std::nth_element(took.begin(), took.begin() + count / 2, took.end());
  return std::chrono::ceil<milliseconds>(took[static_cast<std::size_t>(count) / 2]);
}

json child(const json& node, const std::string& name) {
  for (const auto& one : node.at("children"))
    if (one.at("name") == name) return one;
  throw unexpected_answer("no child " + name + " in " + node.dump());
}

TEST_CASE("a task that crashes leaves its siblings' latency alone, and each crash is counted") {
  test_server server{trouble};
  REQUIRE(server.start());
  conversation with{server.port()};
  const auto quiet = median_answer(with, 100);

  std::atomic<bool> enough{false};
  std::atomic<int> crashed{0};
  std::thread crasher{[&] {
    conversation other{server.port()};
    while (!enough)
      if (text_of(other.ask("fragile", "crash")) == "back again") ++crashed;
  }};
  const auto beside_crashes = median_answer(with, 100);
  enough = true;
  crasher.join();
  MESSAGE("median of a sibling: ", quiet.count(), " ms, beside ", crashed.load(), " crashes ", beside_crashes.count(),
          " ms");
  CHECK(crashed > 0);
  CHECK(beside_crashes < 5 * quiet + milliseconds{25});
  CHECK(metric(with, "mofa_task_crashes_total{agent=\"fragile\"}") == crashed);
  CHECK(metric(with, "mofa_task_restarts_total{agent=\"fragile\"}") == crashed);
  CHECK(with.read("/api/v1/agents/fragile/actor").at("last_failure").get<std::string>().find("told to") !=
        std::string::npos);
}

TEST_CASE("a task that crashes more often than its agent's supervision allows is quarantined, and only that task") {
  test_server server{trouble};
  REQUIRE(server.start());
  conversation with{server.port()};
  const auto poisoned = with.ask("poison", "poison");
  CHECK(state_of(poisoned) == "failed");
  CHECK(poisoned.at("status").at("code") == "quarantined");
  std::vector<int> attempts;
  for (const auto& one : with.events(id_of(poisoned)))
    if (one.event == "behaviour_crashed") attempts.push_back(json::parse(one.data).at("data").at("attempt"));
  CHECK(attempts == std::vector<int>{1, 2, 3});
  CHECK(metric(with, "mofa_tasks_quarantined_total{agent=\"poison\"}") == 1);
  CHECK(text_of(with.ask("poison", "water")) == "water");
  // What is quarantined stays so after a restart.
  server.kill();
  REQUIRE(server.start());
  conversation again{server.port()};
  CHECK(again.read("/api/v1/tasks/" + id_of(poisoned)) == poisoned);
}

TEST_CASE("when storage crashes, what depends on it restarts and nothing that was acknowledged is lost") {
  test_server server{trouble};
  REQUIRE(server.start({{"MOFA_CRASH", "before_append:12"}}));
  conversation with{server.port()};
  const auto napping = id_of(with.submit("napper", "through it all"));
  event_stream watching{server.port(), "GET", "/api/v1/tasks/" + napping + "/events"};
  REQUIRE(watching.next());

  std::vector<json> acknowledged;
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    const auto got = with.post("/api/v1/agents/echo/tasks", message_body("hello"), {{"Prefer", "wait=10"}});
    if (got.status == 200) {
      acknowledged.push_back(body_of(got));
    } else {
      ++refused;
      CHECK_MESSAGE(got.status >= 500, got.body);
      CHECK(got.header("content-type") == "application/problem+json");
      // It is told, not left to its deadline.
      CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{5});
    }
  }
  CHECK(refused > 0);
  // It answers again, without a restart of the process.
  const auto answers = [&] {
    return with.eventually("/readyz", [&](const auto&) {
      return with.post("/api/v1/agents/echo/tasks", message_body("again"), {{"Prefer", "wait=10"}}).status == 200;
    });
  };
  CHECK(answers());
  CHECK(!server.life().wait(milliseconds{0}));

  const auto root = with.read("/api/v1/supervision");
  CHECK(child(root, "storage").at("restarts") == 1);
  CHECK(child(root, "storage").at("last_failure").get<std::string>().find("trapped at before_append") != std::string::npos);
  for (const std::string dependent : {"clockwork", "effects", "agents"})
    CHECK_MESSAGE(child(root, dependent).at("restarts") == 1, dependent);
  CHECK(metric(with, "mofa_supervision_child_restarts_total{path=\"root/storage\"}") == 1);
  CHECK(metric(with, "mofa_supervision_escalations_total{path=\"root/storage/journal\"}") == 1);

  for (const auto& task : acknowledged) CHECK(with.read("/api/v1/tasks/" + id_of(task)) == task);
  const auto woken = with.ended(napping);
  CHECK(state_of(woken) == "completed");
  CHECK(text_of(woken) == "through it all");
}

TEST_CASE("when the root gives up the process ends with code 70 and tells the chain of causes on one line") {
  test_server server{trouble};
  REQUIRE(server.start({{"MOFA_CRASH", "before_append:3+"}}));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::optional<process_end> end;
  while (!end && std::chrono::steady_clock::now() < deadline) {
    (void)http_client{server.port()}.post("/api/v1/agents/echo/tasks", message_body("hello"));
    end = server.life().wait(milliseconds{5});
  }
  REQUIRE(end);
  CHECK(end->code == 70);
  std::vector<std::string> causes;
  std::istringstream lines{server.errors()};
  for (std::string one; std::getline(lines, one);)
    if (one.find("gave up") != std::string::npos) causes.push_back(one);
  REQUIRE(causes.size() == 1);
  const auto root = causes[0].find("root: more than 5 restarts in 30000 ms <- storage: ");
  const auto storage = causes[0].find("storage: more than 0 restarts in 30000 ms <- journal: trapped at before_append");
  CHECK_MESSAGE(root != std::string::npos, causes[0]);
  CHECK_MESSAGE(storage != std::string::npos, causes[0]);
}

}  // namespace
}  // namespace mofa::test

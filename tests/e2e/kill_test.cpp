#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include "server/base/clock.hpp"
#include "tests/e2e/kill_life.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* given = std::getenv(variable);
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// A life waits more than it computes: several at a time use the machine better.
constexpr int lanes = 4;

struct summary {
  std::mutex guard;
  std::map<std::string, int> killed_at;
  std::size_t acknowledged = 0, running = 0;
  std::vector<std::string> broken;

  void add(std::uint64_t seed, const life_report& life) {
    const std::lock_guard lock{guard};
    ++killed_at[life.killed_at];
    acknowledged += life.acknowledged;
    running += life.running;
    for (const auto& one : life.broken)
      broken.push_back("MOFA_SEED=" + std::to_string(seed) + " MOFA_SEEDS=1 (" + life.killed_at + "): " + one);
  }
};

TEST_CASE("a server that is killed at any point loses nothing that it acknowledged and does nothing twice") {
  const auto first = number_from("MOFA_SEED", 1);
  const auto count = number_from("MOFA_SEEDS", 210);
  summary all;
  std::atomic<std::uint64_t> next{first};
  std::vector<std::thread> threads;
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < lanes; ++i)
    threads.emplace_back([&] {
      for (auto seed = next++; seed < first + count; seed = next++) all.add(seed, live_and_die(seed));
    });
  for (auto& one : threads) one.join();
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);

  std::string points;
  for (const auto& [point, times] : all.killed_at) points += " " + point + "=" + std::to_string(times);
  MESSAGE(count, " seeds from ", first, " in ", took.count(), " s: ", all.acknowledged, " tasks acknowledged, ", all.running,
          " of them not known to have ended; killed at:", points);
  for (const auto& one : all.broken) FAIL_CHECK(one);
  if (count < 70) return;
  // A trap that never falls proves nothing.
  for (const char* point :
       {"before_append", "after_append", "before_publish", "after_publish", "effect_started", "before_outcome", "time"})
    CHECK_MESSAGE(all.killed_at[point] > 0, point);
  CHECK(all.running > 0);
}

TEST_CASE("a pause of 1500 ms that began 700 ms before the kill ends at its old deadline") {
  using std::chrono::system_clock;
  for (int round = 0; round < 3; ++round) {
    test_server server{{.definitions = {"tests/e2e/agents/kill"}}};
    REQUIRE(server.start());
    const auto task = id_of(conversation{server.port()}.submit("napper", "1500"));
    (void)server.life().wait(milliseconds{700});
    server.kill();
    REQUIRE(server.start());
    const auto ready = system_clock::now();
    const auto events = conversation{server.port()}.events(task);
    std::string due, timer, fired, begun;
    for (const auto& one : events) {
      const auto event = json::parse(one.data);
      const auto& data = event.at("data");
      if (one.event == "timer_set" && data.at("purpose") != "deadline") {
        CHECK(timer.empty());
        timer = data.at("timer_id");
        due = data.at("due");
        begun = event.at("at");
      }
      if (one.event == "timer_fired" && data.at("timer_id") == timer) {
        CHECK(fired.empty());
        fired = event.at("at");
      }
    }
    REQUIRE(!timer.empty());
    REQUIRE(!fired.empty());
    const auto due_at = parse_rfc3339(due), fired_at = parse_rfc3339(fired), begun_at = parse_rfc3339(begun);
    CHECK(*due_at - *begun_at == milliseconds{1500});
    CHECK(*fired_at >= *due_at);
    // A machine so slow that the restart took longer than the rest of the pause fires at once.
    const auto not_before = std::max<system_clock::time_point>(*due_at, ready);
    CHECK(*fired_at - not_before < milliseconds{400});
  }
}

}  // namespace
}  // namespace mofa::test

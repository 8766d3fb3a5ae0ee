#include <doctest/doctest.h>

#include "tests/unit/actors/task/task_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

core::agent_limits limits_of(std::int64_t timeout, std::optional<std::int64_t> input = std::nullopt) {
  core::agent_limits out;
  out.timeout = milliseconds{timeout};
  if (input) out.input_timeout = milliseconds{*input};
  return out;
}

}  // namespace

TEST_CASE("a task that stays open has a deadline, and fails when it passes") {
  kept_task kept{limits_of(10'000)};
  const auto done = kept.submit("hello");
  const auto set = data_of(done.unit.events.back());
  CHECK(set.at("purpose") == "deadline");
  CHECK(set.at("due") == to_rfc3339(kept.now + milliseconds{10'000}));
  REQUIRE(done.unit.timers_set.size() == 1);
  const auto fired = kept.task->fire(done.unit.timers_set[0].timer_id, kept.now + milliseconds{10'000});
  REQUIRE(fired);
  CHECK(kinds_of(*fired) == kind_list{"timer_fired", "status_changed"});
  CHECK(fired->unit.row.status.code == "deadline_exceeded");
  CHECK(kept.task->ended());
}

TEST_CASE("a task that ends at once has no deadline") {
  kept_task kept{limits_of(10'000)};
  const auto done = kept.submit("finish");
  CHECK(kinds_of(done) == kind_list{"submitted", "status_changed"});
  CHECK(done.unit.timers_set.empty());
}

TEST_CASE("the deadline stands still while a person is awaited") {
  kept_task kept{limits_of(10'000)};
  const auto first = kept.submit("hello");
  const auto deadline = first.unit.timers_set.at(0).timer_id;
  kept.now += milliseconds{4'000};
  const auto asks = kept.say("ask");
  CHECK(kinds_of(asks) == kind_list{"message_received", "status_changed", "timer_canceled"});
  CHECK(data_of(asks.unit.events[2]) == json{{"timer_id", deadline}, {"left_ms", 6'000}});
  CHECK(asks.unit.timers_cleared == std::vector<std::string>{deadline});
  CHECK(asks.unit.timers_set.empty());
  kept.restart();
  kept.now += milliseconds{3'600'000};
  const auto answered = kept.say("here");
  CHECK(kinds_of(answered) == kind_list{"message_received", "status_changed", "replied", "timer_set"});
  REQUIRE(answered.unit.timers_set.size() == 1);
  CHECK(answered.unit.timers_set[0].due == kept.now + milliseconds{6'000});
}

TEST_CASE("an answer that comes when the deadline is over leaves a moment to end") {
  kept_task kept{limits_of(1'000)};
  kept.submit("hello");
  kept.now += milliseconds{5'000};
  const auto asks = kept.say("ask");
  CHECK(data_of(asks.unit.events[2]).at("left_ms") == 1);
}

TEST_CASE("a task whose question nobody answers in time fails") {
  kept_task kept{limits_of(10'000, 2'000)};
  const auto asks = kept.submit("ask");
  CHECK(kinds_of(asks) == kind_list{"submitted", "status_changed", "timer_set"});
  CHECK(data_of(asks.unit.events[2]).at("purpose") == "input");
  const auto fired = kept.task->fire(kept.numbered(3), kept.now + milliseconds{2'000});
  REQUIRE(fired);
  CHECK(fired->unit.row.status.code == "input_timeout");
}

TEST_CASE("an answer takes the input timeout away and sets the deadline") {
  kept_task kept{limits_of(10'000, 2'000)};
  kept.submit("ask");
  kept.now += milliseconds{1'000};
  const auto answered = kept.say("here");
  CHECK(kinds_of(answered) == kind_list{"message_received", "status_changed", "replied", "timer_set", "timer_canceled"});
  CHECK(answered.unit.timers_cleared == std::vector<std::string>{kept.numbered(3)});
  CHECK(kept.task->state().timer_for("input") == nullptr);
  REQUIRE(kept.task->state().timer_for("deadline") != nullptr);
  CHECK(kept.task->state().timer_for("deadline")->due == kept.now + milliseconds{10'000});
}

TEST_CASE("the deadline of a held task runs already, and ends it undecided") {
  kept_task kept{limits_of(10'000)};
  const auto held = kept.submit("hello", true);
  REQUIRE(held.unit.timers_set.size() == 1);
  kept.restart();
  const auto fired = kept.task->fire(held.unit.timers_set[0].timer_id, kept.now);
  REQUIRE(fired);
  CHECK(kept.task->ended());
  CHECK_FALSE(kept.task->undecided());
}

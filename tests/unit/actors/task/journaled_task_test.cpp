#include <doctest/doctest.h>

#include "server/base/limits.hpp"
#include "tests/unit/actors/task/task_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

TEST_CASE("a submission and what is decided about it are one unit") {
  kept_task kept;
  const auto done = kept.submit("hello");
  CHECK(kinds_of(done) == kind_list{"submitted", "status_changed", "replied", "timer_set"});
  CHECK(done.unit.expected_seq == 0);
  CHECK(done.unit.row.status.state == core::task_state::working);
  CHECK(done.unit.row.decided_seq == done.unit.row.last_seq);
  CHECK_FALSE(done.unit.row.wake);
  CHECK_FALSE(done.crash);
  CHECK_FALSE(kept.task->undecided());
  for (std::size_t i = 0; i < done.unit.events.size(); ++i) CHECK(done.unit.events[i]->seq == i + 1);
}

TEST_CASE("a submission says who asked whom, and until when") {
  kept_task kept;
  core::submission what;
  what.message = core::text_message(core::role::user, "m", "hello");
  what.context_id = "c";
  what.labels = {{"team", "blue"}};
  what.timeout = milliseconds{7'000};
  what.idempotency = core::idempotency{"key", "POST /x", "hash"};
  const auto done = kept.keep(kept.task->submit(kept.id, kept.who, what, kept.now, false));
  const auto data = data_of(done.unit.events.front());
  CHECK(data.at("agent") == "subject");
  CHECK(data.at("agent_version") == 3);
  CHECK(data.at("timeout_ms") == 7'000);
  CHECK(data.at("labels") == json{{"team", "blue"}});
  CHECK(done.unit.row.owner == kept.who.principal);
  REQUIRE(done.unit.idempotency);
  CHECK(done.unit.idempotency->once.key == "key");
  CHECK(done.unit.idempotency->principal == kept.who.principal);
}

TEST_CASE("what a request says beside its message stands beside it in the journal") {
  kept_task kept;
  core::submission what;
  what.message = core::text_message(core::role::user, "m", "hello");
  what.metadata = {{"urgency", "high"}};
  const auto first = data_of(kept.keep(kept.task->submit(kept.id, kept.who, what, kept.now, false)).unit.events.front());
  CHECK(first.at("metadata") == what.metadata);
  CHECK(first.at("message") == core::to_json(what.message));
  const auto next = core::text_message(core::role::user, "m-2", "and now?");
  const auto more = data_of(kept.keep(kept.task->receive(next, kept.now, {{"urgency", "low"}})).unit.events.front());
  CHECK(more == json{{"message", core::to_json(next)}, {"metadata", {{"urgency", "low"}}}});
  // What says nothing is not kept.
  for (const auto& none : {json(), json::object()}) {
    const auto id = "m-" + none.dump();
    const auto last =
        kept.keep(kept.task->receive(core::text_message(core::role::user, id, "so"), kept.now, none)).unit.events.front();
    CHECK_FALSE(data_of(last).contains("metadata"));
  }
}

TEST_CASE("a held submission is journaled, and decided by a later step") {
  kept_task kept;
  const auto held = kept.submit("hello", true);
  CHECK(kinds_of(held) == kind_list{"submitted", "timer_set"});
  CHECK(kept.task->undecided());
  CHECK(held.unit.row.decided_seq == 0);
  CHECK(held.unit.row.wake);
  kept.restart();
  CHECK(kept.task->undecided());
  const auto decided = kept.keep(kept.task->decide(kept.now));
  CHECK(kinds_of(decided) == kind_list{"status_changed", "replied"});
  CHECK_FALSE(kept.task->undecided());
  CHECK_FALSE(decided.unit.row.wake);
}

TEST_CASE("a crash is journaled behind its fact, and the same fact is decided at the next attempt") {
  kept_task kept;
  const auto crashed = kept.submit("crash once");
  CHECK(kinds_of(crashed) == kind_list{"submitted", "behaviour_crashed"});
  REQUIRE(crashed.crash);
  CHECK(*crashed.crash == "told to crash");
  CHECK(data_of(crashed.unit.events.back()) == json{{"reason", "told to crash"}, {"attempt", 1}});
  CHECK(crashed.unit.row.wake);
  CHECK(kept.task->undecided());
  kept.restart();
  CHECK(kept.task->undecided());
  const auto decided = kept.keep(kept.task->decide(kept.now));
  CHECK(kinds_of(decided) == kind_list{"status_changed", "replied", "timer_set"});
  CHECK(data_of(decided.unit.events[1]).at("message").at("parts").at(0).at("text") == "crash once #2");
  CHECK(kept.task->state().crashes == 0);
}

TEST_CASE("each crash at a fact counts one attempt more") {
  kept_task kept;
  kept.submit("crash");
  for (int attempt = 2; attempt <= 4; ++attempt) {
    kept.restart();
    const auto again = kept.keep(kept.task->decide(kept.now));
    CHECK(kinds_of(again) == kind_list{"behaviour_crashed"});
    CHECK(data_of(again.unit.events[0]).at("attempt") == attempt);
  }
}

TEST_CASE("what a behaviour throws need not be an exception") {
  kept_task kept;
  const auto crashed = kept.submit("throw an int");
  REQUIRE(crashed.crash);
  CHECK(*crashed.crash == "the behaviour threw something that is not an exception");
}

TEST_CASE("an effect is named by the number of its request, started by its unit, and resolved once") {
  kept_task kept;
  const auto asked = kept.submit("call clock");
  CHECK(kinds_of(asked) == kind_list{"submitted", "effect_requested", "timer_set"});
  REQUIRE(asked.start.size() == 1);
  CHECK(asked.start[0].id == kept.numbered(2));
  CHECK(asked.start[0].request.at("tool") == "clock");
  CHECK(asked.start[0].request.at("rerun") == true);
  CHECK(data_of(asked.unit.events[1]).at("effect_id") == kept.numbered(2));
  CHECK(asked.unit.row.wake);
  CHECK(asked.unit.row.usage.tool_calls == 1);
  CHECK_FALSE(kept.task->resolve(kept.numbered(9), {{"value", 1}}, kept.now));
  const auto done = kept.task->resolve(kept.numbered(2), {{"value", "noon"}}, kept.now);
  REQUIRE(done);
  CHECK(kinds_of(*done) == kind_list{"effect_resolved", "status_changed"});
  CHECK(data_of(done->unit.events[0]) == json{{"effect_id", kept.numbered(2)}, {"value", "noon"}});
  CHECK_FALSE(done->unit.row.wake);
  CHECK_FALSE(kept.task->resolve(kept.numbered(2), {{"value", "noon"}}, kept.now));
}

TEST_CASE("an effect whose task ends in the same unit is never started") {
  kept_task kept;
  const auto done = kept.submit("call and finish");
  CHECK(done.start.empty());
  CHECK(done.abort == std::vector<std::string>{kept.numbered(2)});
  CHECK_FALSE(done.unit.row.wake);
}

TEST_CASE("nothing that is decided behind the end is journaled") {
  kept_task kept;
  const auto done = kept.submit("finish and talk");
  CHECK(kinds_of(done) == kind_list{"submitted", "status_changed"});
  CHECK(kept.task->ended());
}

TEST_CASE("a task that has ended is seen the same however often, and its messages are kept once") {
  kept_task kept;
  kept.submit("ask");
  const auto asking = kept.task->view();
  CHECK(asking->history.size() == 1);
  CHECK(kept.task->view()->history.size() == 1);
  kept.say("finish");
  const auto ended = kept.task->view();
  CHECK(ended->row.status.state == core::task_state::completed);
  REQUIRE(ended->history.size() == 2);
  CHECK(ended->history[1].text() == "finish");
  CHECK(kept.task->view() == ended);
  CHECK(kept.task->state().history.empty());
  CHECK(kept.task->state().row.status.state == core::task_state::completed);
}

TEST_CASE("a timer is named by the number of its request, becomes a row, and fires once") {
  kept_task kept;
  const auto set = kept.submit("nap");
  CHECK(kinds_of(set) == kind_list{"submitted", "timer_set", "timer_set"});
  REQUIRE(set.unit.timers_set.size() == 2);
  CHECK(set.unit.timers_set[0].timer_id == kept.numbered(2));
  CHECK(set.unit.timers_set[0].due == kept.now + milliseconds{500});
  CHECK(set.unit.timers_set[0].agent == "subject");
  kept.now += milliseconds{500};
  const auto fired = kept.task->fire(kept.numbered(2), kept.now);
  REQUIRE(fired);
  CHECK(kinds_of(*fired) == kind_list{"timer_fired", "replied"});
  CHECK(fired->unit.timers_cleared == std::vector<std::string>{kept.numbered(2)});
  CHECK(fired->unit.timers_set.empty());
  CHECK_FALSE(kept.task->fire(kept.numbered(2), kept.now));
}

TEST_CASE("canceling ends the task, its timers and its effects in one unit") {
  kept_task kept;
  kept.submit("call clock");
  const auto done = kept.keep(kept.task->cancel("no longer needed", kept.now));
  CHECK(kinds_of(done) == kind_list{"cancel_requested", "status_changed"});
  CHECK(data_of(done.unit.events[0]) == json{{"reason", "no longer needed"}});
  CHECK(done.unit.row.status.state == core::task_state::canceled);
  CHECK(done.abort == std::vector<std::string>{kept.numbered(2)});
  CHECK(done.unit.timers_cleared == std::vector<std::string>{kept.numbered(3)});
  CHECK(kept.task->ended());
}

TEST_CASE("a held submission can be canceled undecided") {
  kept_task kept;
  kept.submit("hello", true);
  const auto done = kept.keep(kept.task->cancel("", kept.now));
  CHECK(done.unit.row.decided_seq == done.unit.row.last_seq);
  CHECK_FALSE(done.unit.row.wake);
  kept.restart();
  CHECK_FALSE(kept.task->undecided());
}

TEST_CASE("quarantine ends an undecided task with a code and a reason") {
  kept_task kept;
  kept.submit("crash");
  kept.restart();
  const auto done = kept.keep(kept.task->fail("quarantined", "too many crashes", kept.now));
  CHECK(kinds_of(done) == kind_list{"status_changed"});
  CHECK(done.unit.row.status.state == core::task_state::failed);
  CHECK(done.unit.row.status.code == "quarantined");
  REQUIRE(done.unit.row.status.message);
  CHECK(done.unit.row.status.message->text() == "too many crashes");
  CHECK_FALSE(done.unit.row.wake);
  CHECK_FALSE(kept.task->undecided());
}

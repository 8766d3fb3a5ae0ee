#include <doctest/doctest.h>

#include "server/base/limits.hpp"
#include "tests/unit/actors/task/task_fixture.hpp"

using namespace mofa;
using namespace mofa::test;
using mofa::task::journaled_task;

namespace {

// A life with everything in it: messages, an effect, a nap, a question, a crash.
void live(kept_task& kept) {
  kept.submit("hello");
  kept.say("call clock");
  kept.now += milliseconds{100};
  kept.say("nap");
  kept.say("ask");
  kept.now += milliseconds{100};
  kept.say("crash once");
  kept.restart();
  kept.keep(kept.task->decide(kept.now));
}

}  // namespace

TEST_CASE("a fold of the journal is the live task") {
  kept_task kept;
  live(kept);
  CHECK(seen(journaled_task::fold(kept.whole())) == seen(kept.task->state()));
}

TEST_CASE("a task that is restored from all its events is the live task") {
  kept_task kept;
  live(kept);
  const auto before = seen(kept.task->state());
  kept.restart();
  CHECK(seen(kept.task->state()) == before);
}

TEST_CASE("reading a task does not count its tool calls again") {
  kept_task kept;
  kept.submit("call clock");
  kept.restart();
  CHECK(kept.task->state().row.usage.tool_calls == 1);
  CHECK(journaled_task::fold(kept.whole()).row.usage.tool_calls == 1);
}

TEST_CASE("a snapshot is written after a hundred events, and stands for them") {
  kept_task kept;
  kept.submit("hello");
  std::optional<core::snapshot> written;
  while (!written) {
    const auto before = kept.task->state().row.last_seq;
    REQUIRE(before < 2 * limits::snapshot_every_events);
    written = kept.say("more").unit.snapshot;
    CHECK(written.has_value() == (kept.task->state().row.last_seq >= limits::snapshot_every_events));
  }
  CHECK(written->seq == kept.task->state().row.last_seq);
  kept.say("call clock");
  kept.now += milliseconds{100};
  kept.say("ask");
  CHECK(kept.stored.events.size() < 10);

  auto from_snapshot = journaled_task::restore(kept.owner(), kept.stored);
  auto from_all = journaled_task::restore(kept.owner(), kept.whole());
  REQUIRE(from_snapshot);
  REQUIRE(from_all);
  CHECK(seen(from_snapshot->state()) == seen(from_all->state()));
  CHECK(seen(from_snapshot->state()) == seen(kept.task->state()));
  CHECK(seen(journaled_task::fold(kept.stored)) == seen(kept.task->state()));
  // The behaviours agree as well: the next step of both is the same.
  const auto next = core::text_message(core::role::user, "last", "finish");
  CHECK(kinds_of(from_snapshot->receive(next, kept.now)) == kinds_of(from_all->receive(next, kept.now)));
}

TEST_CASE("the next snapshot is a hundred events after the last, also after a restart") {
  kept_task kept;
  kept.submit("hello");
  while (!kept.stored.snapshot) kept.say("more");
  kept.restart();
  const auto first = kept.stored.snapshot->seq;
  while (kept.stored.snapshot->seq == first) kept.say("more");
  CHECK(kept.stored.snapshot->seq - first >= limits::snapshot_every_events);
  CHECK(kept.stored.snapshot->seq - first <= limits::snapshot_every_events + 2);
}

TEST_CASE("no snapshot is written while a fact is undecided") {
  kept_task kept;
  kept.submit("hello");
  while (kept.task->state().row.last_seq < limits::snapshot_every_events - 2) kept.say("more");
  kept.say("crash");
  for (int i = 0; i < 5; ++i) {
    kept.restart();
    kept.keep(kept.task->decide(kept.now));
  }
  CHECK(kept.task->state().row.last_seq > limits::snapshot_every_events);
  CHECK_FALSE(kept.stored.snapshot);
}

TEST_CASE("a snapshot of another version of the behaviour is refused, so that the whole journal is folded") {
  kept_task kept;
  kept.submit("hello");
  while (!kept.stored.snapshot) kept.say("more");
  kept.behaviour->version = 2;
  const auto refused = journaled_task::restore(kept.owner(), kept.stored);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::version_too_new);
  CHECK(journaled_task::restore(kept.owner(), kept.whole()));
}

TEST_CASE("a task with an event of an unknown kind or version is parked") {
  kept_task kept;
  kept.submit("hello");
  auto foreign = std::make_shared<core::event>(*kept.stored.events.back());
  SUBCASE("kind") { foreign->kind = "oracle.spoke"; }
  SUBCASE("version") { foreign->version = 2; }
  kept.stored.events.back() = foreign;
  const auto parked = journaled_task::restore(kept.owner(), kept.stored);
  REQUIRE_FALSE(parked);
  CHECK(parked.error().code == errc::unsupported);
}

TEST_CASE("a journal that is not JSON is corrupt, not a crash") {
  kept_task kept;
  kept.submit("hello");
  auto damaged = std::make_shared<core::event>(*kept.stored.events.back());
  damaged->data = "{\"purpose\":";
  kept.stored.events.back() = damaged;
  const auto refused = journaled_task::restore(kept.owner(), kept.stored);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::corrupt);
  CHECK(journaled_task::fold(kept.stored).row.last_seq == kept.stored.row.last_seq);
}

TEST_CASE("a message is known again by its id and all that it says, also from the journal") {
  kept_task kept;
  kept.submit("hello");
  auto answer = core::text_message(core::role::user, "1", "the red one");
  answer.parts.push_back({core::part::type::data, {}, {{"n", 1.5}}, "application/json", "n.json", {{"k", "v"}}});
  answer.metadata = {{"lang", "en"}};
  answer.extensions = {"https://example.org/ext/v1"};
  kept.keep(kept.task->receive(answer, kept.now));
  const auto check = [&](const mofa::task::envelope& state) {
    CHECK(state.has_message(answer));
    CHECK(state.has_message("1"));
    auto other = answer;
    other.parts[0].text = "the blue one";
    CHECK_FALSE(state.has_message(other));
    other = answer;
    other.parts.pop_back();
    CHECK_FALSE(state.has_message(other));
    other = answer;
    other.metadata["lang"] = "de";
    CHECK_FALSE(state.has_message(other));
    other = answer;
    other.message_id = "2";
    CHECK_FALSE(state.has_message(other));
  };
  check(kept.task->state());
  check(journaled_task::fold(kept.stored));
}

TEST_CASE("the history keeps the newest messages") {
  kept_task kept;
  kept.submit("hello");
  for (std::size_t i = 0; i < limits::history_window; ++i) kept.say("more");
  const auto& state = kept.task->state();
  CHECK(state.history.size() == limits::history_window);
  CHECK_FALSE(state.has_message("m1"));
  CHECK(state.history.back().text() == "more #1");
}

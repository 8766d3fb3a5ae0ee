#include <caf/exit_reason.hpp>

#include "actors/storage/volatile_id.hpp"
#include "server/base/limits.hpp"
#include "tests/unit/actors/storage/storage_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

task_id durable(const actor_world& world) { return storage::make_task_id(world.time.now(), false); }

}  // namespace

TEST_CASE("a late joiner reads the past and then the present, without a gap and without a repetition") {
  storage_world world;
  const auto task = durable(world);
  world.append(unit_of(task, 0, 3));
  world.run();
  const auto sink = world.subscribe(1, task, 0, 100);
  world.append(unit_of(task, 3, 2));  // while the past is on its way
  world.run();
  CHECK(sink->got == counted(1, 5));
  world.append(unit_of(task, 5, 1, true));
  world.run();
  CHECK(sink->got == counted(1, 6));
  CHECK(sink->ends == 1);
  CHECK(sink->failures.empty());
}

TEST_CASE("a joiner from a number on gets what follows it") {
  storage_world world;
  const auto task = durable(world);
  world.append(unit_of(task, 0, 5));
  world.run();
  const auto sink = world.subscribe(1, task, 3, 100);
  world.run();
  CHECK(sink->got == counted(4, 5));
}

TEST_CASE("a joiner after the end gets the whole past and the end") {
  storage_world world;
  const auto task = durable(world);
  world.append(unit_of(task, 0, 4, true));
  world.run();
  const auto sink = world.subscribe(1, task, 0, 100);
  world.run();
  CHECK(sink->got == counted(1, 4));
  CHECK(sink->ends == 1);
}

TEST_CASE("a past of many pages arrives whole and in order") {
  storage_world world;
  const auto task = durable(world);
  const auto count = 2 * limits::event_page + 7;
  world.append(unit_of(task, 0, count));
  world.run();
  const auto sink = world.subscribe(1, task, 0, 10'000);
  world.run();
  CHECK(sink->got == counted(1, count));
}

TEST_CASE("without credit nothing is sent, and a grant goes on from the store") {
  storage_world world;
  const auto task = durable(world);
  const auto sink = world.subscribe(1, task, 0, 0);
  world.append(unit_of(task, 0, 3));
  world.append(unit_of(task, 3, 2, true));
  world.run();
  CHECK(sink->got.empty());
  caf::anon_send(world.where.feeds(), actors::grant_request{1, 2});
  world.run();
  CHECK(sink->got == counted(1, 2));
  CHECK(sink->ends == 0);
  caf::anon_send(world.where.feeds(), actors::grant_request{1, 3});
  world.run();
  CHECK(sink->got == counted(1, 5));
  CHECK(sink->ends == 1);
}

TEST_CASE("who is behind in a task that is removed is told that it is gone") {
  storage_world world;
  for (const bool in_memory : {false, true}) {
    CAPTURE(in_memory);
    const auto task = storage::make_task_id(world.time.now(), in_memory);
    const std::uint64_t key = in_memory ? 2 : 1;
    if (in_memory) caf::anon_send(world.where.feeds(), actors::append_request{unit_of(task, 0, 3, true), nullptr});
    if (!in_memory) world.append(unit_of(task, 0, 3, true));
    world.run();
    const auto sink = world.subscribe(key, task, 0, 1);
    world.run();
    CHECK(sink->got == counted(1, 1));
    const core::caller owner{"default", "local", 0};
    if (in_memory) world.ask<actors::done_reply>(world.where.feeds(), actors::volatile_remove{owner, task});
    world.store.tasks.erase(task);
    world.run();
    caf::anon_send(world.where.feeds(), actors::grant_request{key, 1});
    world.run();
    CHECK(sink->got == counted(1, 1));
    REQUIRE(sink->failures.size() == 1);
    CHECK(sink->failures[0] == errc::not_found);
  }
}

TEST_CASE("a slow subscriber does not slow another") {
  storage_world world;
  const auto task = durable(world);
  const auto slow = world.subscribe(1, task, 0, 1);
  const auto quick = world.subscribe(2, task, 0, 100);
  world.run();
  world.append(unit_of(task, 0, 3));
  world.run();
  CHECK(slow->got == counted(1, 1));
  CHECK(quick->got == counted(1, 3));
}

TEST_CASE("who has unsubscribed gets nothing more") {
  storage_world world;
  const auto task = durable(world);
  const auto sink = world.subscribe(1, task, 0, 100);
  world.append(unit_of(task, 0, 1));
  world.run();
  caf::anon_send(world.where.feeds(), actors::unsubscribe_request{1});
  world.append(unit_of(task, 1, 1, true));
  world.run();
  CHECK(sink->got == counted(1, 1));
  CHECK(sink->ends == 0);
}

TEST_CASE("who waits for a task is answered when it settles, or when the wait is over") {
  storage_world world;
  const auto task = durable(world);
  const auto soon =
      world.ask<actors::task_reply>(world.where.feeds(), actors::await_request{1, task, 0, milliseconds{5'000}});
  const auto beyond =
      world.ask<actors::task_reply>(world.where.feeds(), actors::await_request{2, task, 9, milliseconds{5'000}});
  world.append(unit_of(task, 0, 2));
  world.pass(milliseconds{10});
  CHECK_FALSE(soon->has_value());
  world.append(unit_of(task, 2, 1, true));
  world.pass(milliseconds{10});
  REQUIRE(soon->has_value());
  REQUIRE((**soon)->value);
  CHECK((**soon)->value->task->row.last_seq == 3);
  CHECK_FALSE(beyond->has_value());
  world.pass(milliseconds{5'000});
  REQUIRE(beyond->has_value());
  REQUIRE_FALSE((**beyond)->value);
  CHECK((**beyond)->value.error().code == errc::timeout);
}

TEST_CASE("subscribers of feeds that end are told to resume") {
  storage_world world;
  const auto sink = world.subscribe(1, durable(world), 0, 10);
  world.run();
  caf::anon_send_exit(world.where.feeds(), caf::exit_reason::kill);
  world.run();
  CHECK(sink->failures == std::vector<errc>{errc::unavailable});
  CHECK(sink->ends == 0);
}

TEST_CASE("a task in memory has its past and its feed without the store") {
  storage_world world;
  const auto task = storage::make_task_id(world.time.now(), true);
  caf::anon_send(world.where.feeds(), actors::append_request{unit_of(task, 0, 2), nullptr});
  world.run();
  const auto sink = world.subscribe(1, task, 0, 10);
  caf::anon_send(world.where.feeds(), actors::append_request{unit_of(task, 2, 1, true), nullptr});
  world.run();
  CHECK(sink->got == counted(1, 3));
  CHECK(sink->ends == 1);
  CHECK(world.store.groups.empty());
  caf::anon_send(world.where.feeds(), actors::append_request{unit_of(task, 1, 1), nullptr});
  world.run();
  CHECK(world.watch.notes == std::vector<std::string>{"late append"});
}

TEST_CASE("a retry is told once to who listens and has caught up, and to who joins before the outcome") {
  storage_world world;
  const auto task = durable(world);
  world.append(unit_of(task, 0, 2));
  const auto listens = world.subscribe(1, task, 0, 100);
  const auto sated = world.subscribe(2, task, 0, 2);
  const auto elsewhere = world.subscribe(3, storage::make_task_id(world.time.now(), false), 0, 100);
  world.run();
  caf::anon_send(world.where.feeds(),
                 actors::effect_retried{task, "e/2", {1, "flaky/x: HTTP 503: \xff busy", milliseconds{250}}});
  world.run();
  REQUIRE(listens->frames.size() == 1);
  CHECK(listens->frames[0].kind == "progress");
  CHECK(core::json::parse(listens->frames[0].data) ==
        core::json{
            {"effect_id", "e/2"}, {"attempt", 1}, {"error", "flaky/x: HTTP 503: \xef\xbf\xbd busy"}, {"retry_in_ms", 250}});
  CHECK(sated->frames.empty());
  CHECK(elsewhere->frames.empty());
  caf::anon_send(world.where.feeds(), actors::effect_text{task, "e/2", 2, "hel", false});
  const auto joins = world.subscribe(4, task, 0, 100);
  world.run();
  CHECK(joins->got == counted(1, 2));
  REQUIRE(joins->frames.size() == 2);
  CHECK(joins->frames[0].data == listens->frames[0].data);
  CHECK(joins->frames[1].kind == "delta");
  CHECK(listens->frames.size() == 2);
  // What the attempt had said counts no more.
  caf::anon_send(world.where.feeds(), actors::effect_retried{task, "e/2", {2, "cut off", milliseconds{0}}});
  const auto between = world.subscribe(5, task, 0, 100);
  world.run();
  CHECK(listens->frames.size() == 3);
  REQUIRE(between->frames.size() == 2);
  CHECK(core::json::parse(between->frames[1].data).at("attempt") == 2);
  caf::anon_send(world.where.feeds(), actors::grant_request{2, 1});
  world.run();
  CHECK(sated->frames.size() == 2);
  caf::anon_send(world.where.feeds(), actors::effect_text{task, "e/2", 3, "hello", false});
  world.run();
  CHECK(sated->frames.size() == 3);

  caf::anon_send(world.where.feeds(), actors::effect_text{task, "e/2", 0, {}, true});
  const auto late = world.subscribe(6, task, 0, 100);
  world.run();
  CHECK(late->frames.empty());
}

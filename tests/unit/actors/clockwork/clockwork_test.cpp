#include "actors/clockwork/clockwork.hpp"

#include <doctest/doctest.h>
#include <caf/send.hpp>

#include "actors/storage/journal.hpp"
#include "actors/storage/volatile_id.hpp"
#include "tests/support/actor_world.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

struct timed_world : actor_world {
  timed_world() {
    put_agent("subject");
    const auto reader = keep(storage::spawn_reader(system, store, false));
    where.update([&](directory::services& s) { s.readers = {reader}; });
  }
  void start() {
    clockwork = keep(clockwork::spawn_clockwork(system, env, where));
    run();
  }
  core::timer_row row(const std::string& id, milliseconds in, bool in_memory = false) const {
    return {id, storage::make_task_id(time.now(), in_memory), "subject", time.now() + in};
  }
  void arm(const core::timer_row& timer) {
    caf::anon_send(clockwork, actors::arm_timer{timer});
    run();
  }
  /// What the agent was told, and forgets it.
  std::vector<std::string> rung() {
    std::vector<std::string> out;
    for (const auto& input : inputs) {
      CHECK(input.kind == actors::task_input::type::timer);
      out.push_back(input.text);
    }
    inputs.clear();
    return out;
  }
  actors::clockwork_actor clockwork;
};

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("a timer rings at its time and not before") {
  timed_world world;
  world.start();
  world.arm(world.row("a", milliseconds{300}));
  world.pass(milliseconds{299});
  CHECK(world.rung().empty());
  world.pass(milliseconds{1});
  CHECK(world.rung() == names{"a"});
  world.pass(milliseconds{1'000});
  CHECK(world.rung().empty());
}

TEST_CASE("timers ring in the order in which they are due, not that of their arming") {
  timed_world world;
  world.start();
  world.arm(world.row("late", milliseconds{300}));
  world.arm(world.row("early", milliseconds{100}));
  world.arm(world.row("middle", milliseconds{200}));
  world.pass(milliseconds{100});
  CHECK(world.rung() == names{"early"});
  world.pass(milliseconds{200});
  CHECK(world.rung() == names{"middle", "late"});
}

TEST_CASE("what was due while the server was down rings at once, the oldest first") {
  timed_world world;
  world.store.timer_rows["b"] = world.row("b", milliseconds{-1'000});
  world.store.timer_rows["a"] = world.row("a", milliseconds{-500});
  world.store.timer_rows["c"] = world.row("c", milliseconds{50});
  world.start();
  world.pass(milliseconds{1});
  CHECK(world.rung() == names{"b", "a"});
  world.store.timer_rows.clear();
  world.pass(milliseconds{49});
  CHECK(world.rung() == names{"c"});
}

TEST_CASE("a timer beyond the horizon is not kept in memory; a sweep brings it in time") {
  timed_world world;
  world.start();
  const auto far = world.row("far", milliseconds{90'000});
  const auto unwritten = world.row("unwritten", milliseconds{90'000});
  world.arm(far);
  world.arm(unwritten);
  world.store.timer_rows["far"] = far;
  world.pass(milliseconds{89'999});
  CHECK(world.rung().empty());
  world.pass(milliseconds{1});
  // The one without a row was never there.
  CHECK(world.rung() == names{"far"});
}

TEST_CASE("a timer rings again with each sweep while its row remains") {
  timed_world world;
  world.start();
  const auto timer = world.row("a", milliseconds{1'000});
  world.store.timer_rows["a"] = timer;
  world.arm(timer);
  world.pass(milliseconds{1'000});
  CHECK(world.rung() == names{"a"});
  world.pass(milliseconds{5'000});
  CHECK(world.rung() == names{"a"});
  world.store.timer_rows.clear();
  world.pass(milliseconds{10'000});
  CHECK(world.rung().empty());
}

TEST_CASE("a timer of a task in memory has no row, and is kept however late it is due") {
  timed_world world;
  world.start();
  world.arm(world.row("memory", milliseconds{70'000}, true));
  world.pass(milliseconds{69'999});
  CHECK(world.rung().empty());
  world.pass(milliseconds{1});
  CHECK(world.rung() == names{"memory"});
}

TEST_CASE("a timer of an agent that is not there waits for a sweep that finds it") {
  timed_world world;
  world.start();
  auto timer = world.row("a", milliseconds{100});
  timer.agent = "newcomer";
  world.store.timer_rows["a"] = timer;
  world.arm(timer);
  world.pass(milliseconds{200});
  CHECK(world.rung().empty());
  world.put_agent("newcomer");
  world.pass(milliseconds{5'000});
  CHECK(world.rung() == names{"a"});
}

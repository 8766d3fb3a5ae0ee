#include <doctest/doctest.h>

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <map>

#include "actors/agent/agent_actor.hpp"
#include "actors/clockwork/clockwork.hpp"
#include "actors/effects/effects.hpp"
#include "tests/integration/storm.hpp"
#include "tests/support/journal_world.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

constexpr int runs = 10'000;
constexpr int at_a_time = 60;
const std::map<std::string, int, std::less<>> slots_of{{"model", 3}, {"tool", 7}};

/// Adds up what the rooms tell.
struct slot_probe final : actors::probe {
  struct taken {
    int busy = 0;
    std::size_t waiting = 0;
  };
  std::map<std::string, taken, std::less<>> last;
  std::map<std::string, int, std::less<>> running;  ///< effects of each type
  std::map<core::task_state, int> ended;
  int submitted = 0, crashes = 0, quarantined = 0, late = 0, most_waiting = 0;
  bool beyond = false;  ///< more were busy than there are

  void task_submitted(std::string_view) override { ++submitted; }
  void task_ended(std::string_view, core::task_state state, milliseconds) override { ++ended[state]; }
  void task_crashed(std::string_view) override { ++crashes; }
  void task_quarantined(std::string_view) override { ++quarantined; }
  void late_message_dropped(std::string_view) override { ++late; }
  void slots_taken(std::string_view resource, int busy, std::size_t waiting) override {
    last[std::string{resource}] = {busy, waiting};
    most_waiting = std::max(most_waiting, static_cast<int>(waiting));
    beyond = beyond || busy < 0 || busy > slots_of.find(resource)->second;
  }
  void effect_started(std::string_view type) override { ++running[std::string{type}]; }
  void effect_ended(std::string_view type, bool, std::chrono::microseconds) override { --running[std::string{type}]; }

  int sum_ended() const {
    int out = 0;
    for (const auto& [state, count] : ended) out += count;
    return out;
  }
};

struct storm_world : journal_world {
  storm_world() {
    gear.runners = [this] {
      effects::runner_map out;
      for (const auto* type : {"model", "tool", "peer"}) out[type] = std::make_unique<outside_runner>(far, type);
      return out;
    };
    gear.slots = {slots_of, milliseconds{400}};
    const auto clockwork = keep(clockwork::spawn_clockwork(system, seen_env, where));
    where.update([&](directory::services& s) { s.clockwork = clockwork; });
    auto made = definitions.compile({{"name", "subject"},
                                     {"kind", "storm"},
                                     {"limits", {{"max_concurrent_tasks", 10'000}}},
                                     {"supervision", {{"intensity", 2}, {"period_ms", 30'000}, {"backoff_ms", {5, 20}}}}});
    if (!made) FAIL(made.error().detail);
    REQUIRE(definitions.put(std::move(*made), "", store, time.now()));
    start_effects();
    start_agent();
  }
  ~storm_world() { end(); }

  void start_effects() {
    room = keep(effects::spawn_effects(system, gear, seen_env, where));
    where.update([&](directory::services& s) { s.effects = room; });
    run();
  }
  void start_agent() {
    const auto depth = std::make_shared<std::atomic<std::int64_t>>(0);
    agent = keep(agent::spawn_agent(system, "subject", definitions, seen_env, where, depth,
                                    std::make_shared<agent::standing_orders>(), [] {}));
    where.put_agent("subject", agent, depth);
    run();
  }
  /// As the tree does it: what stands below restarts, too.
  void crash(bool effects_too) {
    caf::anon_send_exit(agent, caf::exit_reason::kill);
    if (effects_too) caf::anon_send_exit(room, caf::exit_reason::kill);
    run();
    if (effects_too) start_effects();
    start_agent();
  }

  void submit() {
    static constexpr std::array words{"model", "tool", "model tool", "tool peer", "model model tool tool peer", "peer"};
    static constexpr std::array moods{"", "", "", " once", " stumble", " poison"};
    core::submission what;
    what.agent = "subject";
    what.priority = static_cast<core::priority>(far.random() % 5);
    const auto text = std::string{words[far.random() % words.size()]} + moods[far.random() % moods.size()];
    what.message = core::text_message(core::role::user, "", text);
    if (far.chance(5)) what.timeout = milliseconds{far.between(1, 40)};
    const auto asked = ask<actors::task_reply>(where.agent_to_send("subject"), actors::submit_request{{}, std::move(what)});
    run();
    REQUIRE(asked->has_value());
    REQUIRE(**asked);
    REQUIRE((**asked)->value);
    recent.push_back((**asked)->value->task->row.id);
  }
  void cancel_one() {
    actors::task_input input;
    input.task = recent[recent.size() - 1 - far.random() % std::min<std::size_t>(recent.size(), at_a_time)];
    input.kind = actors::task_input::type::cancel;
    caf::anon_send(where.agent_to_send("subject"), std::move(input));
  }
  int open() const { return static_cast<int>(recent.size()) - seen.sum_ended(); }
  std::size_t open_in_store() {
    std::size_t out = 0;
    for (const auto& [id, one] : store.tasks) out += core::is_terminal(one.row.status.state) ? 0 : 1;
    return out;
  }

  outside far;
  slot_probe seen;
  actors::environment seen_env{time, seen, 1, milliseconds{10'000}};
  std::vector<task_id> recent;
  effects::equipment gear;
  catalog::catalog definitions{{std::make_shared<storm_kind>()}};
  actors::effects_actor room;
  actors::agent_actor agent;
};

}  // namespace

TEST_CASE("after ten thousand mixed runs with crashes, cancels and time-outs all slots are free") {
  storm_world world;
  auto& far = world.far;
  int agent_crashes = 0, room_crashes = 0;
  while (static_cast<int>(world.recent.size()) < runs) {
    world.submit();
    if (far.chance(3)) world.cancel_one();
    if (far.chance(3)) world.pass(milliseconds{far.between(1, 3)});
    if (far.chance(400)) {
      world.crash(false);
      ++agent_crashes;
    }
    if (far.chance(500)) {
      world.crash(true);
      ++room_crashes;
    }
    while (!far.waiting.empty() && (world.open() > at_a_time || far.chance(2))) {
      far.end_one();
      if (far.chance(2)) world.run();
    }
  }
  // Whatever is still under way ends, and what nobody waits for any more answers too.
  for (int round = 0; round < 1'000 && (world.open_in_store() > 0 || !far.waiting.empty()); ++round) {
    while (!far.waiting.empty()) far.end_one();
    world.pass(milliseconds{50});
  }
  CHECK(world.open_in_store() == 0);
  CHECK(world.store.tasks.size() == runs);
  CHECK(world.seen.submitted == runs);
  // An agent that is killed between a commit and its word does not count that end; none is counted twice.
  CHECK(world.open() >= 0);
  CHECK(world.open() <= agent_crashes + room_crashes);

  MESSAGE("crashes ", world.seen.crashes, " quarantined ", world.seen.quarantined, " completed ",
          world.seen.ended[core::task_state::completed], " canceled ", world.seen.ended[core::task_state::canceled],
          " failed ", world.seen.ended[core::task_state::failed], " late ", world.seen.late, " waiting ",
          world.seen.most_waiting, " room ", room_crashes);
  // It was the storm that it should have been.
  CHECK(room_crashes > 5);
  CHECK(world.seen.crashes > 1'000);
  CHECK(world.seen.quarantined > 500);
  CHECK(world.seen.ended[core::task_state::completed] > 3'000);
  CHECK(world.seen.ended[core::task_state::canceled] > 500);
  CHECK(world.seen.ended[core::task_state::failed] > 1'000);
  CHECK(world.seen.late > 100);
  CHECK(world.seen.most_waiting > 10);

  CHECK_FALSE(world.seen.beyond);
  for (const auto& [resource, slots] : slots_of) {
    CAPTURE(resource);
    CHECK(world.seen.last[resource].busy == 0);
    CHECK(world.seen.last[resource].waiting == 0);
  }
  for (const auto& [type, count] : world.seen.running) {
    CAPTURE(type);
    CHECK(count == 0);
  }
  CHECK(far.handles == 0);
}

TEST_CASE("a room of effects that crashes leaves no slot taken, and says so") {
  storm_world world;
  while (world.far.waiting.size() < 8) world.submit();
  CHECK(world.seen.last["tool"].busy + world.seen.last["model"].busy > 0);
  caf::anon_send_exit(world.agent, caf::exit_reason::kill);
  caf::anon_send_exit(world.room, caf::exit_reason::kill);
  world.run();
  world.start_effects();
  for (const auto& [resource, slots] : slots_of) {
    CAPTURE(resource);
    CHECK(world.seen.last[resource].busy == 0);
    CHECK(world.seen.last[resource].waiting == 0);
  }
  for (const auto& [type, count] : world.seen.running) CHECK_MESSAGE(count == 0, type);
  CHECK(world.far.handles == 0);
}

#include "actors/clockwork/clockwork.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <set>
#include <tuple>

#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "actors/system/system.hpp"

namespace mofa::clockwork {
namespace {

using namespace mofa::actors;

constexpr milliseconds horizon{60'000};
constexpr milliseconds sweep_every{5'000};
constexpr std::size_t sweep_rows = 20'000;

// Other ticks carry the time that they ring for, in milliseconds.
constexpr std::uint64_t sweep_tick = 0;

std::uint64_t ring_tick(time_point due) { return static_cast<std::uint64_t>(due.time_since_epoch().count()); }

struct later {
  bool operator()(const core::timer_row& a, const core::timer_row& b) const {
    return std::tie(a.due, a.timer_id) < std::tie(b.due, b.timer_id);
  }
};

struct clockwork_state {
  static inline const char* name = "clockwork";
  using self_pointer = clockwork_actor::stateful_pointer<clockwork_state>;

  explicit clockwork_state(self_pointer me) : self(me) {}

  self_pointer self;
  const environment* env = nullptr;
  const directory::directory* where = nullptr;
  std::set<core::timer_row, later> armed;
  time_point next_ring = time_point::max();  ///< what the tick that counts is for

  void arm(const core::timer_row& timer) {
    if (!storage::is_volatile(timer.task) && timer.due > env->time.now() + horizon) return;  // a sweep will find it
    armed.insert(timer);
    schedule();
  }

  void schedule() {
    if (armed.empty() || armed.begin()->due >= next_ring) return;
    next_ring = armed.begin()->due;
    const auto wait = std::max(milliseconds{0}, next_ring - env->time.now());
    self->delayed_send(self, wait, tick{ring_tick(next_ring)});
  }

  void ring(std::uint64_t what) {
    if (what != ring_tick(next_ring)) return;  // an earlier timer came after this tick was sent
    next_ring = time_point::max();
    const auto now = env->time.now();
    while (!armed.empty() && armed.begin()->due <= now) {
      const auto timer = *armed.begin();
      armed.erase(armed.begin());
      ring(timer);
    }
    schedule();
  }

  void ring(const core::timer_row& timer) {
    const auto agent = where->agent_to_send(timer.agent);
    if (!agent) return;  // the agent is not there (yet): the row stays, and the next sweep rings again
    env->watch.timer_fired();
    task_input input;
    input.task = timer.task;
    input.kind = task_input::type::timer;
    input.text = timer.timer_id;
    self->request(agent, caf::infinite, std::move(input))
        .then([](const task_reply&) {}, [](const caf::error&) { /* the next sweep rings again */ });
  }

  void sweep() {
    const auto until = env->time.now() + horizon;
    const auto me = caf::actor_cast<clockwork_actor>(self);
    storage::read(*where, [me, until](core::store& from) {
      caf::anon_send(me, timers_read{from.timers(until, sweep_rows), until});
    });
    self->delayed_send(self, sweep_every, tick{sweep_tick});
  }

  void take(const timers_read& found) {
    if (!found.rows) return;  // the store says why in its own metrics; the next sweep asks again
    for (const auto& timer : *found.rows) armed.insert(timer);
    schedule();
  }
};

}  // namespace

clockwork_actor spawn_clockwork(caf::actor_system& system, const environment& env, const directory::directory& where) {
  return system.spawn([&env, &where](clockwork_state::self_pointer self) -> clockwork_actor::behavior_type {
    guard(self);
    self->state.env = &env;
    self->state.where = &where;
    self->send(self, tick{sweep_tick});
    return {[self](const arm_timer& request) { self->state.arm(request.timer); },
            [self](const timers_read& found) { self->state.take(found); },
            [self](tick what) { what.what == sweep_tick ? self->state.sweep() : self->state.ring(what.what); }};
  });
}

}  // namespace mofa::clockwork

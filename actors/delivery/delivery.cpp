#include "actors/delivery/delivery.hpp"

#include "actors/delivery/delivery_state.hpp"
#include "actors/system/system.hpp"

namespace mofa::delivery {

using namespace mofa::actors;

receiver* delivery_state::find(std::uint64_t key) {
  const auto found = receivers.find(key);
  return found == receivers.end() ? nullptr : &found->second;
}

void delivery_state::wake(std::uint64_t what) {
  if (what == start_tick) return read_page();
  if (what == save_tick) {
    saving_soon = false;
    return write();
  }
  if (const auto held = holds.extract(what); !held.empty()) {
    places->release(held.mapped());
    return hand_out_places();
  }
  const auto found = pauses.find(what);
  if (found == pauses.end()) return;
  auto* one = find(found->second);
  pauses.erase(found);
  // It may have been woken by something else since.
  if (one == nullptr || one->pause != what || one->now != receiver::phase::pausing) return;
  one->now = receiver::phase::idle;
  go_on(*one);
}

delivery_actor spawn_delivery(caf::actor_system& system, const environment& env, const directory::directory& where,
                              core::task_service& tasks, const equipment& with) {
  return system.spawn([&](delivery_state::self_pointer self) -> delivery_actor::behavior_type {
    guard(self);
    auto& state = self->state;
    state.env = &env;
    state.where = &where;
    state.tasks = &tasks;
    state.with = &with;
    state.places.emplace(with.how.at_once, with.how.at_once_per_host, with.how.bytes_at_once);
    state.start();
    return {[self](const push_changed& news) { self->state.change(news); },
            [self](pushes_read& news) { self->state.take(news); },
            [self](push_event& news) { self->state.take(news); },
            [self](push_task& news) { self->state.take(news); },
            [self](push_attempted& news) { self->state.take(news); },
            [self](const pushes_moved& news) { self->state.take(news); },
            [self](tick late) { self->state.wake(late.what); }};
  });
}

}  // namespace mofa::delivery

#include <algorithm>
#include <utility>

#include "actors/delivery/delivery_state.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"

namespace mofa::delivery {

using namespace mofa::actors;

// Until it is written nothing further is posted: of what a crash repeats there is never more than one.
void delivery_state::save(receiver& one, core::push_fate fate) {
  one.now = receiver::phase::saving;
  one.fate = fate;
  to_save.insert(one.key);
  write();
}

void delivery_state::finish(receiver& one) { close(one, core::push_fate::done); }

void delivery_state::close(receiver& one, core::push_fate fate) {
  save(one, storage::is_volatile(one.what.config.task) ? core::push_fate::gone : fate);
}

// One write at a time, for all that have moved meanwhile.
void delivery_state::write() {
  if (!in_saving.empty() || saving_soon) return;
  std::vector<core::push_move> moves;
  for (const auto key : std::exchange(to_save, {})) {
    const auto* one = find(key);
    if (one == nullptr) continue;
    in_saving.push_back({key, one->handled, one->fate});
    moves.push_back({one->what.config.task, one->what.config.id, one->what.edition, one->handled, one->fate});
  }
  if (moves.empty()) return;
  storage::read(*where, [to = me(), moves = std::move(moves)](core::store& from) {
    caf::anon_send(to, pushes_moved{from.pushes().move(moves)});
  });
}

void delivery_state::take(const pushes_moved& news) {
  // It stays as it is until all have been looked at: what they save next is one write.
  for (const auto& each : in_saving) {
    auto* one = find(each.key);
    if (one == nullptr) continue;
    if (!news.done || one->fate != each.fate) {
      to_save.insert(each.key);
      continue;
    }
    one->what.cursor = std::max(one->what.cursor, each.seq);
    one->now = receiver::phase::idle;
    each.fate == core::push_fate::open ? go_on(*one) : erase(*one);
  }
  in_saving.clear();
  if (news.done) return write();
  env->watch.push_store_failed(news.done.error().code);
  saving_soon = true;
  self->delayed_send(self, short_pause, tick{save_tick});
}

}  // namespace mofa::delivery

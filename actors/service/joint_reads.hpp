// The joint reads: who waits for a look at which task of the store. Whoever asks before the look begins shares it: the task
// is read, and folded, once for all of them. Owned by the task front and by the reads that it has sent; called by gateway
// threads and by those that read. Thread-safe.
#pragma once

#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/visibility.hpp"

namespace mofa::service {

class joint_reads {
 public:
  struct asker {
    core::caller who;
    core::completion<core::task_ptr> done;
  };

  /// Whether the asker is the first: then a read has to be sent, which begins with take(), or is lost and ends with it.
  bool join(task_id which, asker one) {
    const std::lock_guard lock{mutex_};
    auto& waiting = waiting_[which];
    waiting.push_back(std::move(one));
    return waiting.size() == 1;
  }

  /// All who wait. Who asks from now on gets a read of its own: what is committed before somebody asks is in the answer.
  std::vector<asker> take(task_id which) {
    const std::lock_guard lock{mutex_};
    auto found = waiting_.extract(which);
    return found ? std::move(found.mapped()) : std::vector<asker>{};
  }

 private:
  std::mutex mutex_;
  std::unordered_map<task_id, std::vector<asker>> waiting_;
};

/// Answers all with one view. `see` is asked for the row of the task as a caller may see it; errors answer that caller. The
/// view is made once, when there is somebody who may see it.
template <class See, class View>
void answer_all(std::vector<joint_reads::asker> all, See see, View view) {
  std::optional<core::task_row> known;
  std::erase_if(all, [&](joint_reads::asker& each) {
    if (known && core::may_see(each.who, *known)) return false;
    result<core::task_row> seen = see(each.who);
    if (seen)
      known = *std::move(seen);
    else
      each.done(std::move(seen).error());
    return !seen;
  });
  if (!known) return;
  const result<core::task_ptr> found = view();
  for (auto& each : all) each.done(found);
}

}  // namespace mofa::service

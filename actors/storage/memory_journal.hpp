// The memory journal: events of tasks with durability none, with the same checks as a store, and gone with the process.
// Owned by the feeds actor.
// Not thread-safe: one actor.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "protocols/core/ports/store.hpp"

namespace mofa::storage {

class memory_journal {
 public:
  /// Ended tasks beyond `keep_ended` are forgotten, oldest first, and the idempotency keys of what is forgotten. So are
  /// large ones, of more than 8 KiB of events, beyond `keep_bytes` together; the newest one stays, however large it is, and
  /// those that somebody follows.
  memory_journal(std::size_t keep_ended, std::size_t keep_bytes, std::function<bool(task_id)> is_followed)
      : keep_ended_(keep_ended), keep_bytes_(keep_bytes), is_followed_(std::move(is_followed)) {}

  /// errc::conflict when the unit does not follow the task's last event, or its idempotency key was used already.
  result<void> append(const core::append_unit& unit);
  /// Null when it is not here (any more).
  const core::loaded_task* find(task_id which) const;
  std::vector<core::event_ptr> events(task_id which, std::uint64_t after, std::size_t limit) const;
  std::optional<core::idempotent_hit> find_idempotent(const std::string& tenant, const std::string& principal,
                                                      const core::idempotency& once) const;
  /// As the store answers it.
  result<core::page<core::task_row>> list(const core::caller& who, const core::task_filter& filter,
                                          const core::page_request& want) const;
  /// The events that hold messages (submitted, message_received, message_added) of the caller's own context, of tasks older
  /// than `before`: the newest ones, at most `limit`, oldest first.
  std::vector<core::event_ptr> context_events(const core::caller& who, const std::string& context_id, task_id before,
                                              std::size_t limit) const;
  /// Errors: not_found, task_not_terminal.
  result<void> remove(const core::caller& who, task_id which);
  std::size_t size() const { return tasks_.size(); }

 private:
  struct kept_task {
    core::loaded_task journal;
    std::vector<std::string> keys;  ///< of once_
    std::size_t bytes = 0;          ///< of its events
  };
  void forget(task_id which);
  void forget_oldest();

  std::size_t keep_ended_;
  std::size_t keep_bytes_;
  std::function<bool(task_id)> is_followed_;
  std::unordered_map<task_id, kept_task> tasks_;
  std::deque<task_id> ended_;
  std::size_t ended_bytes_ = 0;  ///< of the large ones
  std::unordered_map<std::string, core::idempotent_hit> once_;
};

}  // namespace mofa::storage

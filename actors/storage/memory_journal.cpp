#include "actors/storage/memory_journal.hpp"

#include <algorithm>

namespace mofa::storage {

result<void> memory_journal::append(const core::append_unit& unit) {
  const auto known = tasks_.find(unit.row.id);
  const auto last = known == tasks_.end() ? 0 : known->second.row.last_seq;
  if (last != unit.expected_seq) return fail(errc::conflict, "the task has other events than its owner knows");
  auto& task = known == tasks_.end() ? tasks_[unit.row.id] : known->second;
  task.row = unit.row;
  task.events.insert(task.events.end(), unit.events.begin(), unit.events.end());
  if (core::is_terminal(unit.row.status.state)) {
    ended_.push_back(unit.row.id);
    if (ended_.size() > keep_ended_) {
      tasks_.erase(ended_.front());
      ended_.pop_front();
    }
  }
  return {};
}

const core::loaded_task* memory_journal::find(task_id which) const {
  const auto found = tasks_.find(which);
  return found == tasks_.end() ? nullptr : &found->second;
}

std::vector<core::event_ptr> memory_journal::events(task_id which, std::uint64_t after, std::size_t limit) const {
  const auto* task = find(which);
  if (task == nullptr || after >= task->events.size()) return {};
  const auto first = task->events.begin() + static_cast<std::ptrdiff_t>(after);
  const auto count = std::min<std::size_t>(limit, task->events.size() - after);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

result<void> memory_journal::remove(const core::caller& who, task_id which) {
  const auto* task = find(which);
  if (task == nullptr || task->row.tenant != who.tenant || (task->row.owner != who.principal && !who.sees_all_owners()))
    return fail(errc::not_found, "no task " + which.str());
  if (!core::is_terminal(task->row.status.state))
    return fail(errc::task_not_terminal, "the task is still at work; cancel it first");
  tasks_.erase(which);
  std::erase(ended_, which);
  return {};
}

}  // namespace mofa::storage

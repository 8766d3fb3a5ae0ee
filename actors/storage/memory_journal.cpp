#include "actors/storage/memory_journal.hpp"

#include <algorithm>
#include <tuple>

#include "actors/storage/task_order.hpp"
#include "protocols/core/visibility.hpp"

namespace mofa::storage {
namespace {

// Of events. What is not large is bounded by the number of tasks.
constexpr std::size_t large_bytes = 8 * 1024;

std::string once_key(const std::string& tenant, const std::string& principal, const core::idempotency& once) {
  return tenant + '\0' + principal + '\0' + once.operation + '\0' + once.key;
}

bool passes(const core::task_filter& filter, const core::task_row& row) {
  if (filter.agent && row.agent != *filter.agent) return false;
  if (filter.context_id && row.context_id != *filter.context_id) return false;
  if (filter.state && row.status.state != *filter.state) return false;
  if (filter.parent_id && row.parent_id != *filter.parent_id) return false;
  if (filter.since && row.created_at < *filter.since) return false;
  if (filter.status_since && row.status.timestamp < *filter.status_since) return false;
  if (!filter.label) return true;
  const auto label = row.labels.find(filter.label->first);
  return label != row.labels.end() && label->second == filter.label->second;
}

}  // namespace

result<void> memory_journal::append(const core::append_unit& unit) {
  const auto known = tasks_.find(unit.row.id);
  const auto last = known == tasks_.end() ? 0 : known->second.journal.row.last_seq;
  if (last != unit.expected_seq) return fail(errc::conflict, "the task has other events than its owner knows");
  std::string key;
  if (unit.idempotency) {
    key = once_key(unit.idempotency->tenant, unit.idempotency->principal, unit.idempotency->once);
    const auto used = once_.find(key);
    if (used != once_.end())
      return used->second.body_hash == unit.idempotency->once.body_hash
                 ? fail(errc::conflict, "the Idempotency-Key was used already")
                 : fail(errc::idempotency_mismatch, "the Idempotency-Key was used with another body; take a new key");
  }
  auto& task = known == tasks_.end() ? tasks_[unit.row.id] : known->second;
  task.journal.row = unit.row;
  task.journal.events.insert(task.journal.events.end(), unit.events.begin(), unit.events.end());
  for (const auto& each : unit.events) task.bytes += each->data.size();
  if (unit.idempotency) {
    once_.emplace(key, core::idempotent_hit{unit.row.id, unit.idempotency->once.body_hash});
    task.keys.push_back(std::move(key));
  }
  if (core::is_terminal(unit.row.status.state)) {
    ended_.push_back(unit.row.id);
    if (task.bytes > large_bytes) ended_bytes_ += task.bytes;
    forget_oldest();
  }
  return {};
}

void memory_journal::forget_oldest() {
  if (ended_.size() > keep_ended_) {
    forget(ended_.front());
    ended_.pop_front();
  }
  while (ended_bytes_ > keep_bytes_) {
    const auto may_go = [this](task_id each) { return tasks_.at(each).bytes > large_bytes && !is_followed_(each); };
    const auto newest = ended_.end() - 1;
    const auto which = std::find_if(ended_.begin(), newest, may_go);
    if (which == newest) return;
    forget(*which);
    ended_.erase(which);
  }
}

void memory_journal::forget(task_id which) {
  const auto found = tasks_.find(which);
  if (found->second.bytes > large_bytes) ended_bytes_ -= found->second.bytes;
  for (const auto& key : found->second.keys) once_.erase(key);
  tasks_.erase(found);
}

const core::loaded_task* memory_journal::find(task_id which) const {
  const auto found = tasks_.find(which);
  return found == tasks_.end() ? nullptr : &found->second.journal;
}

std::vector<core::event_ptr> memory_journal::events(task_id which, std::uint64_t after, std::size_t limit) const {
  const auto* task = find(which);
  if (task == nullptr || after >= task->events.size()) return {};
  const auto first = task->events.begin() + static_cast<std::ptrdiff_t>(after);
  const auto count = std::min<std::size_t>(limit, task->events.size() - after);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

std::optional<core::idempotent_hit> memory_journal::find_idempotent(const std::string& tenant, const std::string& principal,
                                                                    const core::idempotency& once) const {
  const auto found = once_.find(once_key(tenant, principal, once));
  return found == once_.end() ? std::nullopt : std::optional{found->second};
}

result<core::page<core::task_row>> memory_journal::list(const core::caller& who, const core::task_filter& filter,
                                                        const core::page_request& want) const {
  if (want.limit < 1) return fail(errc::invalid, "limit: must be at least 1");
  const task_order order{filter};
  const auto behind = order.read(want.cursor);
  if (!behind) return behind.error();
  core::page<core::task_row> out;
  if (filter.counted) out.total = 0;
  std::vector<const core::task_row*> found;
  for (const auto& [id, task] : tasks_) {
    const auto& row = task.journal.row;
    if (!core::may_see(who, row) || !passes(filter, row)) continue;
    if (filter.counted) ++out.total;
    if (order.place_of(row) < *behind) found.push_back(&row);
  }
  const auto count = std::min(static_cast<std::size_t>(want.limit), found.size());
  const auto middle = found.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(found.begin(), middle, found.end(),
                    [order](const core::task_row* a, const core::task_row* b) { return order(*a, *b); });
  for (auto one = found.begin(); one != middle; ++one) out.items.push_back(**one);
  if (count < found.size()) out.next_cursor = order.cursor_after(out.items.back());
  return out;
}

std::vector<core::event_ptr> memory_journal::context_events(const core::caller& who, const std::string& context_id,
                                                            task_id before, std::size_t limit) const {
  const auto holds_message = [](const core::event& one) {
    return one.kind == core::kinds::submitted || one.kind == core::kinds::message_received ||
           one.kind == core::kinds::message_added;
  };
  std::vector<core::event_ptr> out;
  for (const auto& [id, task] : tasks_) {
    const auto& row = task.journal.row;
    if (!(id < before) || row.tenant != who.tenant || row.owner != who.principal || row.context_id != context_id) continue;
    for (const auto& each : task.journal.events)
      if (holds_message(*each)) out.push_back(each);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::tie(a->at, a->task, a->seq) < std::tie(b->at, b->task, b->seq);
  });
  if (out.size() > limit) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(limit));
  return out;
}

result<void> memory_journal::remove(const core::caller& who, task_id which) {
  const auto* task = find(which);
  if (task == nullptr || !core::may_see(who, task->row)) return fail(errc::not_found, "no task " + which.str());
  if (!core::is_terminal(task->row.status.state))
    return fail(errc::task_not_terminal, "the task is still at work; cancel it first");
  forget(which);
  std::erase(ended_, which);
  return {};
}

}  // namespace mofa::storage

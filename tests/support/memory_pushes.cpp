#include "tests/support/memory_pushes.hpp"

#include <algorithm>

#include "server/base/limits.hpp"

namespace mofa::test {

result<void> memory_pushes::put(const core::open_push& what, time_point) {
  if (refusal) return *refusal;
  const key place{what.config.task, what.config.id};
  if (const auto known = rows.find(place); known != rows.end()) {
    known->second.config = what.config;
    known->second.done = false;
    given_up.erase(place);
    ++known->second.edition.renewal;
    return {};
  }
  const auto is_full = [&] {
    const auto of_task =
        std::count_if(rows.begin(), rows.end(), [&](const auto& each) { return each.first.first == what.config.task; });
    return static_cast<std::size_t>(of_task) >= limits::push_configs_max;
  };
  if (is_full()) {
    for (const auto& each : given_up)
      if (each.first == what.config.task) rows.erase(each);
    std::erase_if(given_up, [&](const key& each) { return each.first == what.config.task; });
  }
  if (is_full()) return fail(errc::limit_exceeded, "the task has too many push configurations");
  rows.emplace(place, what).first->second.edition = {++made_, 0};
  return {};
}

result<core::open_push> memory_pushes::find(task_id task, const std::string& id) {
  if (refusal) return *refusal;
  const auto known = rows.find({task, id});
  if (known == rows.end() || given_up.contains(known->first)) return fail(errc::not_found, "no push configuration " + id);
  return known->second;
}

result<core::page<core::push_config>> memory_pushes::list(task_id task, const core::page_request& want) {
  if (refusal) return *refusal;
  if (want.limit < 1) return fail(errc::invalid, "limit: must be at least 1");
  core::page<core::push_config> out;
  for (const auto& [place, each] : rows) {
    if (place.first != task || place.second <= want.cursor || given_up.contains(place)) continue;
    if (out.items.size() == static_cast<std::size_t>(want.limit)) {
      out.next_cursor = out.items.back().id;
      break;
    }
    out.items.push_back(each.config);
  }
  return out;
}

result<void> memory_pushes::remove(task_id task, const std::string& id) {
  if (refusal) return *refusal;
  rows.erase({task, id});
  given_up.erase({task, id});
  return {};
}

result<std::vector<core::open_push>> memory_pushes::open(const std::optional<std::pair<task_id, std::string>>& after,
                                                         std::size_t limit) {
  if (refusal) return *refusal;
  std::vector<core::open_push> out;
  for (auto each = after ? rows.upper_bound(*after) : rows.begin(); each != rows.end() && out.size() < limit; ++each)
    if (!each->second.done) out.push_back(each->second);
  return out;
}

result<void> memory_pushes::move(std::span<const core::push_move> to) {
  if (refusal) return *refusal;
  ++moves;
  for (const auto& each : to) {
    const auto known = rows.find({each.task, each.id});
    if (known == rows.end() || known->second.edition.row != each.edition.row) continue;
    known->second.cursor = std::max(known->second.cursor, each.cursor);
    if (each.fate == core::push_fate::open || known->second.edition.renewal != each.edition.renewal) continue;
    known->second.done = true;
    given_up.erase(known->first);
    if (each.fate == core::push_fate::given_up) given_up.insert(known->first);
    if (each.fate == core::push_fate::gone) rows.erase(known);
  }
  return {};
}

}  // namespace mofa::test

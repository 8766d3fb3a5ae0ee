// Merging: the tasks of the store and those that are kept in memory only, as the one list that a caller asked for.
// Asked by the front for tasks.
// Pure; any thread.
#pragma once

#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/storage/task_order.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::service {

/// Two pages of at most `limit`, in the order of the filter and from one cursor on, as one.
inline core::page<core::task_row> merged(core::page<core::task_row> stored, core::page<core::task_row> memory,
                                         const core::task_filter& filter, std::size_t limit) {
  const storage::task_order order{filter};
  core::page<core::task_row> out;
  std::merge(std::move_iterator{stored.items.begin()}, std::move_iterator{stored.items.end()},
             std::move_iterator{memory.items.begin()}, std::move_iterator{memory.items.end()}, std::back_inserter(out.items),
             order);
  const bool more = out.items.size() > limit || !stored.next_cursor.empty() || !memory.next_cursor.empty();
  if (out.items.size() > limit) out.items.resize(limit);
  if (more) out.next_cursor = order.cursor_after(out.items.back());
  if (filter.counted) out.total = stored.total + memory.total;
  return out;
}

}  // namespace mofa::service

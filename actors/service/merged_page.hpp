// Merging: the tasks of the store and those that are kept in memory only, as the one list that a caller asked for.
// Asked by the front for tasks.
// Pure; any thread.
#pragma once

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "protocols/core/cursor.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::service {

/// Two lists, newest first, as one page of at most `limit`.
inline core::page<core::task_row> merged(core::page<core::task_row> stored, std::vector<core::task_row> memory,
                                         std::size_t limit) {
  const auto newer = [](const core::task_row& a, const core::task_row& b) { return b.id < a.id; };
  core::page<core::task_row> out;
  std::merge(std::move_iterator{stored.items.begin()}, std::move_iterator{stored.items.end()},
             std::move_iterator{memory.begin()}, std::move_iterator{memory.end()}, std::back_inserter(out.items), newer);
  const bool more = out.items.size() > limit || !stored.next_cursor.empty();
  if (out.items.size() > limit) out.items.resize(limit);
  if (more) out.next_cursor = core::id_cursor(core::cursor_of::tasks, out.items.back().id);
  return out;
}

}  // namespace mofa::service

// Cursors: where a page ended, as an opaque text that clients hand back.
// Made by whoever gives a page (a backend, or a reader of several sources), checked when it returns; whatever is not exactly
// one of ours is errc::invalid.
// Pure functions over values; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "server/base/clock.hpp"
#include "server/base/ids.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

/// Which list the cursor belongs to: one of another list is refused.
enum class cursor_of : char { tasks = 't', contexts = 'c', messages = 'm', statuses = 's' };

/// A place in a list that is ordered by id, descending.
std::string id_cursor(cursor_of list, const task_id& last);
/// An empty cursor is the first page: an id above all others.
result<task_id> read_id_cursor(cursor_of list, const std::string& cursor);

/// A place in the tasks ordered by the time of their status, then id, descending.
struct status_place {
  time_point at{};
  task_id task;
};
std::string status_cursor(const status_place& last);
/// An empty cursor is the first page: a place before all others.
result<status_place> read_status_cursor(const std::string& cursor);

/// A place in the messages of a context, which are ordered by time, then task, then number, descending.
struct message_place {
  time_point at{};
  task_id task;
  std::uint64_t seq = 0;
};
std::string message_cursor(const message_place& last);
/// An empty cursor is the first page: a place after all others.
result<message_place> read_message_cursor(const std::string& cursor);

}  // namespace mofa::core

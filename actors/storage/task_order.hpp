// The order of tasks in a list, and the cursors in it: the newest task first, or the newest status.
// Asked by whoever answers from something else than the store, which has the same orders in its queries.
// Pure; any thread.
#pragma once

#include <string>
#include <utility>

#include "protocols/core/cursor.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::storage {

class task_order {
 public:
  /// Greater places come first. The time counts only when the list is ordered by it.
  using place = std::pair<time_point, task_id>;

  explicit task_order(const core::task_filter& filter) : by_status_(filter.by_status) {}

  place place_of(const core::task_row& row) const { return {by_status_ ? row.status.timestamp : time_point{}, row.id}; }
  /// Whether `a` comes first.
  bool operator()(const core::task_row& a, const core::task_row& b) const { return place_of(b) < place_of(a); }

  /// Of a page that ends with this row.
  std::string cursor_after(const core::task_row& last) const {
    return by_status_ ? core::status_cursor({last.status.timestamp, last.id})
                      : core::id_cursor(core::cursor_of::tasks, last.id);
  }
  /// The place that the cursor's page begins behind. Error: invalid.
  result<place> read(const std::string& cursor) const {
    if (by_status_) {
      const auto at = core::read_status_cursor(cursor);
      return at ? result<place>{place{at->at, at->task}} : at.error();
    }
    const auto id = core::read_id_cursor(core::cursor_of::tasks, cursor);
    return id ? result<place>{place{time_point{}, *id}} : id.error();
  }

 private:
  bool by_status_;
};

}  // namespace mofa::storage

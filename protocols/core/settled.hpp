// When a task is settled: what whoever waits for it waits for.
// Asked where a task is answered to somebody who waits; `is_settled` of a state alone is for who has no more than that.
// Pure; any thread.
#pragma once

#include "protocols/core/task.hpp"

namespace mofa::core {

/// It has ended, or a person is awaited and every fact is decided: an answer that is yet to be decided (its agent crashed
/// over it, and tries again) leaves the old question in the status, but that is not asked any more.
inline bool is_settled(const task_row& row) {
  return is_terminal(row.status.state) || (is_interrupted(row.status.state) && row.decided_seq >= row.last_seq);
}

}  // namespace mofa::core

// Deletion: families of ended tasks, with everything that belongs to them.
// Called by the SQLite store inside a transaction; owned by nobody.
// The thread that holds the writer.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "protocols/core/caller.hpp"
#include "server/base/clock.hpp"
#include "server/base/ids.hpp"
#include "server/base/result.hpp"
#include "server/store/sqlite/connection.hpp"

namespace mofa::store {

/// The task with its children and theirs. Errors: not_found, task_not_terminal (it or one of them has not ended).
result<void> delete_task(connection& db, const core::caller& who, const task_id& which);

/// All tasks of the context with their children. Errors as above.
result<void> delete_context(connection& db, const core::caller& who, const std::string& id);

struct age_bounds {
  time_point completed_before{}, failed_before{}, idempotency_before{};
};

/// What was remembered of contexts that have no task here.
result<void> forget_lost_memory(connection& db);

/// At most `limit` tasks, children before their parents; what is left over is found by the next sweep. Returns how many.
result<std::size_t> sweep_tasks(connection& db, const age_bounds& bounds, std::size_t limit);

}  // namespace mofa::store

// Who may see a task: its owner, and whoever sees all owners of its tenant.
// Asked by everybody who answers from something else than the store, which has the same rule in its queries.
// Pure; any thread.
#pragma once

#include "protocols/core/caller.hpp"
#include "protocols/core/task.hpp"

namespace mofa::core {

inline bool may_see(const caller& who, const task_row& row) {
  return row.tenant == who.tenant && (row.owner == who.principal || who.sees_all_owners());
}

}  // namespace mofa::core

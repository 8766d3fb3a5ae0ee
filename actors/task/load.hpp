// Loading: how a task actor gets its journal and the behaviour of the version that it started with.
// Called by a task actor at its start; the answer comes as a task_loaded message.
// The reading happens on a reader's thread.
#pragma once

#include "actors/task/task_actor.hpp"

namespace mofa::task {

/// Reads the task's journal, from memory or from the store, and sends it to the actor.
void load(const workshop& shop, task_id which, const actors::task_actor& to);

}  // namespace mofa::task

// The feeds: committed events on their way to subscribers, each from any number on, in order and without a gap.
// Owned by the storage supervisor; belongs to the process, not to the tasks.
// One scheduled actor; sinks are called on its thread.
#pragma once

#include <caf/actor_system.hpp>

#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"

namespace mofa::storage {

/// Starts the feeds actor. Reads the past of a task through the directory's readers.
actors::feeds_actor spawn_feeds(caf::actor_system& system, const actors::environment& env,
                                const directory::directory& where);

}  // namespace mofa::storage

// The journal: the one writer of the store. What arrives while it commits shares the next commit; then it publishes.
// Owned by the storage supervisor; lives on a thread of its own, since it waits for the disk.
// Replies after the commit, never before.
#pragma once

#include <caf/actor_system.hpp>

#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"

namespace mofa::storage {

/// Starts the journal. `store` must outlive it.
actors::journal_actor spawn_journal(caf::actor_system& system, core::store& store, const actors::environment& env,
                                    const directory::directory& where, bool detached = true);

/// Starts a reader; it runs read jobs one after the other.
actors::reader_actor spawn_reader(caf::actor_system& system, core::store& store, bool detached = true);

}  // namespace mofa::storage

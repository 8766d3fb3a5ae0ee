// Clockwork: durable timers. Rows are the truth; what is due within a minute is also in memory, and rings at its time.
// Owned by the root supervisor; tells agents, who wake their tasks.
// One scheduled actor; time comes from the environment's clock.
#pragma once

#include <caf/actor_system.hpp>

#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"

namespace mofa::clockwork {

/// Starts clockwork. A timer rings until its row is gone: at its time, then again with every sweep (5 s).
actors::clockwork_actor spawn_clockwork(caf::actor_system& system, const actors::environment& env,
                                        const directory::directory& where);

}  // namespace mofa::clockwork

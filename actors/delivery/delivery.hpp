// The deliveries: tell every receiver that a push configuration names what happens to its task, event by event, in order,
// until it has taken it. One actor in the tree, below storage and its feeds; the journal is its outbox, the store keeps how
// far each receiver has come. A CAF worker; completions of what it asks come back to it as messages.
#pragma once

#include <caf/actor_system.hpp>

#include "actors/delivery/options.hpp"
#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::delivery {

/// `tasks` gives the feeds and the tasks; `with` has a sender and an encoder. All must outlive the actor.
actors::delivery_actor spawn_delivery(caf::actor_system& system, const actors::environment& env,
                                      const directory::directory& where, core::task_service& tasks, const equipment& with);

}  // namespace mofa::delivery

// The bus: takes messages for topics, keeps the durable ones, and hands them to every subscriber whose pattern matches:
// clients, and agents, whose messages become tasks. One actor in the tree, below storage and above the agents. Publishers
// ask through the port topic_service. A CAF worker; completions of submissions come back to it as messages.
#pragma once

#include <caf/actor_system.hpp>

#include "actors/catalog/catalog.hpp"
#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::bus {

/// `tasks` takes what is meant for agents; `definitions` says which agents subscribe. All must outlive the actor.
actors::bus_actor spawn_bus(caf::actor_system& system, const actors::environment& env, const directory::directory& where,
                            const catalog::catalog& definitions, core::task_service& tasks);

}  // namespace mofa::bus

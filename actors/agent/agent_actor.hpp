// The agent actor: one for each agent. Admits tasks, keeps the order within a context, watches and restarts its task actors.
// Owned by the supervisor of agents; everything for a task goes through it.
// One scheduled actor.
#pragma once

#include <caf/actor_system.hpp>

#include <string>

#include "actors/catalog/catalog.hpp"
#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"

namespace mofa::agent {

/// Starts the agent of that name with its newest definition. Open tasks come back from the store first;
/// what arrives meanwhile waits.
actors::agent_actor spawn_agent(caf::actor_system& system, const std::string& name, catalog::catalog& definitions,
                                const actors::environment& env, const directory::directory& where,
                                directory::directory::depth_counter mailbox_depth);

}  // namespace mofa::agent

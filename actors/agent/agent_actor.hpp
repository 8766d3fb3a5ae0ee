// The agent actor: one for each agent. Admits tasks, keeps the order within a context, watches and restarts its task actors.
// Owned by the supervisor of agents; everything for a task goes through it.
// One scheduled actor.
#pragma once

#include <caf/actor_system.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "actors/catalog/catalog.hpp"
#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"

namespace mofa::agent {

/// What the operator ordered: outlives the agent's actor, ends with the process.
struct standing_orders {
  std::atomic<bool> paused = false;
  std::atomic<bool> draining = false;
  std::atomic<bool> leaving = false;  ///< it takes no new tasks either, and is gone when it has none any more

  bool takes_tasks() const { return !draining && !leaving; }
};

/// Starts the agent of that name with its newest definition; `on_empty` is called once when it is leaving and empty. Open
/// tasks come back from the store first; what arrives meanwhile waits.
actors::agent_actor spawn_agent(caf::actor_system& system, const std::string& name, catalog::catalog& definitions,
                                const actors::environment& env, const directory::directory& where,
                                directory::directory::depth_counter mailbox_depth, std::shared_ptr<standing_orders> orders,
                                std::function<void()> on_empty);

}  // namespace mofa::agent

// Effects: calls to the outside that tasks have requested. Each runs once; its outcome is offered until it is journaled.
// Owned by the root supervisor; asked by task actors after the commit of the request.
// One scheduled actor; what it calls answers on any thread.
#pragma once

#include <caf/actor_system.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/directory/directory.hpp"
#include "actors/effects/runner.hpp"
#include "actors/scheduling/scheduler.hpp"
#include "actors/system/environment.hpp"

namespace mofa::effects {

/// By the type of effect.
using runner_map = std::map<std::string, std::unique_ptr<runner>, std::less<>>;

struct equipment {
  std::function<runner_map()> runners;  ///< called at each start
  scheduling::options slots;            ///< types that are named here wait for a slot, the others begin at once
  /// For slots that may change: what they are now. Called at each start and at slots_changed_tick, on any thread. The types
  /// stay those of `slots`.
  std::function<scheduling::options()> slots_now{};
};

/// Tells the room that the slots have changed. Other ticks are its own.
inline constexpr std::uint64_t slots_changed_tick = 0;

/// Starts the effects room. `how` must outlive it.
actors::effects_actor spawn_effects(caf::actor_system& system, const equipment& how, const actors::environment& env,
                                    const directory::directory& where);

}  // namespace mofa::effects

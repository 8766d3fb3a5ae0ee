// Effects: calls to the outside that tasks have requested. Each runs once; its outcome is offered until it is journaled.
// Owned by the root supervisor; asked by task actors after the commit of the request.
// One scheduled actor; tools answer on any thread.
#pragma once

#include <caf/actor_system.hpp>

#include <map>
#include <string>

#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"
#include "protocols/core/ports/tool.hpp"

namespace mofa::effects {

/// By tool name.
using toolbox = std::map<std::string, core::tool_ptr, std::less<>>;

/// Starts the effects room. `tools` must outlive it.
actors::effects_actor spawn_effects(caf::actor_system& system, const toolbox& tools, const actors::environment& env,
                                    const directory::directory& where);

}  // namespace mofa::effects

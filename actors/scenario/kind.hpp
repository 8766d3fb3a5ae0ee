// The kind `scenario`: agents that follow a script of rules and steps. For demonstrations, tests and contract mocks.
// Made and registered by the app; its behaviours are shared by all tasks of a definition's version.
// Pure; any thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "protocols/core/ports/kind.hpp"

namespace mofa::scenario {

/// The tools that `call` may name, and whether each may be called again after a crash (tool::idempotent()).
using tool_names = std::map<std::string, bool, std::less<>>;

/// The kind. What a definition may hold is checked when it is compiled, an unknown tool included.
std::shared_ptr<const core::agent_kind> make_kind(tool_names tools);

}  // namespace mofa::scenario

// The compiler of scenarios: from the members `rules` and `otherwise` of a definition to a script.
// Called once for each version of a definition.
// A pure function; any thread.
#pragma once

#include "actors/scenario/kind.hpp"
#include "actors/scenario/script.hpp"

namespace mofa::scenario {

/// Error invalid, with all mistakes and their JSON pointers in `fields`.
result<script> compile(const json& document, const tool_names& tools);

}  // namespace mofa::scenario

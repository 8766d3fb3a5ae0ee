// The names that agents may have: they stand in paths, in actors' names and in definitions.
// Asked by whoever reads a definition, and by settings that name an agent.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mofa::core {

/// What is wrong with the text as the name of an agent ("must be …", "'api' is reserved"); empty when nothing is.
std::string wrong_agent_name(std::string_view text);

}  // namespace mofa::core

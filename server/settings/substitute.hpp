// ${NAME} and ${NAME:-default} in the texts of the configuration file.
// Used by the loader.
// A pure function over values; any thread.
#pragma once

#include <string_view>

#include "server/base/result.hpp"
#include "server/settings/loader.hpp"

namespace mofa::settings {

/// The text with its variables replaced. The default holds when the variable is not set or empty. Error invalid: a variable
/// that is not set and has no default, a name that is none, a brace without its end.
result<std::string> substitute(std::string_view text, const environment_map& environment);

}  // namespace mofa::settings

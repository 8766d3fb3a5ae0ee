// Plain scalars of YAML as JSON values, by the core schema of YAML 1.2 (section 10.3.2).
// Used by the YAML reader, and for settings that come as text (environment, command line).
// A pure function over values; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "protocols/core/message.hpp"

namespace mofa::document {

/// null, a boolean, an integer, a float or else a string. Nothing for a number that JSON cannot hold.
std::optional<core::json> resolve_scalar(std::string_view text);

}  // namespace mofa::document

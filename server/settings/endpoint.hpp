// Reads an address to listen on.
// Used by the setting `listen`.
// A pure function over values; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "server/settings/configuration.hpp"

namespace mofa::settings {

/// "127.0.0.1:8080", "[::1]:8080", "localhost:0"; nothing when the text is another one.
std::optional<endpoint> parse_endpoint(std::string_view text);

}  // namespace mofa::settings

// Host and Origin: what keeps web pages of other sites away from a server on loopback without keys.
// Used by the door for each request.
// Pure functions over values; any thread.
#pragma once

#include <string_view>

namespace mofa::gateway {

/// Whether the value of a Host header is `localhost` or a loopback address (127.0.0.0/8, [::1]), with any port or none.
bool is_loopback_host(std::string_view host);

/// Whether the address (an IP literal, with or without brackets, or `localhost`) is a loopback one.
bool is_loopback_address(std::string_view address);

/// Whether the origin ("http://127.0.0.1:8080") is the server itself, as the Host header of the same request names it.
bool is_own_origin(std::string_view origin, std::string_view host);

}  // namespace mofa::gateway

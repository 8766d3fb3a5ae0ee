// The HTTP date: a moment as headers of HTTP have it, to the second.
// Read and written by whoever speaks HTTP: Retry-After, what caches are told of agent cards.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"

namespace mofa {

/// "Sat, 31 Jan 2026 09:00:00 GMT" (RFC 9110, section 5.6.7); parts of a second are cut.
std::string to_http_date(time_point at);

/// Reads any of the three forms of RFC 9110, section 5.6.7; nothing when it is none.
std::optional<time_point> parse_http_date(std::string_view text);

}  // namespace mofa

// Retry-After: how long whoever answered an HTTP request asks us to wait before the next one.
// Read by everybody who asks foreign hosts again: models, webhooks.
// A pure function; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "server/base/clock.hpp"

namespace mofa {

/// RFC 9110, section 10.2.3: seconds, or an HTTP date in any of its three forms (section 5.6.7), against `now`. A date in
/// the past is 0. Nothing when it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, time_point now);

}  // namespace mofa

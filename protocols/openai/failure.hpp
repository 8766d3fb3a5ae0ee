// Failures on the wire: the text of an error body, and the Retry-After header that comes with it.
// Asked by providers when an answer's status is not 200, and by the decoder of streams.
// Pure functions over values; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"

namespace mofa::openai {

/// One line of at most 500 bytes from {"error": {"message", "type", "code"}}, {"error": "text"}, {"message"} or plain text:
/// "Rate limit reached (rate_limit_exceeded)". Anthropic's error bodies have the first form, too.
std::string failure_message(std::string_view body);

/// RFC 9110, section 10.2.3: seconds, or an HTTP date in any of its three forms (section 5.6.7), against `now`. A date in
/// the past is 0. Nothing when it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, time_point now);

}  // namespace mofa::openai

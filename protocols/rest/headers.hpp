// What a request's headers ask for: how long to wait, JSON or a stream, and where to resume.
// Read by the handlers before they ask a port.
// Pure functions over values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocols/http/message.hpp"

namespace mofa::rest {

/// The seconds of `Prefer: wait=N` (RFC 7240, section 4.3), at most limits::wait_max_seconds; nothing when it is not asked
/// for or not well-formed: a preference that is not understood is ignored.
std::optional<std::chrono::seconds> preferred_wait(const http::request& from);

/// Whether `Accept` (RFC 9110, section 12.5.1) names text/event-stream and does not rank application/json above it.
/// Error not_acceptable when it allows neither.
result<bool> wants_stream(const http::request& from);

/// The number in `Last-Event-ID`; nothing when there is no such header. Error: invalid.
result<std::optional<std::uint64_t>> last_event_id(const http::request& from);

}  // namespace mofa::rest

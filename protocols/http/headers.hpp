// Headers that mean the same in every dialect: how to make a repeat harmless, and what a web page must say of its body.
// Read by the dialects' handlers before they ask a port.
// Pure functions over values; any thread.
#pragma once

#include <optional>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/http/message.hpp"

namespace mofa::http {

/// `Idempotency-Key`, bound to the method, the path and the body; nothing when there is no such header.
/// Error invalid: not 1 to limits::client_id_bytes visible ASCII characters.
result<std::optional<core::idempotency>> idempotency_of(const request& from);

/// Error unsupported_media_type: a web page sends something else than application/json.
result<void> check_content_type(const request& from);

}  // namespace mofa::http

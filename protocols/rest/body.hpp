// Bodies: the JSON that clients post, read into the questions of the ports, with every fault named by its JSON pointer.
// Called by the handlers of POST routes; a body that may be large is used up by its reading.
// Pure functions over values; any thread.
#pragma once

#include <string>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/ports/topic_service.hpp"
#include "protocols/http/message.hpp"

namespace mofa::rest {

/// {"message", "context_id"?, "priority"?, "timeout_ms"?, "labels"?}. The agent, the idempotency key and the wait are not in
/// the body. Errors: unsupported_media_type, invalid_syntax (with line and column), invalid.
result<core::submission> read_submission(http::request& from);

/// {"message"}; errors as above.
result<core::message> read_message(http::request& from);

/// {"reason"?}, or no body; errors as above.
result<std::string> read_cancel_reason(const http::request& from);

/// {"data", "durable"?}: any JSON as the data, also null. The topic and the idempotency key are not in the body; errors as
/// above.
result<core::publication> read_publication(http::request& from);

/// No body, or an empty object; errors as above.
result<void> read_nothing(const http::request& from);

}  // namespace mofa::rest

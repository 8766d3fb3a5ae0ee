// What clients say when they ask for work: the members of a submission, of a further message and of a cancellation.
// Read by the dialects that speak the API's own shapes, out of a body or a frame that may hold members of its own.
// Pure functions over values; any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "protocols/core/fields.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::core {

/// The members that submission_from() reads.
inline constexpr std::array<std::string_view, 6> submission_members{"message",    "context_id", "priority",
                                                                    "timeout_ms", "labels",     "budget"};

/// {"message", "context_id"?, "priority"?, "timeout_ms"?, "labels"?, "budget"?} of the object. The agent, the idempotency
/// key and the wait are not among them. `errors` are those of `fields`, which is the whole body or frame.
submission submission_from(object_fields& fields, field_errors& errors);

/// The member "message": required, and said by the user.
message user_message_from(object_fields& fields, field_errors& errors);

/// The member "reason" of a cancellation; empty when it is not there.
std::string cancel_reason_from(object_fields& fields);

}  // namespace mofa::core

// A message as JSON, out of one that nobody else needs: its texts, of megabytes perhaps, move instead of being copied.
// Called where a message becomes an event.
// Pure; any thread.
#pragma once

#include "protocols/core/message.hpp"

namespace mofa::core {

/// What to_json() gives.
json into_json(message value);

}  // namespace mofa::core

// The bounds of a context's memory, the same for every backend.
// Asked by the backends before they write; owned by nobody.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "server/base/result.hpp"

namespace mofa::store {

/// errc::limit_exceeded when the key or the value is too long.
result<void> check_memory_entry(std::string_view key, std::string_view value);

/// errc::limit_exceeded when a context that has so many keys has no room for another.
result<void> check_memory_room(std::int64_t keys);

}  // namespace mofa::store

// What a buffer keeps between two uses: enough for most answers, and not what one large message once needed.
// Used by sessions and WebSockets, of which thousands may be open and idle for days.
// Pure function over a value; any thread.
#pragma once

#include <cstddef>
#include <string>

namespace mofa::gateway {

inline constexpr std::size_t keep_capacity_bytes = 64 * 1024;

/// Empties the buffer. An assignment of nothing would keep all of its memory.
inline void spare(std::string& buffer) {
  if (buffer.capacity() > keep_capacity_bytes) {
    std::string{}.swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace mofa::gateway

// What the process has allocated: for tests of who keeps memory that nobody needs.
// A sanitizer counts for itself, and there it is always 0.
// Any thread.
#pragma once

#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <thread>

namespace mofa::test {

inline std::size_t live_bytes() {
  const auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
}

/// Whether it falls to so many bytes within ten seconds.
inline bool live_bytes_fall_to(std::size_t bytes) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (live_bytes() > bytes && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  return live_bytes() <= bytes;
}

}  // namespace mofa::test

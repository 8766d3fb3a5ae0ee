// The full store: whether the store has just refused to write because there is no room.
// Owned by the actors' probe, which sees every append; the app asks it for /readyz.
// Thread-safe.
#pragma once

#include <atomic>
#include <chrono>

namespace mofa::telemetry {

/// Full from a refused append until the next one that is committed; without one, for ten seconds. Whoever sends no work to a
/// server that is not ready would never learn otherwise that there is room again.
class full_store {
 public:
  using time = std::chrono::steady_clock::time_point;

  void refused(time now = std::chrono::steady_clock::now()) {
    until_.store((now + std::chrono::seconds{10}).time_since_epoch().count(), std::memory_order_relaxed);
  }
  void committed() {
    if (until_.load(std::memory_order_relaxed) != 0) until_.store(0, std::memory_order_relaxed);
  }
  bool is_full(time now = std::chrono::steady_clock::now()) const {
    return now.time_since_epoch().count() < until_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<time::rep> until_{0};
};

}  // namespace mofa::telemetry

// What all threads of one gateway share: settings, door, gate, and the counts that drain() waits for.
// Owned by the gateway; outlives workers and sessions.
// Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "server/gateway/admission.hpp"
#include "server/gateway/door.hpp"
#include "server/gateway/gateway.hpp"
#include "server/gateway/probe.hpp"
#include "server/gateway/router.hpp"

namespace mofa::gateway {

struct shared {
  shared(options settings_, router routes_, probe& events_, const clock& now_)
      : settings(std::move(settings_)),
        routes(std::move(routes_)),
        entrance(settings, routes),
        gate(settings.in_flight),
        events(events_),
        now(now_) {}

  const options settings;
  const router routes;
  const door entrance;
  admission gate;
  probe& events;
  const clock& now;
  std::atomic<bool> draining{false};

  /// Counts a connection in; false when there are too many.
  bool enter() {
    if (connections_.fetch_add(1) < settings.connections) return true;
    leave();
    return false;
  }
  void leave() {
    if (connections_.fetch_sub(1) != 1) return;
    const std::lock_guard lock{guard_};
    empty_.notify_all();
  }
  /// Blocks until no connection is left, at most for `grace`; whether none is left.
  bool wait_until_empty(milliseconds grace) {
    std::unique_lock lock{guard_};
    return empty_.wait_for(lock, grace, [this] { return connections_.load() == 0; });
  }

 private:
  std::atomic<std::size_t> connections_{0};
  std::mutex guard_;
  std::condition_variable empty_;
};

}  // namespace mofa::gateway

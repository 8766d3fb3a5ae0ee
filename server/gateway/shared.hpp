// What all threads of one gateway share: settings, the rules of the house, gate, and the counts that drain() waits for.
// Owned by the gateway; outlives workers and sessions.
// Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "server/gateway/admission.hpp"
#include "server/gateway/door.hpp"
#include "server/gateway/gateway.hpp"
#include "server/gateway/probe.hpp"
#include "server/gateway/router.hpp"

namespace mofa::gateway {

/// The rules of a time, and the door that keeps them.
struct house {
  house(rules now, const router& routes) : limits(std::move(now)), entrance(limits, routes) {}
  const rules limits;
  const door entrance;
};

struct shared {
  shared(options settings_, router routes_, probe& events_, const clock& now_)
      : settings(std::move(settings_)),
        routes(std::move(routes_)),
        gate(settings.in_flight),
        events(events_),
        now(now_),
        house_(std::make_shared<const house>(settings, routes)),
        connections_at_most_(settings.connections) {}

  const options settings;  ///< as at the start; the rules among them may have changed, see worker::house_now()
  const router routes;
  admission gate;
  probe& events;
  const clock& now;
  std::atomic<bool> draining{false};
  std::atomic<bool> ending{false};  ///< the grace is nearly over: who waits long is answered with what there is

  void follow(rules next) {
    gate.allow(next.in_flight);
    connections_at_most_ = next.connections;
    auto made = std::make_shared<const house>(std::move(next), routes);
    const std::lock_guard lock{guard_};
    house_ = std::move(made);
    generation_.fetch_add(1);
  }
  /// Tells whether there is a newer house than the one that a worker has.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  std::shared_ptr<const house> newest_house() {
    const std::lock_guard lock{guard_};
    return house_;
  }

  /// Counts a connection in; false when there are too many.
  bool enter() {
    if (connections_.fetch_add(1) < connections_at_most_.load()) return true;
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
  std::shared_ptr<const house> house_;
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::size_t> connections_at_most_;
  std::condition_variable empty_;
};

}  // namespace mofa::gateway

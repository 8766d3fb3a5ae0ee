// The port of a task's feed: who subscribes gives a sink and gets every event in order, from any number on, without a gap.
// The sink is owned by the subscriber; the feed holds it until the end, or until the subscription is dropped.
// Sink functions are called on an actor's thread, one at a time; they must not block and must not call back into the feed.
#pragma once

#include <memory>

#include "protocols/core/event.hpp"
#include "server/base/error.hpp"

namespace mofa::core {

class event_sink {
 public:
  virtual ~event_sink() = default;
  /// The next event. Uses up one credit.
  virtual void on_event(event_ptr what) = 0;
  /// A frame without a number; skipped when there is no credit.
  virtual void on_frame(const live_frame& what) = 0;
  /// After the terminal event: nothing follows.
  virtual void on_end() = 0;
  /// The feed cannot go on (its room restarts, the store fails); the client resumes by the last number that it has.
  virtual void on_failure(const error& why) = 0;
};

/// A live subscription. Its end (destruction) unsubscribes.
class subscription {
 public:
  virtual ~subscription() = default;
  /// Allows `count` more events. A subscriber that grants nothing more is not sent anything, and costs nothing.
  virtual void grant(std::size_t count) = 0;
};
using subscription_ptr = std::unique_ptr<subscription>;

}  // namespace mofa::core

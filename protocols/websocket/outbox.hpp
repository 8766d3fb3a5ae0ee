// The outbox: what is meant for one client, in order, bounded: answers, and what its subscriptions bring.
// Shared by the conversation, which empties it, and by everybody who owes it something: completions and feeds.
// put(), drop_frame() and asked() on any thread; the rest on the conversation's.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/topic.hpp"

namespace mofa::websocket {

class subscriber;
class task_subscriber;
using subscriber_ptr = std::shared_ptr<subscriber>;

/// The answer to a frame, ready to be sent.
struct answered {
  std::string text;
};
/// The answer to a subscription.
struct opened {
  subscriber_ptr to;
  result<core::subscription_ptr> feed;
};
struct happened {
  subscriber_ptr to;
  core::event_ptr what;
};
struct shown {
  std::shared_ptr<task_subscriber> to;
  core::live_frame what;
};
/// A message of a topic. `dropped`: how many the subscription has lost since the one before.
struct published {
  subscriber_ptr to;
  core::topic_message_ptr what;
  std::uint64_t dropped = 0;
};
/// Nothing follows; with a reason when that is not the end of the task.
struct ended {
  subscriber_ptr to;
  std::optional<error> why;
};

class outbox {
 public:
  using item = std::variant<answered, opened, happened, shown, published, ended>;

  /// `ring` is called when an item comes into the empty outbox.
  outbox(std::size_t bytes, std::function<void()> ring) : room_bytes_(bytes), ring_(std::move(ring)) {}

  /// One more answer is owed: of answered or opened.
  void expect() { ++unanswered_; }
  std::size_t unanswered() const { return unanswered_; }

  /// Dropped when the outbox is closed, or overrun: what it held already was more than its room.
  void put(item what);
  /// A live frame found no room.
  void drop_frame() { ++frames_dropped_; }

  std::optional<item> take();
  bool overrun() const { return overrun_; }
  /// Whether more than half of its room is taken.
  bool crowded() const;
  std::size_t frames_dropped() { return frames_dropped_.exchange(0); }
  /// Drops what is there and what still comes.
  void close();

 private:
  std::size_t room_bytes_;
  std::function<void()> ring_;
  mutable std::mutex guard_;
  std::deque<item> items_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
  std::atomic<std::size_t> unanswered_{0};
  std::atomic<std::size_t> frames_dropped_{0};
  std::atomic<bool> overrun_{false};
};

}  // namespace mofa::websocket

// Subscribers: the sinks that one task's feed or the bus writes into, and what the conversation knows of that subscription.
// Shared by the conversation, the feed or the bus, and the items of the outbox.
// The sinks' functions on any thread; the rest on the conversation's.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "protocols/core/ports/event_sink.hpp"
#include "protocols/core/ports/topic_service.hpp"
#include "protocols/websocket/frame.hpp"
#include "protocols/websocket/outbox.hpp"

namespace mofa::websocket {

/// What the subscription of a task and that of a topic have in common.
class subscriber : public std::enable_shared_from_this<subscriber> {
 public:
  /// `id`: of the frame that asked, as JSON text. At most `credit` events wait in the outbox.
  subscriber(std::string id, source from, std::size_t credit, std::shared_ptr<outbox> to)
      : id_(std::move(id)), from_(std::move(from)), credit_(credit), to_(std::move(to)) {}
  virtual ~subscriber() = default;
  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;

  const std::string& id() const { return id_; }
  const source& from() const { return from_; }

  /// What it hangs on; leaving it unsubscribes.
  void join(core::subscription_ptr feed);
  void leave();
  bool has_left() const { return left_; }

  /// An event has gone out of the outbox, and what it cost: in time the subscription is granted more.
  void event_taken(std::size_t credits = 1);

 protected:
  std::size_t credit() const { return credit_; }
  outbox& to() { return *to_; }
  /// Nothing follows.
  void end(std::optional<error> why);

 private:
  std::string id_;
  source from_;
  std::size_t credit_;
  std::shared_ptr<outbox> to_;
  core::subscription_ptr feed_;
  std::size_t owed_ = 0;
  std::atomic<bool> left_{false};
};

/// Hangs on a task's feed. As many live frames as events wait in the outbox; others are dropped.
class task_subscriber final : public subscriber, public core::event_sink {
 public:
  using subscriber::subscriber;

  void on_event(core::event_ptr what) override;
  void on_frame(const core::live_frame& what) override;
  void on_end() override { end(std::nullopt); }
  void on_failure(const error& why) override { end(why); }

  void frame_taken() { --frames_; }

 private:
  std::atomic<std::size_t> frames_{0};
};

/// Hangs on the bus.
class topic_subscriber final : public subscriber, public core::topic_sink {
 public:
  using subscriber::subscriber;

  void on_message(core::topic_message_ptr what, std::uint64_t dropped) override;
  void on_failure(const error& why) override { end(why); }
};

/// The completion of its subscription: an opened item. Its end without a call is a failure.
core::completion<core::subscription_ptr> completion_for(subscriber_ptr who, std::shared_ptr<outbox> to);

}  // namespace mofa::websocket

// A subscriber: the sink that one task's feed writes into, and what the conversation knows of that subscription.
// Shared by the conversation, the feed and the items of the outbox.
// The sink's functions on any thread; the rest on the conversation's.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "protocols/core/ports/event_sink.hpp"
#include "protocols/websocket/outbox.hpp"

namespace mofa::websocket {

class subscriber final : public core::event_sink, public std::enable_shared_from_this<subscriber> {
 public:
  /// `id`: of the frame that asked, as JSON text. At most `credit` events, and as many live frames, wait in the outbox.
  subscriber(std::string id, task_id task, std::size_t credit, std::shared_ptr<outbox> to)
      : id_(std::move(id)), task_(task), credit_(credit), to_(std::move(to)) {}

  void on_event(core::event_ptr what) override;
  void on_frame(const core::live_frame& what) override;
  void on_end() override;
  void on_failure(const error& why) override;

  const std::string& id() const { return id_; }
  task_id task() const { return task_; }
  std::size_t credit() const { return credit_; }

  /// The feed that it hangs on; leaving it unsubscribes.
  void join(core::subscription_ptr feed);
  void leave();
  bool has_left() const { return left_; }

  /// An event has gone out of the outbox: in time the feed is granted more.
  void event_taken();
  void frame_taken() { --frames_; }

 private:
  std::string id_;
  task_id task_;
  std::size_t credit_;
  std::shared_ptr<outbox> to_;
  core::subscription_ptr feed_;
  std::size_t owed_ = 0;
  std::atomic<std::size_t> frames_{0};
  std::atomic<bool> left_{false};
};

/// The completion of its subscription: an opened item. Its end without a call is a failure.
core::completion<core::subscription_ptr> completion_for(subscriber_ptr who, std::shared_ptr<outbox> to);

}  // namespace mofa::websocket

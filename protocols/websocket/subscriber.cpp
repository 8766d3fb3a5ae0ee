#include "protocols/websocket/subscriber.hpp"

#include <utility>

namespace mofa::websocket {
namespace {

class ticket {
 public:
  ticket(subscriber_ptr who, std::shared_ptr<outbox> to) : who_(std::move(who)), to_(std::move(to)) {}
  ticket(ticket&&) noexcept = default;
  ticket& operator=(ticket&&) = delete;
  ~ticket() {
    if (to_) to_->put(opened{std::move(who_), fail(errc::internal, "the subscription was dropped without an answer")});
  }

  void operator()(result<core::subscription_ptr> answer) {
    if (const auto to = std::exchange(to_, nullptr)) to->put(opened{std::move(who_), std::move(answer)});
  }

 private:
  subscriber_ptr who_;
  std::shared_ptr<outbox> to_;
};

}  // namespace

void subscriber::join(core::subscription_ptr feed) { feed_ = std::move(feed); }

void subscriber::leave() {
  left_ = true;
  feed_.reset();
}

void subscriber::end(std::optional<error> why) {
  if (!left_) to_->put(ended{shared_from_this(), std::move(why)});
}

// Half of the credit at a time: a message to the feed for each event would cost more than the event.
void subscriber::event_taken(std::size_t credits) {
  owed_ += credits;
  if (!feed_ || owed_ * 2 < credit_) return;
  feed_->grant(std::exchange(owed_, 0));
}

void task_subscriber::on_event(core::event_ptr what) {
  if (!has_left()) to().put(happened{shared_from_this(), std::move(what)});
}

void task_subscriber::on_frame(const core::live_frame& what) {
  if (has_left()) return;
  if (frames_ >= credit()) return to().drop_frame();
  ++frames_;
  to().put(shown{std::static_pointer_cast<task_subscriber>(shared_from_this()), what});
}

void topic_subscriber::on_message(core::topic_message_ptr what, std::uint64_t dropped) {
  if (!has_left()) to().put(published{shared_from_this(), std::move(what), dropped});
}

core::completion<core::subscription_ptr> completion_for(subscriber_ptr who, std::shared_ptr<outbox> to) {
  return ticket{std::move(who), std::move(to)};
}

}  // namespace mofa::websocket

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

void subscriber::on_event(core::event_ptr what) {
  if (!left_) to_->put(happened{shared_from_this(), std::move(what)});
}

void subscriber::on_frame(const core::live_frame& what) {
  if (left_) return;
  if (frames_ >= credit_) return to_->drop_frame();
  ++frames_;
  to_->put(shown{shared_from_this(), what});
}

void subscriber::on_end() {
  if (!left_) to_->put(ended{shared_from_this(), std::nullopt});
}

void subscriber::on_failure(const error& why) {
  if (!left_) to_->put(ended{shared_from_this(), why});
}

void subscriber::join(core::subscription_ptr feed) { feed_ = std::move(feed); }

void subscriber::leave() {
  left_ = true;
  feed_.reset();
}

// Half of the credit at a time: a message to the feed for each event would cost more than the event.
void subscriber::event_taken() {
  ++owed_;
  if (!feed_ || owed_ * 2 < credit_) return;
  feed_->grant(std::exchange(owed_, 0));
}

core::completion<core::subscription_ptr> completion_for(subscriber_ptr who, std::shared_ptr<outbox> to) {
  return ticket{std::move(who), std::move(to)};
}

}  // namespace mofa::websocket

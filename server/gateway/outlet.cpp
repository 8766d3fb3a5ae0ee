#include "server/gateway/outlet.hpp"

namespace mofa::gateway {

namespace {

class ticket {
 public:
  explicit ticket(std::shared_ptr<outlet> to) : to_(std::move(to)) {}
  ticket(ticket&&) noexcept = default;
  ticket& operator=(ticket&&) = delete;
  ~ticket() {
    if (to_) to_->opened(fail(errc::internal, "the subscription was dropped without an answer"));
  }

  void operator()(result<core::subscription_ptr> answer) {
    if (const auto to = std::exchange(to_, nullptr)) to->opened(std::move(answer));
  }

 private:
  std::shared_ptr<outlet> to_;
};

}  // namespace

void outlet::changed(std::unique_lock<std::mutex> lock) {
  const bool first = !std::exchange(rung_, true);
  lock.unlock();
  if (first) session_->ring();
}

void outlet::on_event(core::event_ptr what) {
  std::unique_lock lock{guard_};
  if (closed_) return;
  waiting_.items.emplace_back(std::move(what));
  changed(std::move(lock));
}

void outlet::on_frame(const core::live_frame& what) {
  std::unique_lock lock{guard_};
  if (closed_) return;
  if (frames_ >= room_) {
    ++waiting_.frames_dropped;
    return;
  }
  ++frames_;
  waiting_.items.emplace_back(what);
  changed(std::move(lock));
}

void outlet::on_end() {
  std::unique_lock lock{guard_};
  waiting_.ended = true;
  changed(std::move(lock));
}

void outlet::on_failure(const error& why) {
  std::unique_lock lock{guard_};
  waiting_.failure = why;
  changed(std::move(lock));
}

void outlet::opened(result<core::subscription_ptr> answer) {
  std::unique_lock lock{guard_};
  // Dropping the answer outside the lock unsubscribes.
  if (closed_) return lock.unlock();
  opened_ = std::move(answer);
  changed(std::move(lock));
}

outlet::batch outlet::take() {
  const std::lock_guard lock{guard_};
  rung_ = false;
  frames_ = 0;
  return std::exchange(waiting_, batch{});
}

std::optional<result<core::subscription_ptr>> outlet::take_opened() {
  const std::lock_guard lock{guard_};
  rung_ = false;
  return std::exchange(opened_, std::nullopt);
}

void outlet::close() {
  batch dropped;
  std::optional<result<core::subscription_ptr>> late;
  const std::lock_guard lock{guard_};
  closed_ = true;
  std::swap(dropped, waiting_);
  std::swap(late, opened_);
}

core::completion<core::subscription_ptr> completion_for(std::shared_ptr<outlet> to) { return ticket{std::move(to)}; }

}  // namespace mofa::gateway

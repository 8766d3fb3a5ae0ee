#include "server/models/remote/breaker.hpp"

#include <utility>

namespace mofa::models {

breaker::permit::~permit() {
  if (!of_ || !trial_) return;
  const std::lock_guard lock{of_->guard_};
  of_->trial_ = false;
}

void breaker::permit::succeeded() {
  const auto of = std::exchange(of_, nullptr);
  if (!of) return;
  const std::lock_guard lock{of->guard_};
  of->failures_ = 0;
  of->opened_.reset();
  if (trial_) of->trial_ = false;
}

void breaker::permit::failed(time_point now) {
  const auto of = std::exchange(of_, nullptr);
  if (!of) return;
  const std::lock_guard lock{of->guard_};
  ++of->failures_;
  if (trial_ || of->failures_ >= of->failures_max_) of->opened_ = now;
  if (trial_) of->trial_ = false;
}

result<breaker::permit> breaker::enter(time_point now) {
  const std::lock_guard lock{guard_};
  if (!opened_) return permit{shared_from_this(), false};
  // A clock that was set back must not keep it open for long.
  const auto left = now < *opened_ ? milliseconds{0} : *opened_ + pause_ - now;
  if (left <= milliseconds{0} && !trial_) {
    trial_ = true;
    return permit{shared_from_this(), true};
  }
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds{1});
  error why{errc::unavailable, "left alone after " + std::to_string(failures_) +
                                   " failures in a row; it is tried again in " + std::to_string(seconds.count()) + " s"};
  why.retry_after = seconds;
  return why;
}

}  // namespace mofa::models

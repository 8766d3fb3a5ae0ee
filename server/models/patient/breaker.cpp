#include "server/models/patient/breaker.hpp"

#include <algorithm>
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

bool breaker::permit::failed(time_point now) {
  const auto of = std::exchange(of_, nullptr);
  if (!of) return false;
  const std::lock_guard lock{of->guard_};
  ++of->failures_;
  if (!trial_ && of->failures_ < of->failures_max_) return false;
  // Calls that were under way when it opened may fail after it.
  const bool opens = trial_ || !of->opened_;
  of->opened_ = now;
  if (trial_) of->trial_ = false;
  return opens;
}

result<breaker::permit> breaker::enter(time_point now) {
  const std::lock_guard lock{guard_};
  if (!opened_) return permit{shared_from_this(), false};
  const auto open = left(now);
  if (open <= milliseconds{0} && !trial_) {
    trial_ = true;
    return permit{shared_from_this(), true};
  }
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(open), std::chrono::seconds{1});
  error why{errc::unavailable, "left alone after " + std::to_string(failures_) +
                                   " failures in a row; it is tried again in " + std::to_string(seconds.count()) + " s"};
  why.retry_after = seconds;
  return why;
}

milliseconds breaker::open_for(time_point now) {
  const std::lock_guard lock{guard_};
  return left(now);
}

milliseconds breaker::left(time_point now) const {
  // A clock that was set back must not keep it open for long.
  if (!opened_ || now < *opened_) return milliseconds{0};
  return std::max<milliseconds>(milliseconds{0}, *opened_ + pause_ - now);
}

}  // namespace mofa::models

#include "server/models/patient/patient_call.hpp"

#include <algorithm>
#include <utility>

namespace mofa::models {

void patient_call::begin() {
  core::running_call_ptr before;  // let go outside the lock
  int number = 0;
  auto leave = parts_->circuit->enter(parts_->with.time.now());
  {
    const std::lock_guard lock{guard_};
    if (over_) return;
    if (leave) {
      number = ++attempt_;
      leave_.emplace(*std::move(leave));
    }
    pausing_ = false;
    before = std::move(running_);
  }
  if (number == 0) {
    parts_->with.watch->circuit_refused(parts_->name);
    // What the provider itself has said last says more than that it is left alone now.
    return finish(last_ ? told(*last_, attempt_) : told(leave.error()));
  }
  keep(number, false, parts_->whom->attempt(what_, number, shared_from_this()));
}

void patient_call::keep(int attempt, bool pause, core::running_call_ptr running) {
  const std::lock_guard lock{guard_};
  if (!over_ && attempt_ == attempt && pausing_ == pause) running_.swap(running);
}

void patient_call::abort() {
  core::running_call_ptr running;
  std::optional<breaker::permit> leave;  // given back without a verdict
  const std::lock_guard lock{guard_};
  over_ = true;
  running = std::move(running_);
  if (leave_) leave.emplace(*std::move(leave_));
  leave_.reset();
}

void patient_call::on_text(int attempt, std::string text) {
  {
    const std::lock_guard lock{guard_};
    if (over_) return;
  }
  if (hear_.on_text) hear_.on_text(attempt, std::move(text));
}

void patient_call::on_answer(int attempt, core::model_answer answer) {
  judge(health::good);
  answer.model = parts_->name + "/" + what_.model;
  answer.attempts = attempt;
  finish(std::move(answer));
}

void patient_call::on_failure(int attempt, attempt_failure failure) {
  judge(failure.of_provider);
  const auto pause = pause_after(failure, attempt);
  if (!pause) return finish(told(std::move(failure.why), attempt));
  core::running_call_ptr ended;
  {
    const std::lock_guard lock{guard_};
    if (over_) return;
    last_ = std::move(failure.why);
    pausing_ = true;
    ended = std::move(running_);
  }
  parts_->with.watch->attempt_retried(parts_->name);
  if (hear_.on_retry) hear_.on_retry({attempt, told(*last_).detail, *pause});
  keep(attempt, true, parts_->with.waits->after(*pause, [self = shared_from_this()] { self->begin(); }));
}

void patient_call::judge(health what) {
  std::optional<breaker::permit> leave;
  {
    const std::lock_guard lock{guard_};
    if (!leave_) return;
    leave.emplace(*std::move(leave_));
    leave_.reset();
  }
  if (what == health::good) leave->succeeded();
  if (what == health::bad && leave->failed(parts_->with.time.now())) parts_->with.watch->circuit_opened(parts_->name);
}

std::optional<milliseconds> patient_call::pause_after(const attempt_failure& failure, int attempt) const {
  const auto& how = parts_->how;
  if (!failure.again || attempt >= how.attempts) return std::nullopt;
  const auto growing = how.first_pause * (std::int64_t{1} << std::min(attempt - 1, 20));
  const auto whole = std::min<milliseconds>(growing, how.longest_pause);
  auto pause = std::chrono::duration_cast<milliseconds>(whole * (0.5 + 0.5 * parts_->with.chance()));
  if (const auto asked = failure.why.retry_after) {
    if (*asked > how.longest_retry_after) return std::nullopt;
    pause = std::max<milliseconds>(pause, *asked);
  }
  // An attempt that the circuit would keep back is not worth the pause.
  if (parts_->circuit->open_for(parts_->with.time.now()) > pause) return std::nullopt;
  return pause;
}

error patient_call::told(error why) const {
  why.detail = parts_->name + "/" + what_.model + ": " + why.detail;
  // Some servers repeat the key that they refuse.
  const auto& secret = parts_->secret;
  for (auto at = why.detail.find(secret); !secret.empty() && at != std::string::npos; at = why.detail.find(secret)) {
    why.detail.replace(at, secret.size(), "***");
  }
  return why;
}

error patient_call::told(error why, int attempts) const {
  auto out = told(std::move(why));
  if (attempts > 1) out.detail += " (after " + std::to_string(attempts) + " attempts)";
  return out;
}

void patient_call::finish(result<core::model_answer> answer) {
  core::running_call_ptr running;
  {
    const std::lock_guard lock{guard_};
    if (std::exchange(over_, true)) return;
    running = std::move(running_);
  }
  done_(std::move(answer));
}

}  // namespace mofa::models

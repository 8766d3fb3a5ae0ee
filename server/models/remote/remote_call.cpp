#include "server/models/remote/remote_call.hpp"

#include <algorithm>
#include <utility>

namespace mofa::models {

void remote_call::begin() {
  core::running_call_ptr before;  // let go outside the lock
  int number = 0;
  {
    const std::lock_guard lock{guard_};
    if (over_) return;
    number = ++attempt_;
    pausing_ = false;
    before = std::move(running_);
  }
  const auto& with = parts_->with;
  auto leave = parts_->circuit->enter(with.time.now());
  // What the provider itself has said last says more than that it is left alone now.
  if (!leave) return finish(told(last_ ? *last_ : leave.error(), number - 1));
  auto request = parts_->wire->request_for(what_);
  request.trust = http_client::profile::trusted;
  request.connect_timeout = parts_->how.connect_timeout;
  request.idle_timeout = parts_->how.idle_timeout;
  auto to =
      std::make_shared<attempt>(number, shared_from_this(), parts_->wire->reader_for(what_), *std::move(leave), with.time);
  keep(number, false, with.http.start(std::move(request), std::move(to)));
}

void remote_call::keep(int attempt, bool pause, core::running_call_ptr running) {
  const std::lock_guard lock{guard_};
  if (!over_ && attempt_ == attempt && pausing_ == pause) running_.swap(running);
}

void remote_call::abort() {
  core::running_call_ptr running;
  const std::lock_guard lock{guard_};
  over_ = true;
  running = std::move(running_);
}

void remote_call::on_text(int attempt, std::string text) {
  {
    const std::lock_guard lock{guard_};
    if (over_) return;
  }
  on_delta_(attempt, std::move(text));
}

void remote_call::on_answer(int, core::model_answer answer) {
  answer.model = parts_->provider + "/" + what_.model;
  finish(std::move(answer));
}

void remote_call::on_failure(int attempt, attempt_failure failure) {
  const auto pause = pause_after(failure, attempt);
  if (!pause) return finish(told(std::move(failure.why), attempt));
  core::running_call_ptr request;
  {
    const std::lock_guard lock{guard_};
    if (over_) return;
    last_ = std::move(failure.why);
    pausing_ = true;
    request = std::move(running_);
  }
  keep(attempt, true, parts_->with.waits->after(*pause, [self = shared_from_this()] { self->begin(); }));
}

std::optional<milliseconds> remote_call::pause_after(const attempt_failure& failure, int attempt) const {
  const auto& how = parts_->how;
  if (!failure.again || attempt >= how.attempts) return std::nullopt;
  const auto growing = how.first_pause * (std::int64_t{1} << std::min(attempt - 1, 20));
  const auto whole = std::min<milliseconds>(growing, how.longest_pause);
  auto pause = std::chrono::duration_cast<milliseconds>(whole * (0.5 + 0.5 * parts_->with.chance()));
  if (const auto asked = failure.why.retry_after) {
    if (*asked > how.longest_retry_after) return std::nullopt;
    pause = std::max<milliseconds>(pause, *asked);
  }
  return pause;
}

error remote_call::told(error why, int attempts) const {
  why.detail = parts_->provider + "/" + what_.model + ": " + why.detail;
  if (attempts > 1) why.detail += " (after " + std::to_string(attempts) + " attempts)";
  // Some servers repeat the key that they refuse.
  const auto& secret = parts_->secret;
  for (auto at = why.detail.find(secret); !secret.empty() && at != std::string::npos; at = why.detail.find(secret)) {
    why.detail.replace(at, secret.size(), "***");
  }
  return why;
}

void remote_call::finish(result<core::model_answer> answer) {
  core::running_call_ptr running;
  {
    const std::lock_guard lock{guard_};
    if (std::exchange(over_, true)) return;
    running = std::move(running_);
  }
  done_(std::move(answer));
}

}  // namespace mofa::models

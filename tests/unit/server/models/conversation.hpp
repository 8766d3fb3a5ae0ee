// Conversations with a model, and what it answered: what the tests of all models share.
// Made by a test on its stack.
// The callbacks may come on another thread; await() waits for the end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/ports/model.hpp"

namespace mofa::test {

inline core::model_message said(core::model_message::from who, std::string text) {
  core::model_message out;
  out.role = who;
  out.text = std::move(text);
  return out;
}

inline core::model_message asked(std::string text) { return said(core::model_message::from::user, std::move(text)); }

inline core::model_message outcome(std::string tool, std::string text, bool failed = false) {
  auto out = said(core::model_message::from::tool, std::move(text));
  out.call_id = "call_" + tool;
  out.tool = std::move(tool);
  out.failed = failed;
  return out;
}

inline core::model_message calling(std::vector<core::tool_request> calls) {
  auto out = said(core::model_message::from::assistant, "");
  out.calls = std::move(calls);
  return out;
}

inline core::model_request request_of(std::vector<core::model_message> messages) {
  core::model_request out;
  out.effect_id = "task/3";
  out.model = "demo";
  out.messages = std::move(messages);
  return out;
}

/// A call under way and all that came of it.
class asking {
 public:
  asking(core::model& whom, core::model_request what) : all_(std::make_shared<heard>()) {
    call_ = whom.call(std::move(what),
                      {[all = all_](int attempt, std::string text) {
                         const std::lock_guard lock{all->guard};
                         all->deltas.emplace_back(attempt, std::move(text));
                         all->changed.notify_all();
                       },
                       [all = all_](core::failed_attempt failed) {
                         const std::lock_guard lock{all->guard};
                         all->retries.push_back(std::move(failed));
                       }},
                      [all = all_](result<core::model_answer> answer) {
                        const std::lock_guard lock{all->guard};
                        all->answer = std::move(answer);
                        ++all->answers;
                        all->changed.notify_all();
                      });
  }

  /// Waits up to 10 s for the answer; whether it came.
  bool await() {
    std::unique_lock lock{all_->guard};
    return all_->changed.wait_for(lock, std::chrono::seconds{10}, [this] { return all_->answers > 0; });
  }
  /// Waits up to 10 s for that many deltas; whether they came.
  bool await_deltas(std::size_t count) {
    std::unique_lock lock{all_->guard};
    return all_->changed.wait_for(lock, std::chrono::seconds{10}, [&] { return all_->deltas.size() >= count; });
  }
  void abort() { call_.reset(); }

  int answers() const {
    const std::lock_guard lock{all_->guard};
    return all_->answers;
  }
  result<core::model_answer> answer() const {
    const std::lock_guard lock{all_->guard};
    return all_->answer ? *all_->answer : result<core::model_answer>{fail(errc::internal, "no answer came")};
  }
  std::vector<std::pair<int, std::string>> deltas() const {
    const std::lock_guard lock{all_->guard};
    return all_->deltas;
  }
  /// The attempts that failed and were followed by another one.
  std::vector<core::failed_attempt> retries() const {
    const std::lock_guard lock{all_->guard};
    return all_->retries;
  }
  /// The text of the last attempt, as it came.
  std::string streamed() const {
    std::string out;
    int attempt = 0;
    for (const auto& [number, text] : deltas()) {
      if (number != attempt) out.clear();
      attempt = number;
      out += text;
    }
    return out;
  }

 private:
  struct heard {
    std::mutex guard;
    std::condition_variable changed;
    std::vector<std::pair<int, std::string>> deltas;
    std::vector<core::failed_attempt> retries;
    std::optional<result<core::model_answer>> answer;
    int answers = 0;
  };
  std::shared_ptr<heard> all_;
  core::running_call_ptr call_;
};

}  // namespace mofa::test

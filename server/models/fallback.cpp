#include "server/models/fallback.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace mofa::models {
namespace {

using answer_sink = callback<void(result<core::model_answer>)>;
using chain = std::vector<named_model>;

class chain_call : public std::enable_shared_from_this<chain_call> {
 public:
  chain_call(std::shared_ptr<const chain> models, core::model_request what, core::model_hearing hear, answer_sink done)
      : models_(std::move(models)), what_(std::move(what)), hear_(std::move(hear)), done_(std::move(done)) {}

  void begin(std::size_t index) {
    core::running_call_ptr before;  // let go outside the lock
    {
      const std::lock_guard lock{guard_};
      if (over_) return;
      index_ = index;
      offset_ = last_attempt_++;  // whatever comes of it, it is an attempt
      before = std::move(running_);
    }
    const auto& next = (*models_)[index];
    auto what = what_;
    what.model = next.name;
    auto running = next.model->call(
        std::move(what),
        {[self = shared_from_this()](int attempt, std::string text) { self->take_text(attempt, std::move(text)); },
         [self = shared_from_this()](core::failed_attempt failed) { self->take_retry(std::move(failed)); }},
        [self = shared_from_this(), index](result<core::model_answer> answer) { self->take(index, std::move(answer)); });
    const std::lock_guard lock{guard_};
    if (!over_ && index_ == index) running_.swap(running);
  }

  void abort() {
    core::running_call_ptr running;
    const std::lock_guard lock{guard_};
    over_ = true;
    running = std::move(running_);
  }

 private:
  void take_text(int attempt, std::string text) {
    {
      const std::lock_guard lock{guard_};
      if (over_) return;
      attempt += offset_;
      last_attempt_ = attempt;
    }
    if (hear_.on_text) hear_.on_text(attempt, std::move(text));
  }

  void take_retry(core::failed_attempt failed) {
    {
      const std::lock_guard lock{guard_};
      if (over_) return;
      failed.attempt += offset_;
      last_attempt_ = failed.attempt + 1;
    }
    if (hear_.on_retry) hear_.on_retry(std::move(failed));
  }

  void take(std::size_t index, result<core::model_answer> answer) {
    if (!answer && index + 1 < models_->size()) {
      core::failed_attempt failed;
      {
        const std::lock_guard lock{guard_};
        if (over_) return;
        failures_ += answer.error().detail + "; then ";
        failed = {last_attempt_, std::move(answer.error().detail), {}};
      }
      if (hear_.on_retry) hear_.on_retry(std::move(failed));
      return begin(index + 1);
    }
    {
      const std::lock_guard lock{guard_};
      if (std::exchange(over_, true)) return;
      if (!answer) answer.error().detail.insert(0, failures_);
      if (answer) answer->attempts += offset_;
    }
    done_(std::move(answer));
  }

  std::shared_ptr<const chain> models_;
  core::model_request what_;
  core::model_hearing hear_;
  answer_sink done_;

  std::mutex guard_;
  bool over_ = false;
  std::size_t index_ = 0;
  int offset_ = 0;  ///< attempts of the models before
  int last_attempt_ = 0;
  std::string failures_;
  core::running_call_ptr running_;
};

class handle final : public core::running_call {
 public:
  explicit handle(std::shared_ptr<chain_call> call) : call_(std::move(call)) {}
  ~handle() override { call_->abort(); }

 private:
  std::shared_ptr<chain_call> call_;
};

class chain_model final : public core::model {
 public:
  explicit chain_model(chain models) : models_(std::make_shared<const chain>(std::move(models))) {}

  core::running_call_ptr call(core::model_request what, core::model_hearing hear, answer_sink done) override {
    if (models_->size() == 1) {
      what.model = models_->front().name;
      return models_->front().model->call(std::move(what), std::move(hear), std::move(done));
    }
    auto made = std::make_shared<chain_call>(models_, std::move(what), std::move(hear), std::move(done));
    auto running = std::make_unique<handle>(made);
    made->begin(0);
    return running;
  }

 private:
  std::shared_ptr<const chain> models_;
};

}  // namespace

core::model_ptr chain_of(std::vector<named_model> models) { return std::make_shared<chain_model>(std::move(models)); }

}  // namespace mofa::models

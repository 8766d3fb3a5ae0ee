// A timer whose time a test moves itself: waits are kept until advance() passes their moment.
// Made by a test for the models that it builds; the waits share its queue.
// One thread: that of the test.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "server/models/timer.hpp"

namespace mofa::test {

class manual_timer final : public models::timer {
 public:
  core::running_call_ptr after(models::milliseconds delay, callback<void()> then) override {
    const std::pair at{shared_->now + delay, ++shared_->last};
    shared_->waiting.emplace(at, std::move(then));
    return std::make_unique<wait>(shared_, at);
  }

  /// Calls everything that is due by then, also what is asked for meanwhile.
  void advance(models::milliseconds by) {
    const auto until = shared_->now + by;
    while (!shared_->waiting.empty() && shared_->waiting.begin()->first.first <= until) {
      auto first = shared_->waiting.extract(shared_->waiting.begin());
      shared_->now = first.key().first;
      first.mapped()();
    }
    shared_->now = until;
  }

  std::size_t waiting() const { return shared_->waiting.size(); }
  /// From now to the first wait.
  models::milliseconds next() const { return shared_->waiting.begin()->first.first - shared_->now; }

 private:
  using place = std::pair<models::milliseconds, int>;
  struct queue {
    models::milliseconds now{0};
    int last = 0;
    std::map<place, callback<void()>> waiting;
  };
  class wait final : public core::running_call {
   public:
    wait(std::shared_ptr<queue> in, place at) : in_(std::move(in)), at_(at) {}
    ~wait() override { in_->waiting.erase(at_); }

   private:
    std::shared_ptr<queue> in_;
    place at_;
  };
  std::shared_ptr<queue> shared_ = std::make_shared<queue>();
};

}  // namespace mofa::test

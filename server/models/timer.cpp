#include "server/models/timer.hpp"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace mofa::models {
namespace {

using steady = std::chrono::steady_clock;

/// What the thread and the waits share: a wait may outlive the timer.
struct queue {
  using place = std::pair<steady::time_point, std::uint64_t>;

  std::mutex guard;
  std::condition_variable changed;
  std::map<place, callback<void()>> waiting;
  std::uint64_t last_number = 0;
  bool stopping = false;
};

class wait final : public core::running_call {
 public:
  wait(std::shared_ptr<queue> in, queue::place at) : in_(std::move(in)), at_(at) {}
  ~wait() override {
    callback<void()> dropped;  // what it holds is let go outside the lock
    const std::lock_guard lock{in_->guard};
    const auto found = in_->waiting.find(at_);
    if (found == in_->waiting.end()) return;
    dropped = std::move(found->second);
    in_->waiting.erase(found);
  }

 private:
  std::shared_ptr<queue> in_;
  queue::place at_;
};

void run(queue& from) {
  std::unique_lock lock{from.guard};
  while (!from.stopping) {
    if (from.waiting.empty()) {
      from.changed.wait(lock);
      continue;
    }
    const auto first = from.waiting.begin();
    if (const auto due = first->first.first; steady::now() < due) {
      from.changed.wait_until(lock, due);
      continue;
    }
    {
      auto then = std::move(first->second);
      from.waiting.erase(first);
      lock.unlock();
      then();
    }
    lock.lock();
  }
}

class thread_timer final : public timer {
 public:
  thread_timer() : queue_(std::make_shared<queue>()), thread_([shared = queue_] { run(*shared); }) {}
  ~thread_timer() override { end(); }

  void stop() override { end(); }

  core::running_call_ptr after(milliseconds delay, callback<void()> then) override {
    queue::place at;
    {
      const std::lock_guard lock{queue_->guard};
      if (queue_->stopping) return nullptr;
      at = {steady::now() + delay, ++queue_->last_number};
      queue_->waiting.emplace(at, std::move(then));
    }
    queue_->changed.notify_one();
    return std::make_unique<wait>(queue_, at);
  }

 private:
  void end() {
    std::map<queue::place, callback<void()>> dropped;
    {
      const std::lock_guard lock{queue_->guard};
      queue_->stopping = true;
      dropped.swap(queue_->waiting);
    }
    queue_->changed.notify_one();
    if (!thread_.joinable()) return;
    // The last owner may have been a wait: its thread cannot wait for itself, and ends by itself with the queue.
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();
    } else {
      thread_.join();
    }
  }

  std::shared_ptr<queue> queue_;
  std::thread thread_;
};

}  // namespace

timer_ptr start_timer() { return std::make_shared<thread_timer>(); }

}  // namespace mofa::models

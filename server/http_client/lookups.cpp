#include "server/http_client/lookups.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "server/http_client/threads.hpp"

namespace mofa::http_client {
namespace {

// Made when they are needed. Names of which nobody hears hold a thread each, for as long as the resolver tries; webhooks of
// hosts that are not known to answer ask for 32 at one time, and others must not wait behind them.
constexpr std::size_t most_threads = 96;
constexpr std::size_t most_waiting = 1000;

using answer = callback<void(result<std::vector<ip_address>>)>;

}  // namespace

struct lookups::shared {
  struct question {
    std::string name;
    std::shared_ptr<const call_state> asker;
    answer done;
  };

  explicit shared(std::shared_ptr<resolver> from) : names(std::move(from)) {}

  const std::shared_ptr<resolver> names;
  std::mutex guard;
  std::condition_variable changed;
  std::deque<question> waiting;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool closed = false;

  static void work(const std::shared_ptr<shared>& self) {
    for (;;) {
      std::unique_lock lock{self->guard};
      ++self->idle;
      self->changed.wait(lock, [&] { return self->closed || !self->waiting.empty(); });
      --self->idle;
      if (self->closed) return;
      auto next = std::move(self->waiting.front());
      self->waiting.pop_front();
      lock.unlock();
      // Behind slow names nobody may be left who wants the answer.
      if (next.asker->running()) next.done(self->names->resolve(next.name));
    }
  }

  /// Whether there is room for one more, once those are gone whose askers have given up.
  bool has_room() {
    if (waiting.size() < most_waiting) return true;
    std::erase_if(waiting, [](const question& each) { return !each.asker->running(); });
    return waiting.size() < most_waiting;
  }

  /// Whether somebody will take the questions that wait.
  static bool has_worker(const std::shared_ptr<shared>& self) {
    if (self->idle >= self->waiting.size() || self->threads == most_threads) return true;
    try {
      start_quiet_thread([self] { work(self); }).detach();
      ++self->threads;
    } catch (const std::system_error&) {
      return self->threads > 0;
    }
    return true;
  }
};

lookups::lookups(std::shared_ptr<resolver> names) : shared_(std::make_shared<shared>(std::move(names))) {}

lookups::~lookups() {
  std::deque<shared::question> dropped;
  const std::lock_guard lock{shared_->guard};
  shared_->closed = true;
  dropped.swap(shared_->waiting);
  shared_->changed.notify_all();
}

void lookups::ask(std::string name, std::shared_ptr<const call_state> asker, answer done) {
  std::unique_lock lock{shared_->guard};
  if (!shared_->has_room()) {
    lock.unlock();
    return done(fail(errc::unavailable, "too many names wait for their addresses"));
  }
  shared_->waiting.push_back({std::move(name), std::move(asker), std::move(done)});
  if (shared::has_worker(shared_)) {
    shared_->changed.notify_one();
    return;
  }
  auto unanswered = std::move(shared_->waiting.back());
  shared_->waiting.pop_back();
  lock.unlock();
  unanswered.done(fail(errc::unavailable, "no thread to look up a name"));
}

}  // namespace mofa::http_client

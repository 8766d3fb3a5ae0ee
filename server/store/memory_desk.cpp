#include "server/store/memory_desk.hpp"

#include <utility>

namespace mofa::store {
namespace {

error closed() { return fail(errc::unavailable, "the server stops"); }

}  // namespace

memory_desk::memory_desk(core::store& behind, const clock& time)
    : behind_(behind), time_(time), thread_([this] { work(); }) {}

memory_desk::~memory_desk() {
  {
    const std::lock_guard lock{guard_};
    closing_ = true;
  }
  news_.notify_all();
  thread_.join();
  for (auto& each : waiting_) each(nullptr);
}

void memory_desk::get(core::caller who, std::string context_id, std::string key,
                      callback<void(result<std::optional<std::string>>)> done) {
  enqueue([who = std::move(who), context_id = std::move(context_id), key = std::move(key),
           done = std::move(done)](core::store* from) mutable {
    if (from == nullptr) return done(closed());
    done(from->memory_get(who, context_id, key));
  });
}

void memory_desk::put(core::caller who, std::string context_id, std::string key, std::optional<std::string> value,
                      callback<void(result<void>)> done) {
  enqueue([this, who = std::move(who), context_id = std::move(context_id), key = std::move(key), value = std::move(value),
           done = std::move(done)](core::store* to) mutable {
    if (to == nullptr) return done(closed());
    done(to->memory_put(who, context_id, key, value, time_.now()));
  });
}

void memory_desk::enqueue(question what) {
  {
    const std::lock_guard lock{guard_};
    waiting_.push_back(std::move(what));
  }
  news_.notify_one();
}

void memory_desk::work() {
  std::unique_lock lock{guard_};
  for (;;) {
    news_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (closing_) return;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    next(&behind_);
    next = {};
    lock.lock();
  }
}

}  // namespace mofa::store

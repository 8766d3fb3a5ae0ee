// The memory desk: the memory of contexts for tools, which must not wait for a disk themselves.
// Made and owned by the app beside the store, which outlives it; asked by the memory tools.
// One thread of its own asks the store, one question after the other; completions are called on it.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "protocols/core/ports/context_memory.hpp"
#include "protocols/core/ports/store.hpp"

namespace mofa::store {

class memory_desk final : public core::context_memory {
 public:
  memory_desk(core::store& behind, const clock& time);
  /// Questions that still wait are answered unavailable; not from within a completion.
  ~memory_desk() override;
  memory_desk(const memory_desk&) = delete;
  memory_desk& operator=(const memory_desk&) = delete;

  void get(core::caller who, std::string context_id, std::string key,
           callback<void(result<std::optional<std::string>>)> done) override;
  void put(core::caller who, std::string context_id, std::string key, std::optional<std::string> value,
           callback<void(result<void>)> done) override;

 private:
  /// With a store: ask it; without one: there is none any more.
  using question = callback<void(core::store*)>;
  void enqueue(question what);
  void work();

  core::store& behind_;
  const clock& time_;
  std::mutex guard_;
  std::condition_variable news_;
  std::deque<question> waiting_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace mofa::store

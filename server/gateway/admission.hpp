// The in-flight gate: how many requests may be handled at one time; who finds it full gets 503 at once.
// Owned by the gateway; each request that is let in owns a slot until its answer is there.
// Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace mofa::gateway {

class admission {
 public:
  explicit admission(std::size_t limit) : limit_(limit) {}

  /// A place in the gate; given back when it goes away.
  class slot {
   public:
    slot() = default;
    explicit slot(admission& gate) : gate_(&gate) {}
    slot(slot&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    slot& operator=(slot&& other) noexcept {
      if (this != &other) {
        leave();
        gate_ = std::exchange(other.gate_, nullptr);
      }
      return *this;
    }
    ~slot() { leave(); }

    explicit operator bool() const { return gate_ != nullptr; }
    void leave() {
      if (auto* gate = std::exchange(gate_, nullptr)) gate->inside_.fetch_sub(1, std::memory_order_relaxed);
    }

   private:
    admission* gate_ = nullptr;
  };

  std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
  /// From now on so many; who is inside stays.
  void allow(std::size_t limit) { limit_.store(limit, std::memory_order_relaxed); }

  /// An empty slot when the gate is full.
  slot enter() {
    if (inside_.fetch_add(1, std::memory_order_relaxed) < limit()) return slot{*this};
    inside_.fetch_sub(1, std::memory_order_relaxed);
    return {};
  }

 private:
  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> inside_{0};
};

}  // namespace mofa::gateway

// The line limit: how many lines a second are written of what can come as a flood; the next one tells what was left out.
// Owned by the probe that writes the lines.
// Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

namespace mofa::telemetry {

class line_limit {
 public:
  using time = std::chrono::steady_clock::time_point;

  /// How many lines were left out before this one; nothing when this one is to be left out.
  std::optional<int> admit(time now = std::chrono::steady_clock::now()) {
    const std::lock_guard lock{mutex_};
    if (now - since_ >= std::chrono::seconds{1}) {
      since_ = now;
      written_ = 0;
    }
    if (++written_ <= lines_per_second) return std::exchange(left_out_, 0);
    ++left_out_;
    return std::nullopt;
  }

 private:
  static constexpr int lines_per_second = 10;

  std::mutex mutex_;
  time since_{};
  int written_ = 0;
  int left_out_ = 0;
};

}  // namespace mofa::telemetry

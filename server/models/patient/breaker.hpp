// The circuit breaker: after so many failures in a row a provider is left alone for a while, then tried with one call.
// One for each provider, owned by its patient model and by the calls under way.
// Thread-safe; the time is an argument.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "server/base/clock.hpp"
#include "server/base/result.hpp"

namespace mofa::models {

class breaker : public std::enable_shared_from_this<breaker> {
 public:
  /// Leave for one attempt. Let go without a verdict it proves nothing, and a trial is up for the next one.
  class permit {
   public:
    permit() = default;
    permit(std::shared_ptr<breaker> of, bool trial) : of_(std::move(of)), trial_(trial) {}
    permit(permit&&) = default;
    permit& operator=(permit&&) = delete;
    ~permit();

    void succeeded();
    /// Whether this failure has opened the circuit.
    bool failed(time_point now);

   private:
    std::shared_ptr<breaker> of_;
    bool trial_ = false;
  };

  breaker(int failures, milliseconds pause) : failures_max_(failures), pause_(pause) {}

  /// Error unavailable while it is open, or while a trial is under way; `retry_after` says when.
  result<permit> enter(time_point now);
  /// For how long it is open yet; zero when it is not, or when a trial is due.
  milliseconds open_for(time_point now);

 private:
  milliseconds left(time_point now) const;

  std::mutex guard_;
  int failures_max_;
  milliseconds pause_;
  int failures_ = 0;  ///< in a row
  std::optional<time_point> opened_;
  bool trial_ = false;
};

}  // namespace mofa::models

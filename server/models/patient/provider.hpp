// A provider: who answers one attempt of a call, with no patience of its own: behind HTTP, or by rules.
// Made by the registry, owned by the patient model that asks it, which decides about pauses and further attempts.
// attempt() on any thread; watchers are told on the provider's threads, or before attempt() returns.
#pragma once

#include <memory>
#include <string>

#include "protocols/core/ports/model.hpp"

namespace mofa::models {

/// What a failed attempt says of the provider, for its circuit breaker.
enum class health {
  good,    ///< it is there, if only to refuse
  bad,     ///< it is not there, or answers nonsense
  unknown  ///< nothing: it asked for a pause, or nobody came as far as to it
};

struct attempt_failure {
  error why;           ///< without the provider's name; retry_after when it asked for a pause
  bool again = false;  ///< another attempt may succeed
  health of_provider = health::unknown;
};

/// Hears of an attempt: pieces of text, then exactly one of the other two.
class attempt_watcher {
 public:
  virtual ~attempt_watcher() = default;
  virtual void on_text(int attempt, std::string text) = 0;
  /// `model` and `attempts` of the answer are filled in by the watcher.
  virtual void on_answer(int attempt, core::model_answer answer) = 0;
  virtual void on_failure(int attempt, attempt_failure failure) = 0;
};

/// Of a refusal by HTTP status: whether another attempt may succeed (408, 425, 429, 5xx), and what it says of the provider.
constexpr bool is_worth_another(int status) { return status == 408 || status == 425 || status == 429 || status >= 500; }
constexpr health health_by(int status) {
  if (status == 429) return health::unknown;
  return is_worth_another(status) ? health::bad : health::good;
}

class provider {
 public:
  virtual ~provider() = default;
  /// Makes the attempt of that number, counted from 1. Destroying the result ends it, but for a callback that is already
  /// under way.
  virtual core::running_call_ptr attempt(const core::model_request& what, int number,
                                         std::shared_ptr<attempt_watcher> to) const = 0;
};
using provider_ptr = std::shared_ptr<const provider>;

}  // namespace mofa::models

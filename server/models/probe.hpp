// The models' probe: what happens between a call and its provider, for whoever counts and logs it.
// Implemented by telemetry, injected by the app; the null one drops everything.
// Called on any thread, by several at the same time; must not block.
#pragma once

#include <string_view>

namespace mofa::models {

/// `provider` is its name in the configuration.
class probe {
 public:
  virtual ~probe() = default;

  /// An attempt failed, and after a pause another one follows.
  virtual void attempt_retried(std::string_view /*provider*/) {}
  /// So many failures in a row, or a trial that failed: the provider is left alone for a while.
  virtual void circuit_opened(std::string_view /*provider*/) {}
  /// An attempt was not made, since the provider is left alone.
  virtual void circuit_refused(std::string_view /*provider*/) {}
};

}  // namespace mofa::models

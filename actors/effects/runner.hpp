// Runners: how one type of effect is run. Each starts a call and tells the effects room how it went.
// Owned by the effects actor; one for each type ("tool", "model", "child", "recall").
// start() is called on the actor's thread and must not block; hooks may be called on any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/system/messages.hpp"
#include "protocols/core/ports/model.hpp"
#include "protocols/core/ports/running_call.hpp"
#include "server/base/callback.hpp"

namespace mofa::effects {

using core::json;

/// How an effect ended: its value or its error, and what it used.
struct effect_end {
  result<json> value = fail(errc::internal, "no outcome");
  core::usage used;
  bool again = false;  ///< nobody knows how it went: it is to be looked for, not resolved. Only for what holds no slot
};

struct hooks {
  /// A piece of text, as it comes; a new attempt begins the text anew.
  std::function<void(int attempt, std::string text)> on_text;
  /// An attempt has failed, and another one follows.
  std::function<void(core::failed_attempt what)> on_retry;
  /// Once, at most.
  callback<void(effect_end)> done;
};

class runner {
 public:
  virtual ~runner() = default;
  /// Runs the effect; the result's destruction gives it up.
  virtual core::running_call_ptr start(const actors::run_effect& order, hooks to) = 0;
  /// Its task has ended: beyond giving it up, whatever it began outside is to be stopped.
  virtual void abort(const actors::run_effect& /*order*/) {}
};

}  // namespace mofa::effects

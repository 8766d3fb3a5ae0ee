// The timer: calls back after a while, unless nobody waits any more. Delays of the scripted model, pauses between attempts.
// Made and owned by the app, shared by all models; a wait is owned by whoever asked for it.
// One thread of its own; after() and the end of a wait on any thread.
#pragma once

#include <chrono>
#include <memory>

#include "protocols/core/ports/running_call.hpp"
#include "server/base/callback.hpp"

namespace mofa::models {

using std::chrono::milliseconds;

/// A test brings one whose time it moves itself.
class timer {
 public:
  virtual ~timer() = default;
  /// Calls `then` once, on the timer's thread, where it must not block. Destroying the wait cancels it, but for a call that
  /// is already under way.
  [[nodiscard]] virtual core::running_call_ptr after(milliseconds delay, callback<void()> then) = 0;
  /// Drops the waits that are left; when it returns, none is under way and none will come, also of those asked for later.
  /// Called before what they need (the HTTP client) goes away; not from within a wait.
  virtual void stop() {}
};
using timer_ptr = std::shared_ptr<timer>;

/// Starts the thread. Without a stop() its end stops it.
timer_ptr start_timer();

}  // namespace mofa::models

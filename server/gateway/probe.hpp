// The gateway's probe: what happens at the door, for whoever counts and logs it.
// Implemented by telemetry, injected by the app; the null one drops everything.
// Called on any of the gateway's threads, several at a time; must not block.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace mofa::gateway {

/// Texts live only during the call, except patterns, which live as long as the gateway.
class probe {
 public:
  virtual ~probe() = default;

  /// The gateway listens, with routes of so many patterns. Before anything else, once.
  virtual void routes_known(std::size_t /*patterns*/) {}

  virtual void connection_opened() {}
  virtual void connection_closed() {}
  /// Beyond the limit of connections.
  virtual void connection_refused() {}
  /// A deadline of a connection passed: "header", "body", "idle" or "write".
  virtual void connection_timed_out(std::string_view /*during*/) {}

  /// A request has its route and begins to be handled.
  virtual void request_started(std::string_view /*pattern*/) {}
  /// Its answer is written, or the client is gone. `pattern` is "unmatched" when there is no such route, and "door" when the
  /// gateway answered at the door of one; `method` is "OTHER" when it is none that HTTP knows. `request_id` and `path` are
  /// for a log, not for labels.
  virtual void request_finished(std::string_view /*pattern*/, std::string_view /*method*/, int /*status*/,
                                std::chrono::nanoseconds /*took*/, std::string_view /*request_id*/,
                                std::string_view /*path*/) {}
  /// The gateway itself said no; `reason` is the stable name of an errc.
  virtual void request_refused(std::string_view /*reason*/) {}
  /// A handler let go of its responder without an answer; the client got 500.
  virtual void answer_dropped(std::string_view /*pattern*/) {}

  virtual void stream_opened() {}
  virtual void stream_closed() {}
  /// Live frames that a slow reader did not get.
  virtual void frames_dropped(std::size_t /*count*/) {}

  virtual void websocket_opened() {}
  /// `reason`: "client" (said goodbye), "gone", "idle", "slow" (1013), "too_big" (1009), "binary" (1003), "protocol" (1002,
  /// 1007), "draining" (1001), "stopped", "failed".
  virtual void websocket_closed(std::string_view /*reason*/) {}
  /// A message came "in" or went "out".
  virtual void websocket_message(std::string_view /*direction*/) {}

  /// Something that should not happen: one line for the operator.
  virtual void failure(std::string_view /*detail*/) {}
};

}  // namespace mofa::gateway

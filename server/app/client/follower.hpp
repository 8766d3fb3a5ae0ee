// The follower: a task's stream, from its submission or from any event, over as many connections as it takes.
// Called by the commands that show a task as it goes on; owned by nobody.
// The main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/app/client/session.hpp"

namespace mofa::app::client {

/// Takes what happens to a task, each event once and in order.
class event_listener {
 public:
  virtual ~event_listener() = default;
  /// A durable event, and its text as it was sent.
  virtual void on_event(const json& event, const std::string& text) = 0;
  /// A live frame: "delta" or "progress", and the text of its data.
  virtual void on_frame(const std::string& kind, const std::string& text) = 0;
  /// Whether nothing more is wanted.
  virtual bool satisfied() const = 0;
};

/// What begins the stream.
struct follow_start {
  /// A submission: path and body of the POST. It is sent with an Idempotency-Key, so that it may be repeated.
  std::string submit_path{}, submit_body{};
  /// Or a task that there is already, and the number of the last event that is not wanted.
  std::string task{};
  std::uint64_t after = 0;
};

struct followed {
  std::string task;
  std::uint64_t last = 0;  ///< number of the last event that was heard
};

/// Follows until the listener is satisfied or the task has ended. A connection that breaks is made again after the last
/// event heard (Last-Event-ID), for as long as the user's patience lasts. Stops: unreachable, refused, interrupted (the task
/// goes on; its lines say how to attach again).
outcome<followed> follow(session& with, follow_start from, event_listener& to);

}  // namespace mofa::app::client

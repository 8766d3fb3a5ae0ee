// What clients say over the WebSocket of the API: one JSON object a frame, {"type", "id", …}, read strictly.
// Made by the conversation from a text message, used up at once.
// Pure values and functions; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/ports/task_service.hpp"

namespace mofa::websocket {

/// What a subscription follows: a task, or else the topics of a pattern.
struct source {
  std::optional<task_id> task;
  std::string topic;

  friend bool operator==(const source&, const source&) = default;
  friend auto operator<=>(const source&, const source&) = default;
};

/// {"type": "submit", "agent", …}: the members of the POST's body.
struct submit_order {
  core::submission what;
};
/// {"type": "message", "task_id", "message"}
struct message_order {
  task_id to;
  core::message what;
};
/// {"type": "cancel", "task_id", "reason"?}
struct cancel_order {
  task_id which;
  std::string reason;
};
/// {"type": "subscribe", "task_id" | "topic", "after"?}
struct subscribe_order {
  source to;
  std::optional<std::uint64_t> after;  ///< a task's begin is 0; without it a topic is followed from now on
};
/// {"type": "unsubscribe", "task_id" | "topic"}
struct unsubscribe_order {
  source from;
};
/// {"type": "ping"}
struct ping_order {};

using order = std::variant<submit_order, message_order, cancel_order, subscribe_order, unsubscribe_order, ping_order>;

struct client_frame {
  std::string id = "null";  ///< as JSON text: a string or an integer; null when there is none that can be read
  result<order> what = order{};
};

/// Errors: invalid_syntax (not JSON, with line and column), invalid (each place by its JSON pointer).
client_frame read_frame(std::string_view text);

/// What the caller must be allowed to do for it; nothing: everybody may.
std::optional<core::scope> scope_of(const order& what);

}  // namespace mofa::websocket

// What the server says over the WebSocket of the API: one JSON object a frame, with the id of the frame that it answers.
// Called by the conversation; the text goes to the client.
// Pure functions over values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/core/event.hpp"
#include "protocols/core/task.hpp"
#include "protocols/core/topic.hpp"
#include "server/base/error.hpp"

namespace mofa::websocket {

// `id` is JSON text in all of them.

/// {"type": "ack", "id", "task"}: the task as the REST API shows it.
std::string ack(std::string_view id, const core::task& what);
/// {"type": "ack", "id"}
std::string ack(std::string_view id);
/// {"type": "event", "id", "event"}: the durable event, the same bytes as everywhere.
std::string event_frame(std::string_view id, const core::event& what);
/// {"type": "event", "id", "event", "dropped"?}: a message of a topic; `dropped` only when it is not 0.
std::string event_frame(std::string_view id, const core::topic_message& what, std::uint64_t dropped);
/// {"type": "delta" | "progress", "id", "data"}
std::string live_frame(std::string_view id, const core::live_frame& what);
/// {"type": "error", "id", "problem"}: the problem object of RFC 9457 as it would be the body over HTTP.
std::string error_frame(std::string_view id, const error& why, std::string_view request_id);
/// {"type": "pong", "id"}
std::string pong(std::string_view id);

}  // namespace mofa::websocket

// Encoders: tasks, events, agents, contexts, topics and the supervision tree as the JSON of the REST API.
// Called by the handlers with what a port answered; the text becomes the body of a response.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/json_text.hpp"
#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/ports/topic_service.hpp"
#include "protocols/core/task.hpp"
#include "protocols/core/task_text.hpp"

namespace mofa::rest {

using core::append_json;
using core::append_labels;
using core::append_message;
using core::append_number;
using core::append_row;
using core::append_string;
using core::append_string_or_null;
using core::append_task;
using core::append_time;
using core::whole_history;

/// The task with its artifacts and the last `history` messages.
std::string encode(const core::task& value, std::size_t history = whole_history);
/// {"items": [task without history and artifacts…], "next_cursor"}
std::string encode(const core::page<core::task_row>& value);
/// {"items": [event…], "next_cursor"}: the events byte for byte as in the journal; `next` is the number to continue after, 0
/// at the end.
std::string encode_events(const std::vector<core::event_ptr>& events, std::uint64_t next);

/// {"items": [agent…], "next_cursor"}
std::string encode(const core::page<core::agent_info>& value);
/// The agent with its limits, its supervision and its document as written.
std::string encode(const core::agent_info& value);
/// {"items": [{"version", "created_at", "hash"}…], "next_cursor": null}
std::string encode(const std::vector<core::agent_version>& value);
/// What the agent's actor does right now.
std::string encode(const core::agent_actor_info& value, std::string_view agent);
/// The tree from this node down.
std::string encode(const core::supervision_node& value);

std::string encode(const core::context_info& value);
std::string encode(const core::page<core::context_info>& value);
/// {"items": [message…], "next_cursor"}
std::string encode(const core::page<core::message>& value);

/// {"delivered", "seq"}; seq is null when the message is not kept.
std::string encode(const core::published& value);
/// {"items": [topic…], "next_cursor"}
std::string encode(const core::page<core::topic_info>& value);

/// {"items": […], "next_cursor"} around what `append(out, item)` writes.
template <class T, class Append>
std::string encode_page(const std::vector<T>& items, std::string_view next_cursor, Append append) {
  std::string out = "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    append(out, items[i]);
  }
  out += "],\"next_cursor\":";
  append_string_or_null(out, next_cursor);
  out += '}';
  return out;
}

}  // namespace mofa::rest

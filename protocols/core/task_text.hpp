// Tasks and messages as the JSON text of the API: what REST answers and what the WebSocket acknowledges with.
// Used by the dialects that speak the API's own shapes; the string belongs to them.
// Pure functions over values; any thread.
#pragma once

#include <limits>
#include <string>

#include "protocols/core/task.hpp"

namespace mofa::core {

inline constexpr std::size_t whole_history = std::numeric_limits<std::size_t>::max();

/// The task with its artifacts and the last `history` messages, members in the order of the API.
void append_task(std::string& out, const task& value, std::size_t history = whole_history);
/// The task without history and artifacts: an entry of a list.
void append_row(std::string& out, const task_row& value);
void append_message(std::string& out, const message& value);
void append_labels(std::string& out, const label_map& labels);

}  // namespace mofa::core

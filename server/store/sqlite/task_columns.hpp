// The row of a task as columns and back.
// Used by every statement on `tasks`; owned by nobody.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/event.hpp"
#include "protocols/core/task.hpp"
#include "server/base/result.hpp"
#include "server/store/sqlite/connection.hpp"

namespace mofa::store {

/// For SELECT, in the order that read_task expects.
#define MOFA_TASK_COLUMNS                                                                                          \
  "id, tenant, owner, agent, agent_version, context_id, parent_id, created_at, durability, state, code, message, " \
  "status_at, priority, updated_at, input_tokens, output_tokens, cost_microusd, model_calls, tool_calls, labels, " \
  "last_seq, decided_seq, wake"

/// The row that the statement stands on. Error: corrupt.
result<core::task_row> read_task(const statement& row);

/// For SELECT, in the order that read_event expects.
#define MOFA_EVENT_COLUMNS "task, seq, kind, version, at, data"

core::event_ptr read_event(const statement& row);

/// JSON text; nothing for no labels, no message.
std::optional<std::string> labels_text(const core::label_map& labels);
std::optional<std::string> message_text(const std::optional<core::message>& message);

}  // namespace mofa::store

// The completion: an ended task as OpenAI's clients see it; and what its plain and its streamed form have in common.
// Made by the handler of a completion from the task that it waited for.
// Pure functions over values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/event.hpp"
#include "protocols/core/task.hpp"

namespace mofa::openai {

/// What every object of one completion says of itself.
struct completion_name {
  std::string id;            ///< "chatcmpl-" and the task's id
  std::int64_t created = 0;  ///< seconds since 1970
  std::string model;         ///< the agent
};
completion_name name_of(const core::task_row& task);

/// The agent's message as text, data parts as JSON; behind it, after an empty line each, what its artifacts hold.
std::string content_of(const core::message* said, const std::vector<core::artifact>& artifacts);
/// The same of a task; one that ended without words and artifacts says what its agent said last.
std::string content_of(const core::task& what);

/// "stop", "length" or "content_filter", as the model said with that `effect_resolved`; anything else is "stop".
std::string_view finish_reason(const core::json& resolved);
/// The same for the last effect among these events.
std::string_view finish_reason(const std::vector<core::event_ptr>& last_events);

/// {"prompt_tokens", "completion_tokens", "total_tokens"}: of all model calls of the task and of its children.
std::string usage_text(const core::usage& used);

/// The object `chat.completion`.
std::string completion_text(const core::task& what, std::string_view content, std::string_view finish);

}  // namespace mofa::openai

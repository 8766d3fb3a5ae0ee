// The request of a completion (OpenAI API reference, "Create chat completion"), as far as an agent can be asked by it.
// Read from the body of POST /v1/chat/completions; the handler makes a task of it.
// A pure function over values; any thread.
#pragma once

#include <variant>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/openai/fault.hpp"

namespace mofa::openai {

struct completion_request {
  core::submission what;  ///< agent, message, history and instructions
  bool stream = false;
  bool include_usage = false;  ///< of `stream_options`
};

/// The last message must be a user's: it is the task's; those of user and assistant before it are its history, those of
/// system and developer its instructions. Contents are a text or text parts. A member that is null is one that is not there.
///
/// Faults, all 400: `missing_required_parameter`, `invalid_value`; `unsupported_parameter` for what OpenAI has and agents
/// have not (`tools`, `n` above 1, `logprobs`, …); `unknown_parameter`, naming the nearest known one. What agents decide
/// themselves and clients send by habit is accepted and not read: temperature, top_p, max_tokens, max_completion_tokens,
/// user, seed, stop, presence_penalty, frequency_penalty, metadata, store.
std::variant<completion_request, fault> read_completion_request(const core::json& body);

}  // namespace mofa::openai

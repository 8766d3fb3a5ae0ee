// The body of POST /chat/completions (OpenAI API reference, "Create chat completion"): a conversation as its wire wants it.
// Made by a provider for each call.
// A pure function over values; any thread.
#pragma once

#include <string>

#include "protocols/core/ports/model.hpp"

namespace mofa::openai {

/// Where servers that speak this wire differ.
struct flavour {
  /// The bound of the answer is `max_completion_tokens` (OpenAI itself); else `max_tokens` (everybody else).
  bool completion_tokens = false;
};

/// With `stream: true` and `stream_options.include_usage`. A tool's failure is told as text: the wire has no mark for it.
/// Arguments that were malformed are sent as {}: servers that read them would refuse the whole conversation.
std::string request_body(const core::model_request& what, const flavour& how);

}  // namespace mofa::openai

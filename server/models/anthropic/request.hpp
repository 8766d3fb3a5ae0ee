// The body of POST /v1/messages (Anthropic Messages API): a conversation as its wire wants it.
// Made by the provider for each call.
// A pure function over values; any thread.
#pragma once

#include <string>

#include "protocols/core/ports/model.hpp"

namespace mofa::models {

/// System messages become `system`; outcomes of tools become blocks of a user message; neighbours of one role become one
/// message. Without a bound the answer may have 4096 tokens: this wire demands one. An output schema is told as a
/// sentence of `system`.
std::string anthropic_body(const core::model_request& what);

}  // namespace mofa::models

// The estimate of tokens: a quarter of the bytes, rounded up; for budgets, and where a provider does not count.
// Asked by models with what they were asked and what they answered.
// Pure functions over values; any thread.
#pragma once

#include <cstdint>

#include "protocols/core/ports/model.hpp"

namespace mofa::core {

/// Of all texts, calls and tools of the request.
std::int64_t estimated_input_tokens(const model_request& what);
/// Of the answer's text and calls.
std::int64_t estimated_output_tokens(const model_answer& answer);

}  // namespace mofa::core

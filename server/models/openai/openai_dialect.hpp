// The dialect of OpenAI's chat completions, also of the many servers that speak it: POST base_url/chat/completions.
// Made by the registry for each provider of kind `openai`.
// Immutable; any thread.
#pragma once

#include "server/models/remote/dialect.hpp"

namespace mofa::models {

std::shared_ptr<const dialect> openai_dialect(access where);

}  // namespace mofa::models

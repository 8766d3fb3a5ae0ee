// The dialect of Anthropic's Messages API: POST base_url/v1/messages (base_url/messages when it ends in /v1 already).
// Made by the registry for each provider of kind `anthropic`.
// Immutable; any thread.
#pragma once

#include "server/models/remote/dialect.hpp"

namespace mofa::models {

std::shared_ptr<const dialect> anthropic_dialect(access where);

}  // namespace mofa::models

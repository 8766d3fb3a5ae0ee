// The remote provider: one that is asked over HTTP, in its own dialect.
// Made by the registry for each provider of kind `openai` and `anthropic`; owned by its patient model.
// Immutable; attempt() on any thread, watchers are told on the HTTP client's.
#pragma once

#include <memory>

#include "server/base/clock.hpp"
#include "server/http_client/client.hpp"
#include "server/models/patient/provider.hpp"
#include "server/models/remote/dialect.hpp"

namespace mofa::models {

/// Another attempt may succeed: 408, 425, 429, 5xx, no connection, time-outs, streams that are cut or nonsense. All of these
/// but 429 speak against the provider. `http` and `time` outlive it.
provider_ptr remote_provider(std::shared_ptr<const dialect> wire, http_client::client& http, const clock& time);

}  // namespace mofa::models

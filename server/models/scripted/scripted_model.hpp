// The scripted model: a stand-in for a language model that follows rules, deterministic and offline.
// Compiled by the registry from the file of a provider of kind `scripted`; owned by the registry.
// Immutable; call() on any thread, it answers at once or, after a delay, on the timer's thread.
#pragma once

#include <string>

#include "protocols/core/ports/model.hpp"
#include "server/models/timer.hpp"

namespace mofa::models {

/// Compiles {rules, otherwise}; the README says what they mean. `provider` is the name that its answers carry before the
/// model's. Error invalid: `fields` are JSON pointers into the document.
///
/// What a call answers: words as deltas of attempt 1, then the answer. Token counts that the rule does not give are a
/// quarter of the bytes, rounded up, of what was asked (texts, calls, tools) and of what is answered.
/// Errors of a call: upstream_failed when the rule says so, when no rule matches, or when the answer is beyond 1 MiB.
result<core::model_ptr> compile_scripted(const core::json& document, std::string provider, timer_ptr waits);

}  // namespace mofa::models

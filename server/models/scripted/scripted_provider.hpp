// The scripted provider: a stand-in for a language model that follows rules, deterministic and offline.
// Compiled by the app from the file of a provider of kind `scripted`; owned by its patient model.
// Immutable; attempt() on any thread, it answers at once or, after a delay, on the timer's thread.
#pragma once

#include <string>

#include "protocols/core/ports/model.hpp"
#include "server/models/patient/provider.hpp"
#include "server/models/timer.hpp"

namespace mofa::models {

/// Compiles {rules, otherwise}; the README says what they mean. Error invalid: `fields` are JSON pointers into the document.
///
/// What an attempt answers: words as pieces of text, then the answer. Token counts that the rule does not give are a
/// quarter of the bytes, rounded up, of what was asked (texts, calls, tools) and of what is answered.
/// Failures, upstream_failed: the rule plays a refusal, which is judged by its status as one over HTTP is; no rule matches,
/// or the answer is beyond 1 MiB, and no other attempt changes that.
result<provider_ptr> compile_scripted(const core::json& document, timer_ptr waits);

}  // namespace mofa::models

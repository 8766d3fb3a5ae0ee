// The rules of a scripted model: what it says or calls when a conversation ends in this or that.
// Compiled from a document by read_rules(), owned by the model, shared read-only by its calls.
// Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/json_template.hpp"
#include "protocols/core/text_template.hpp"
#include "server/base/clock.hpp"
#include "server/base/result.hpp"

namespace re2 {
class RE2;
}

namespace mofa::models {

using core::json;

/// A call of a tool that a rule makes.
struct planned_call {
  std::string tool;
  core::json_template arguments;
};

/// A refusal that a rule plays: what a provider's HTTP answer would have been.
struct played_error {
  int status = 500;
  std::string message;
  std::optional<std::chrono::seconds> retry_after;  ///< what its header Retry-After would have been
};

struct reaction {
  core::text_template say;
  std::vector<planned_call> calls;
  std::optional<played_error> error;  ///< then nothing is said or called
  milliseconds delay{0};              ///< before the first word
  std::optional<std::int64_t> input_tokens;
  std::optional<std::int64_t> output_tokens;
};

struct model_rule {
  std::shared_ptr<const re2::RE2> text;                     ///< searched in the user's last text, not anchored
  std::vector<std::pair<std::size_t, std::string>> groups;  ///< named groups of `text`: index and name
  std::string tool;            ///< the last message is an outcome of this tool; empty: it is the user's
  std::optional<int> attempt;  ///< of the call; nothing: whichever
  reaction then;
};

struct rule_book {
  std::vector<model_rule> rules;
  std::optional<reaction> otherwise;
};

/// Reads {rules: [{when: {text, tool, attempt}, call | say | error, delay_ms, usage}], otherwise}. Error invalid: `fields`
/// are JSON pointers into the document, all mistakes of it.
result<rule_book> read_rules(const json& document);

}  // namespace mofa::models

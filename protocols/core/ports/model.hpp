// The port of language models: a conversation goes in, an answer with text or tool calls comes out, streamed on the way.
// Implemented by each provider in server/models, chosen by name; called by the effects room, never by a behaviour.
// call() is called on any worker thread and must not block; its callbacks come on any thread, one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/core/message.hpp"
#include "protocols/core/ports/running_call.hpp"
#include "server/base/callback.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

/// A call of a tool that a model asks for.
struct tool_request {
  std::string id;         ///< the provider's; unique within its answer
  std::string tool;       ///< as the model wrote it
  json arguments;         ///< null when the model's arguments were not a JSON object
  std::string malformed;  ///< what it wrote instead
};

/// One message of a conversation with a model.
struct model_message {
  enum class from { system, user, assistant, tool };
  from role = from::user;
  std::string text;
  std::vector<tool_request> calls;  ///< assistant: what it wanted called
  std::string call_id;              ///< tool: which of these calls it answers
  std::string tool;                 ///< tool: the name of the tool
  bool failed = false;              ///< tool: `text` is the failure
};

/// What a model is told of a tool.
struct tool_description {
  std::string name;
  std::string description;
  json parameters;  ///< JSON Schema
};

struct model_request {
  std::string effect_id;  ///< the idempotency key to pass outwards
  std::string model;      ///< the provider's own name of it, without the provider
  std::vector<model_message> messages;
  std::vector<tool_description> tools;
  std::optional<double> temperature;
  std::optional<std::int64_t> max_output_tokens;
  json output_schema;  ///< JSON Schema of the answer; null: free text
};

struct model_answer {
  std::string text;
  std::vector<tool_request> calls;
  std::string finish;  ///< "stop", "length", "tool_calls" or "content_filter"
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::string model;  ///< "provider/name" that answered
  int attempts = 1;   ///< how many it took, those of fallbacks included
};

/// An attempt that failed, and is followed by another one.
struct failed_attempt {
  int attempt = 1;                     ///< its number
  std::string why;                     ///< one line, no secrets
  std::chrono::milliseconds pause{0};  ///< until the next one begins
};

/// What is heard of a call before its end; both are called any number of times.
struct model_hearing {
  /// The text as it comes; `attempt` counts from 1, and a new attempt begins the text anew.
  callback<void(int attempt, std::string text)> on_text;
  callback<void(failed_attempt)> on_retry;
};

class model {
 public:
  virtual ~model() = default;
  /// Errors: upstream_failed (the provider refused or answered nonsense; the detail says what), timeout, unavailable
  /// (its circuit is open).
  virtual running_call_ptr call(model_request what, model_hearing hear, callback<void(result<model_answer>)> done) = 0;
};
using model_ptr = std::shared_ptr<model>;

/// The JSON form that an effect's request and outcome have in the journal:
///
///     message  {role, text?, calls?: [{id, tool, arguments | malformed}], call_id?, tool?, failed?}
///     answer   {text, calls, finish, usage: {input_tokens, output_tokens}, model, attempts?}   attempts: more than one
json to_json(const model_message& value);
json to_json(const model_answer& value);
/// What is not of that form is errc::corrupt: only our own journal is read by these.
result<model_message> model_message_from_json(const json& value);
result<model_answer> model_answer_from_json(const json& value);

}  // namespace mofa::core

// The script: a scenario's rules and steps, compiled from a definition.
// Made by compile(), owned by the behaviour, shared read-only by all tasks of that definition's version.
// Immutable once made; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocols/core/json_template.hpp"
#include "protocols/core/task.hpp"
#include "protocols/core/text_template.hpp"

namespace re2 {
class RE2;
}

namespace mofa::scenario {

using core::json;
using core::json_template;
using core::text_template;

/// What a message or an artifact holds.
struct content {
  json_template parts;
  std::optional<json_template> metadata;
  json extensions;  ///< a list of URIs, or null
};

/// `status`: the task is working, with a word about it; or it stays submitted although it has begun.
struct status_step {
  core::task_state state = core::task_state::working;
  std::optional<content> said;
};
/// `pause_ms`: a timer; the next step follows when it fires.
struct pause_step {
  milliseconds length{0};
};
/// `artifact`: a result that lasts, or a further piece of one.
struct artifact_step {
  std::string id;
  text_template name;
  std::optional<text_template> description;
  content held;
  bool append = false;
  bool last = true;
};
/// `call` of another agent: {tool: "agent:weather", arguments: {message}}.
inline constexpr std::string_view agent_prefix = "agent:";
inline bool is_agent(std::string_view tool) { return tool.starts_with(agent_prefix) && tool.size() > agent_prefix.size(); }

/// `call`: an effect; the next step follows its outcome.
struct call_step {
  std::string tool;
  json_template arguments;
  bool rerun = false;  ///< the tool allows a call that a crash cut off to be made again
};
/// `publish`: an effect; the next step follows when the message is on its way.
struct publish_step {
  std::string topic;
  json_template data;
  bool durable = false;
};
/// `ask`: a person is awaited; the next step follows their message.
struct ask_step {
  core::task_state state = core::task_state::input_required;
  content said;
};
/// `complete`, `fail`, `reject`: the end of the task.
struct end_step {
  core::task_state state = core::task_state::completed;
  std::string code;
  std::optional<content> said;
};
/// `reply`: a message is the whole answer.
struct reply_step {
  content said;
};
/// `crash` and `crash_once`: the behaviour throws.
struct crash_step {
  text_template text;
  bool once = false;
};

using step = std::variant<status_step, pause_step, artifact_step, call_step, publish_step, ask_step, end_step, reply_step,
                          crash_step>;

/// What a message must look like. An absent condition is met by every message.
struct condition {
  std::shared_ptr<const re2::RE2> text;                     ///< searched, not anchored
  std::vector<std::pair<std::size_t, std::string>> groups;  ///< named groups of `text`: index and name
  std::shared_ptr<const re2::RE2> message_id;               ///< searched, not anchored
  json metadata;                                            ///< an object: each member must be there and equal; or null
  std::optional<std::int64_t> turn;
};

struct rule {
  condition when;
  std::vector<step> steps;
};

struct script {
  std::vector<rule> rules;
  std::optional<std::vector<step>> otherwise;
  std::vector<std::string> used;  ///< the variables that some template names, sorted: no other is kept

  bool uses(std::string_view variable) const;
};

}  // namespace mofa::scenario

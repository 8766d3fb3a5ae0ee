// Events: what happened to a task, numbered, serialised once, never changed.
// Decided by a behaviour or the task's host, committed by the store, sent to clients byte for byte.
// Values; shared as event_ptr between threads once recorded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/message.hpp"
#include "server/base/clock.hpp"
#include "server/base/ids.hpp"

namespace mofa::core {

/// The kinds common to all agents. A kind's own events are named `<kind>.<name>`.
namespace kinds {
// facts: what arrives
inline constexpr std::string_view submitted = "submitted";
inline constexpr std::string_view message_received = "message_received";
inline constexpr std::string_view effect_resolved = "effect_resolved";
inline constexpr std::string_view timer_fired = "timer_fired";
inline constexpr std::string_view cancel_requested = "cancel_requested";
// what is decided
inline constexpr std::string_view status_changed = "status_changed";
inline constexpr std::string_view message_added = "message_added";
inline constexpr std::string_view artifact_updated = "artifact_updated";
inline constexpr std::string_view effect_requested = "effect_requested";
inline constexpr std::string_view child_started = "child_started";
inline constexpr std::string_view timer_set = "timer_set";
inline constexpr std::string_view timer_canceled = "timer_canceled";
inline constexpr std::string_view replied = "replied";
inline constexpr std::string_view behaviour_crashed = "behaviour_crashed";
}  // namespace kinds

/// Whether the kind is one of the facts.
bool is_fact(std::string_view kind);
/// Whether it is one of those above: every behaviour knows them.
bool is_common(std::string_view kind);

/// A decided event before it has a number. What `data` holds for each common kind:
///
///     submitted         {message, agent, agent_version, context_id, context_new?, priority, tenant, owner, labels?,
///                        timeout_ms?, budget?: {max_tokens?, max_cost_microusd?}, parent_id?, depth?,
///                        history?: [message], instructions?, metadata?}
///     message_received  {message, metadata?}
///     effect_resolved   {effect_id, value, usage?, heard?} or {effect_id, error: {code, detail}, usage?}
///     timer_fired       {timer_id}
///     cancel_requested  {reason?}
///     status_changed    {state, code?, message?}
///     message_added     {message}
///     artifact_updated  {artifact: {artifact_id, name, parts}, append, last}
///     effect_requested  {effect_id, type, rerun, reserve?: {tokens?, cost_microusd?}, denied?} and what the type needs:
///                        tool {tool, arguments} · model {model, messages, …} · recall {max_messages} ·
///                        publish {topic, data, durable} · child {agent, message | arguments, child_id, depth}. The
///                        host writes effect_id: "<task>/<seq>", child_id, depth, a child's reserve, and `denied` when the
///                        budget has no room: the limit that was met
///     child_started     {effect_id, child_id, agent}                        by the host, after the request of a child
///     timer_set         {timer_id, purpose, due}                            the host writes timer_id: "<task>/<seq>"
///     timer_canceled    {timer_id}
///     replied           {message}
///     behaviour_crashed {reason, attempt}
struct event_draft {
  std::string kind;
  json data;
  int version = 1;
};

/// An event with its number. `data` is the text that was serialised once.
struct event {
  task_id task;
  std::uint64_t seq = 0;
  std::string kind;
  int version = 1;
  time_point at{};
  std::string data;
};
using event_ptr = std::shared_ptr<const event>;

/// {"task_id", "seq", "kind", "version", "at", "data"}: the same bytes for the same event, always.
std::string to_json_text(const event& value);

/// What of a running effect is shown as it comes and never stored (a model's words). Has no number.
struct live_frame {
  std::string kind;  ///< "delta" or "progress"
  std::string data;  ///< JSON text
};

}  // namespace mofa::core

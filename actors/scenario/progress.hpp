// Progress: how far one task has come in its script. The behaviour's own part of a task's state.
// Owned by the task's host; folded from events alone, so that a journal rebuilds it.
// Lives on the thread of its task.
#pragma once

#include <cstdint>
#include <optional>

#include "actors/scenario/script.hpp"
#include "protocols/core/event.hpp"
#include "protocols/core/ports/kind.hpp"
#include "protocols/core/variables.hpp"

namespace mofa::scenario {

using core::variables;

/// `scenario.stepped`: where the task stands when a decision ends with waiting.
///
///     {rule: index | "otherwise" | null, step: index of the next step, variables?: {name: text}}
///
/// `rule` is null when the rule ended with `ask`: the next message is matched against the rules again. `variables` holds
/// the named groups of a rule that was matched in this decision. A decision that ends the task has no such event.
inline constexpr std::string_view stepped = "scenario.stepped";

/// What the task waits for.
enum class awaited : std::uint8_t { nothing, pause, call, answer };

struct progress final : core::behaviour_state {
  static constexpr std::int32_t no_rule = -1;
  static constexpr std::int32_t otherwise = -2;

  std::int32_t rule = no_rule;
  std::uint32_t step = 0;  ///< the next one
  std::uint32_t turn = 0;  ///< messages so far
  awaited waits_for = awaited::nothing;
  std::uint64_t request = 0;  ///< number of the event that set the timer or requested the effect
  variables values;
};

/// Takes a recorded event, or a fact before it is one, into the progress. What is malformed or unknown changes nothing.
void take(progress& to, const script& source, const task_id& task, std::string_view kind, const json& data);

/// Whether the fact is the one that the task waits for: its own pause, its own call, or a message while it asks.
bool is_awaited(const progress& at, const task_id& task, std::string_view kind, const json& data);

/// `rule` as `scenario.stepped` and snapshots write it.
json rule_to_json(std::int32_t rule);

inline constexpr int snapshot_version = 1;
json save(const progress& from);
/// Nothing when it is not what save() wrote.
std::optional<progress> load(const json& saved);

}  // namespace mofa::scenario

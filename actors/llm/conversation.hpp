// The conversation: what one task's model has been told and has said. The behaviour's own part of a task's state.
// Owned by the task's host; folded from events alone, so that a journal rebuilds it.
// Lives on the thread of its task.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/llm/plan.hpp"
#include "protocols/core/event.hpp"

namespace mofa::llm {

/// `llm.corrected`: the answer did not fit; what the model is told before it tries again. {call_id?, tool?, text}: with
/// `call_id` it is the failure of that call, without it a message of the user.
inline constexpr std::string_view corrected = "llm.corrected";

/// A call that the model asked for and that has no outcome yet.
struct open_call {
  std::uint64_t seq = 0;  ///< number of the event that requested it
  std::string call_id;
  std::string tool;
};

struct conversation final : core::behaviour_state {
  std::vector<core::model_message> messages;  ///< the system's excepted; the last ones that the plan's history holds
  std::vector<core::model_message> later;     ///< said while a call was open; comes after its outcome
  std::vector<open_call> calls;
  std::uint64_t model_seq = 0;   ///< of the model call that runs; 0: none
  std::uint64_t recall_seq = 0;  ///< of the reading of the context that runs; 0: none
  int steps = 0;                 ///< model calls so far
  int repairs = 0;
  std::string said;          ///< the model's last text
  std::string instructions;  ///< of this task only
};

/// Takes a recorded event, or a fact before it is one. What is malformed or unknown changes nothing.
void take(conversation& to, const plan& how, std::uint64_t seq, std::string_view kind, const json& data);

/// What an outcome is the outcome of.
enum class awaited { nothing, model, recall, call };
awaited what_ended(const conversation& at, const json& outcome);

inline constexpr int snapshot_version = 1;
json save(const conversation& from);
/// Null when it is not what save() wrote.
std::unique_ptr<conversation> load(const json& saved);

}  // namespace mofa::llm

// The task as everybody outside its actor sees it: status, results, usage; and the row that lists and wake-ups read.
// Made by the task actor from its envelope with every append, stored by the store, shown by every protocol.
// Values; any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/message.hpp"
#include "server/base/clock.hpp"
#include "server/base/ids.hpp"

namespace mofa::core {

enum class task_state { submitted, working, input_required, auth_required, completed, failed, canceled, rejected };
enum class priority { critical, high, normal, low, background };

std::string_view to_string(task_state state);
std::optional<task_state> task_state_from(std::string_view text);
std::string_view to_string(core::priority value);
std::optional<core::priority> priority_from(std::string_view text);

/// completed, failed, canceled or rejected: nothing follows.
bool is_terminal(task_state state);
/// input_required or auth_required: a person is awaited.
bool is_interrupted(task_state state);
/// Terminal or interrupted: whoever waits for the task gets it now.
inline bool is_settled(task_state state) { return is_terminal(state) || is_interrupted(state); }

struct task_status {
  task_state state = task_state::submitted;
  std::string code;  ///< stable reason of a failure ("quarantined"); empty when there is none
  std::optional<core::message> message;
  time_point timestamp{};
};

struct usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t cost_microusd = 0;
  std::int64_t model_calls = 0;
  std::int64_t tool_calls = 0;
  std::int64_t descendants =
      0;  ///< tasks that it asked for, and theirs; not shown, not stored: a fold of the events knows it
};

using label_map = std::map<std::string, std::string>;

/// How a task's journal is kept.
enum class durability { sync, none };

/// The task without its history and artifacts: one row of the store, one entry of a list.
struct task_row {
  task_id id;
  std::string tenant;
  std::string owner;  ///< the principal that submitted it
  std::string agent;
  int agent_version = 0;
  std::string context_id;
  std::optional<task_id> parent_id;
  task_status status;
  core::priority priority = priority::normal;
  time_point created_at{};
  time_point updated_at{};
  core::usage usage;
  label_map labels;
  std::uint64_t last_seq = 0;     ///< number of its last event
  std::uint64_t decided_seq = 0;  ///< facts up to here are decided; smaller than last_seq: an undecided fact waits
  bool wake = false;              ///< needs an actor after a restart: an undecided fact, or an effect without outcome
  core::durability durability = durability::sync;
};

/// The whole task.
struct task {
  task_row row;
  std::vector<artifact> artifacts;
  std::vector<message> history;         ///< the last limits::history_window messages, oldest first
  std::optional<message> reply{};       ///< it answered with this message alone
  std::string spoken{};                 ///< what its last model call said, where that was words
  std::vector<std::string> speaking{};  ///< effect ids of model calls under way whose words are heard as they come
};
using task_ptr = std::shared_ptr<const task>;

}  // namespace mofa::core

// The envelope: the part of a task's state that is common to all kinds; a pure fold of its events.
// Owned by the journaled task around it; protocols see it as core::task.
// A value without I/O; one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/event.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/task.hpp"

namespace mofa::task {

using core::json;

/// An effect that was requested and has no outcome yet.
struct pending_effect {
  std::string id;  ///< "<task>/<seq>"
  json request;    ///< the data of its event

  bool is_child() const { return request.value("type", std::string{}) == "child"; }
};

/// Tokens, money, and tasks below a task.
struct allowance {
  std::int64_t tokens = 0;
  std::int64_t cost_microusd = 0;
  std::int64_t descendants = 0;
};

/// A timer that was set and has not fired.
struct pending_timer {
  std::string id;       ///< "<task>/<seq>"
  std::string purpose;  ///< "deadline" and "input" belong to the host, others to the behaviour
  time_point due{};
};

/// Whether the outcome of an effect is heard word by word while it runs: a model call whose answer fits no schema.
bool is_heard(const json& request);

struct envelope {
  core::task_row row;
  std::vector<core::artifact> artifacts;
  std::vector<core::message> history;  ///< the last limits::history_window
  std::optional<core::message> reply;  ///< the whole answer, when it is a message
  std::string spoken;                  ///< the words of the last model call that had any
  std::vector<pending_effect> effects;
  std::vector<pending_timer> timers;
  milliseconds timeout_left{0};  ///< of the task's time limit, while no deadline timer runs
  core::budget budget;           ///< what the task and its children may use
  allowance reserved;            ///< by the pending effects
  int depth = 0;                 ///< how many ancestors it has
  int crashes = 0;               ///< at the undecided fact

  /// Takes one event; `data` is its parsed data. Cannot fail: what it does not know it skips.
  void apply(const core::event& what, const json& data);

  const pending_timer* timer(std::string_view id) const;
  const pending_timer* timer_for(std::string_view purpose) const;
  const pending_effect* effect(std::string_view id) const;
  /// What is used and reserved already leaves no room for so much more: which limit; empty: there is room.
  std::string without_room_for(const allowance& more) const;
  /// Of what is limited and left: the share of each of so many children, where the task keeps one for itself.
  json share(std::int64_t children) const;
  /// Whether a message with that id is among the recent ones.
  bool has_message(std::string_view message_id) const;
  /// Whether this very message is among them: its id, and all that it says.
  bool has_message(const core::message& what) const;

  /// The task as clients see it.
  core::task view() const&;
  /// The same; what is not of the row moves into it.
  core::task view() &&;

  /// For snapshots: all but the row's identity, which the store keeps anyway.
  json save() const;
  void load(const json& saved);
};

}  // namespace mofa::task

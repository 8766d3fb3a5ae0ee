// The port where a kind of agent plugs in: a behaviour is a pure state machine, a kind makes behaviours from definitions.
// Kinds are registered by the app; one behaviour object is shared by all tasks of a definition's version.
// Everything here is const and pure: no clock, no I/O, no randomness; called on any worker thread.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "protocols/core/definition.hpp"
#include "protocols/core/event.hpp"
#include "protocols/core/task.hpp"

namespace mofa::core {

/// What arrived at a task, with the time and the randomness that `decide` may use.
struct fact {
  std::string_view kind;
  const json& data;        ///< the fact's event data
  time_point at;           ///< when it arrived
  std::uint64_t seed = 0;  ///< the same for the same fact, also after a restart
  int attempt = 1;         ///< 1, and one more for each crash at this fact
};

/// A behaviour's own part of a task's state.
class behaviour_state {
 public:
  virtual ~behaviour_state() = default;
};

/// One version of one agent's definition, compiled: decide and apply.
class behaviour {
 public:
  virtual ~behaviour() = default;

  virtual std::unique_ptr<behaviour_state> initial() const = 0;

  /// What follows from the fact. The host appends [fact + these] in one unit, or nothing of it.
  /// May throw: the host journals `behaviour_crashed`, the task restarts and decides the same fact again.
  /// `view` is the task before the fact; the fact itself is not yet applied to `state`.
  virtual std::vector<event_draft> decide(const task_row& view, const behaviour_state& state, const fact& what) const = 0;

  /// Takes one recorded event (facts too) into the state. Cannot fail: ignores what it does not know.
  virtual void apply(behaviour_state& state, const event& what, const json& data) const noexcept = 0;

  /// The state as JSON for a snapshot, and back. `version` is the number that `snapshot_version` had when it was saved;
  /// nullptr when it is another one: the host then folds the journal from its beginning.
  virtual int snapshot_version() const noexcept = 0;
  virtual json save(const behaviour_state& state) const = 0;
  virtual std::unique_ptr<behaviour_state> load(int version, const json& saved) const = 0;

  /// Whether this behaviour can read events of that kind and version; otherwise the task is parked.
  virtual bool knows(std::string_view kind, int version) const noexcept = 0;
};
using behaviour_ptr = std::shared_ptr<const behaviour>;

/// One kind of agent.
class agent_kind {
 public:
  virtual ~agent_kind() = default;
  virtual std::string_view name() const noexcept = 0;
  /// The members of a definition that belong to this kind.
  virtual std::span<const std::string_view> members() const noexcept = 0;
  /// Whether limits.max_steps means something to it.
  virtual bool counts_steps() const noexcept { return false; }
  /// Checks the kind's members and makes the behaviour. Errors carry JSON pointers in `fields`.
  virtual result<behaviour_ptr> compile(const definition& source) const = 0;
};

}  // namespace mofa::core

// The journaled task: a behaviour's pure state machine with its envelope; turns each fact into one append unit.
// Owned by a task actor, which commits the units; tests and readers use it without one.
// No clock, no I/O, no threads: time is an argument; one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/task/envelope.hpp"
#include "protocols/core/ports/kind.hpp"
#include "protocols/core/ports/store.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::task {

/// What one fact led to. After a step the task is in the state after its unit: if the unit is not committed,
/// the task must be thrown away and loaded again.
struct step {
  core::append_unit unit;
  std::vector<pending_effect> start;  ///< effects that the unit requests
  std::vector<std::string> abort;     ///< effects that the unit's end of the task makes pointless
  std::optional<std::string> crash;   ///< why the behaviour threw
};

class journaled_task {
 public:
  /// What all its tasks share: the definition, its behaviour, and the epoch of this owner.
  struct owner {
    core::definition_ptr definition;
    core::behaviour_ptr behaviour;
    std::uint64_t epoch = 0;
  };

  explicit journaled_task(owner mine);
  journaled_task(journaled_task&&) noexcept = default;
  journaled_task& operator=(journaled_task&&) noexcept = default;
  ~journaled_task();

  /// From its journal. errc::unsupported: an event, kind or version that this binary does not know: the task is parked.
  static result<journaled_task> restore(owner mine, const core::loaded_task& from);
  /// The envelope alone, for readers: no behaviour needed.
  static envelope fold(const core::loaded_task& from);

  const envelope& state() const { return envelope_; }
  bool undecided() const { return pending_.has_value(); }
  /// The task as clients see it. One that has ended is kept as it was seen first, and state() has only its row from then on.
  core::task_ptr view();
  bool ended() const { return core::is_terminal(envelope_.row.status.state); }

  /// The first fact. With `hold` it is journaled and decided by a later decide().
  step submit(task_id id, const core::caller& who, core::submission what, time_point now, bool hold);
  /// A further message, with the metadata of its request. The caller has checked that it is new and that the task has not
  /// ended.
  step receive(core::message what, time_point now, const core::json& metadata = {});
  /// Nothing when the effect has an outcome already.
  std::optional<step> resolve(const std::string& effect_id, const json& outcome, time_point now);
  /// Nothing when the timer is not pending.
  std::optional<step> fire(const std::string& timer_id, time_point now);
  step cancel(const std::string& reason, time_point now);
  /// Decides the fact that a crash or a hold left undecided.
  step decide(time_point now);
  /// Ends the task on the host's own account ("quarantined").
  step fail(const std::string& code, const std::string& why, time_point now);

 private:
  struct pending_fact {
    core::event_ptr event;
    json data;
  };

  step take(std::string_view kind, json data, time_point now, bool decide_now);
  void decide_into(step& out, time_point now);
  void keep_time(step& out, time_point now);
  void start_child(step& out, const json& request, time_point now);
  void prepare_effect(json& data, std::uint64_t seq, time_point now);
  task_id child_id(std::uint64_t seq, time_point now) const;
  /// Numbers the draft, writes ids that derive from the number, applies it to the envelope, and adds it to the unit.
  const core::event& record(step& out, core::event_draft& draft, time_point now);
  const core::event& record(step& out, std::string_view kind, json data, time_point now);
  void end_into(step& out, const std::string& code, const std::string& why, time_point now);
  void finish(step& out);

  owner mine_;
  envelope envelope_;
  std::unique_ptr<core::behaviour_state> state_;
  std::optional<pending_fact> pending_;
  std::int64_t children_to_come_ = 0;  ///< that the decision at hand requests
  std::uint64_t snapshot_seq_ = 0;
  core::task_ptr last_view_;  ///< of a task that has ended
};

}  // namespace mofa::task

// One journaled task with its journal, as a task actor and a store would keep them, without either.
// Included by the tests of the journaled task; nothing outlives a test.
// One thread.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/task/journaled_task.hpp"
#include "tests/unit/actors/task/scripted.hpp"

namespace mofa::test {

/// Commits every step that it is given: `stored` is what a store would hold then.
class kept_task {
 public:
  explicit kept_task(core::agent_limits limits = {}) {
    core::definition made;
    made.name = "subject";
    made.version = 3;
    made.limits = limits;
    definition = std::make_shared<const core::definition>(std::move(made));
    task.emplace(owner());
  }

  task::journaled_task::owner owner() const { return {definition, behaviour, epoch}; }

  task::step submit(const std::string& text, bool hold = false) {
    core::submission what;
    what.agent = "subject";
    what.message = core::text_message(core::role::user, "m1", text);
    what.context_id = "c";
    return keep(task->submit(id, who, what, now, hold));
  }
  task::step say(const std::string& text) {
    return keep(
        task->receive(core::text_message(core::role::user, "m" + std::to_string(task->state().row.last_seq), text), now));
  }
  task::step keep(task::step done) {
    const auto& unit = done.unit;
    CHECK(unit.expected_seq == stored.row.last_seq);
    CHECK(unit.row.last_seq == unit.expected_seq + unit.events.size());
    CHECK(unit.epoch == epoch);
    all.insert(all.end(), unit.events.begin(), unit.events.end());
    stored.row = unit.row;
    stored.events.insert(stored.events.end(), unit.events.begin(), unit.events.end());
    if (unit.snapshot) {
      stored.snapshot = unit.snapshot;
      stored.events.clear();
    }
    return done;
  }

  /// The task is thrown away and read from its journal again.
  void restart() {
    auto again = task::journaled_task::restore(owner(), stored);
    if (!again) FAIL(again.error().detail);
    task.emplace(std::move(*again));
  }

  /// The whole journal without its snapshots.
  core::loaded_task whole() const { return {stored.row, std::nullopt, all}; }

  std::string numbered(std::uint64_t seq) const { return id.str() + "/" + std::to_string(seq); }

  core::definition_ptr definition;
  std::shared_ptr<scripted> behaviour = std::make_shared<scripted>();
  std::uint64_t epoch = 4;
  time_point now{std::chrono::seconds{1'700'000'000}};
  task_id id = task_id::make(now);
  core::caller who;
  core::loaded_task stored;
  std::vector<core::event_ptr> all;
  std::optional<task::journaled_task> task;
};

using kind_list = std::vector<std::string>;

inline kind_list kinds_of(const task::step& done) {
  kind_list out;
  for (const auto& event : done.unit.events) out.push_back(event->kind);
  return out;
}

inline json data_of(const core::event_ptr& event) { return json::parse(event->data); }

/// All that clients see of a task, and what the envelope keeps besides.
inline json seen(const task::envelope& state) {
  auto out = state.save();
  const auto& row = state.row;
  out["row"] = {{"id", row.id.str()},
                {"agent", row.agent},
                {"version", row.agent_version},
                {"context", row.context_id},
                {"created", to_rfc3339(row.created_at)},
                {"updated", to_rfc3339(row.updated_at)},
                {"labels", row.labels},
                {"last", row.last_seq},
                {"decided", row.decided_seq},
                {"wake", row.wake},
                {"crashes", state.crashes}};
  return out;
}

}  // namespace mofa::test

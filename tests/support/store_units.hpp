// Append units for tests of the store: one object for one task, which numbers its events and keeps its row.
// Owned by the test.
// A plain value; the test's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/core/ports/store.hpp"

namespace mofa::test {

/// A moment that tests begin at; `after(5)` is five seconds later.
time_point after(std::int64_t seconds);

class task_story {
 public:
  /// A task of agent "echo" in tenant "default", owned by "local", in a context of its own, made at that moment.
  task_story(std::uint64_t epoch, time_point at);

  /// What the next unit is made of; change it as the test wants.
  core::task_row row;
  std::uint64_t epoch;

  /// The next unit: events of these kinds, then that state. Everything is decided, nothing is left to wake for.
  core::append_unit step(core::task_state state, const std::vector<std::string>& kinds);
  /// The same with the given data for each event.
  core::append_unit step_with(core::task_state state, const std::vector<core::event_draft>& events);
  /// Submitted, answered and completed in one unit of three events.
  core::append_unit whole();

  const task_id& id() const { return row.id; }
};

/// Appends one unit and gives its outcome.
core::append_outcome append_one(core::store& into, const core::append_unit& unit);

/// The member of a caller of that tenant; `admin` sees all owners.
core::caller caller_of(const std::string& principal, const std::string& tenant = "default");
core::caller admin_of(const std::string& tenant = "default");

}  // namespace mofa::test

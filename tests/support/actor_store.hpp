// The memory store: the journal's port without a disk, for tests of the actors around it.
// Owned by an actor_world; tests look into it and make it refuse.
// Not thread-safe: one test, one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "protocols/core/ports/store.hpp"
#include "tests/support/memory_pushes.hpp"
#include "tests/support/memory_topics.hpp"

namespace mofa::test {

/// Keeps events, rows and timers, with the checks of a real store; what the actors never ask of it answers
/// errc::unsupported.
class memory_store final : public core::store {
 public:
  std::map<task_id, core::loaded_task> tasks;
  std::map<std::string, core::timer_row> timer_rows;
  std::map<std::string, std::vector<core::stored_definition>> definitions;  ///< versions 1, 2, 3, … of each
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::string>
      memory;  ///< tenant, owner, context, key
  std::map<std::string, core::agent_mark> marks;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, core::agent_hit>
      agent_keys;  ///< tenant, principal, operation, key
  memory_topics kept_messages;
  memory_pushes kept_pushes;
  std::vector<std::size_t> groups;      ///< units of each append() call
  std::function<void()> before_commit;  ///< called by append() when set

  result<std::uint64_t> acquire_ownership() override { return std::uint64_t{1}; }
  result<void> release_ownership() override { return {}; }
  std::vector<core::append_outcome> append(std::span<const core::append_unit> units) override;
  result<core::loaded_task> load(task_id which) override;
  result<std::optional<core::idempotent_hit>> find_idempotent(const std::string&, const std::string&, const std::string&,
                                                              const std::string&) override;
  result<core::task_row> row(const core::caller&, task_id which) override;
  result<core::page<core::task_row>> list(const core::caller&, const core::task_filter&, const core::page_request&) override;
  result<std::vector<core::event_ptr>> events(task_id which, std::uint64_t after, std::size_t limit) override;
  result<void> remove(const core::caller&, task_id which) override;
  result<core::page<core::context_info>> contexts(const core::caller&, const core::page_request&) override;
  result<core::context_info> context(const core::caller&, const std::string&) override;
  result<core::page<core::event_ptr>> context_events(const core::caller&, const std::string&,
                                                     const core::page_request&) override;
  result<void> remove_context(const core::caller&, const std::string&) override;
  result<void> memory_put(const core::caller&, const std::string&, const std::string&, const std::optional<std::string>&,
                          time_point) override;
  result<std::optional<std::string>> memory_get(const core::caller&, const std::string&, const std::string&) override;
  result<core::open_tasks> open(const std::string& agent) override;
  result<std::optional<task_id>> busy_task(const std::string& tenant, const std::string& owner, const std::string& agent,
                                           const std::string& context_id) override;
  result<std::vector<core::timer_row>> timers(time_point until, std::size_t limit) override;
  result<int> put_definition(const std::string& name, const std::string& body, const std::string& hash,
                             time_point now) override;
  result<core::stored_definition> definition(const std::string& name, int version) override;
  result<std::vector<core::stored_definition>> definition_versions(const std::string&) override;
  result<bool> has_open_tasks(const std::string& agent) override;
  result<int> keep_agent(const std::string& name, const std::string& body, const std::string& hash,
                         const std::optional<core::idempotency_record>& once, time_point now) override;
  result<std::optional<core::agent_hit>> find_agent(const std::string& tenant, const std::string& principal,
                                                    const std::string& operation, const std::string& key) override;
  result<void> mark_agent(const std::string& name, std::optional<core::agent_mark> mark) override;
  result<std::vector<core::marked_agent>> marked_agents() override;
  core::topic_store& topics() override { return kept_messages; }
  core::push_store& pushes() override { return kept_pushes; }
  result<std::size_t> sweep(time_point, time_point, time_point, std::size_t) override;

 private:
  core::append_outcome append_one(const core::append_unit& unit);
};

}  // namespace mofa::test

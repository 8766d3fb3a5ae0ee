// The store port on one SQLite file: one writer, several readers, each call one transaction.
// Made by open_sqlite, owned by the storage room through the port.
// Writes wait for each other, reads for nobody but each other's connections; any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "protocols/core/ports/store.hpp"
#include "server/store/sqlite/reader_pool.hpp"
#include "server/store/sqlite/sqlite_pushes.hpp"
#include "server/store/sqlite/sqlite_topics.hpp"
#include "server/store/sqlite/writer.hpp"

namespace mofa::store {

class sqlite_store final : public core::store {
 public:
  sqlite_store(std::unique_ptr<writer> writes, std::vector<std::unique_ptr<connection>> readers);

  result<std::uint64_t> acquire_ownership() override;
  result<void> release_ownership() override;
  std::vector<core::append_outcome> append(std::span<const core::append_unit> units) override;
  result<core::loaded_task> load(task_id which) override;
  result<std::optional<core::idempotent_hit>> find_idempotent(const std::string& tenant, const std::string& principal,
                                                              const std::string& operation, const std::string& key) override;
  result<core::task_row> row(const core::caller& who, task_id which) override;
  result<core::page<core::task_row>> list(const core::caller& who, const core::task_filter& filter,
                                          const core::page_request& want) override;
  result<std::vector<core::event_ptr>> events(task_id which, std::uint64_t after, std::size_t limit) override;
  result<void> remove(const core::caller& who, task_id which) override;
  result<core::page<core::context_info>> contexts(const core::caller& who, const core::page_request& want) override;
  result<core::context_info> context(const core::caller& who, const std::string& id) override;
  result<core::page<core::event_ptr>> context_events(const core::caller& who, const std::string& id,
                                                     const core::page_request& want) override;
  result<void> remove_context(const core::caller& who, const std::string& id) override;
  result<void> memory_put(const core::caller& who, const std::string& context_id, const std::string& key,
                          const std::optional<std::string>& value, time_point now) override;
  result<std::optional<std::string>> memory_get(const core::caller& who, const std::string& context_id,
                                                const std::string& key) override;
  result<core::open_tasks> open(const std::string& agent) override;
  result<std::optional<task_id>> busy_task(const std::string& tenant, const std::string& owner, const std::string& agent,
                                           const std::string& context_id) override;
  result<std::vector<core::timer_row>> timers(time_point until, std::size_t limit) override;
  result<int> put_definition(const std::string& name, const std::string& body, const std::string& hash,
                             time_point now) override;
  result<core::stored_definition> definition(const std::string& name, int version) override;
  result<std::vector<core::stored_definition>> definition_versions(const std::string& name) override;
  result<bool> has_open_tasks(const std::string& agent) override;
  result<int> keep_agent(const std::string& name, const std::string& body, const std::string& hash,
                         const std::optional<core::idempotency_record>& once, time_point now) override;
  result<std::optional<core::agent_hit>> find_agent(const std::string& tenant, const std::string& principal,
                                                    const std::string& operation, const std::string& key) override;
  result<void> mark_agent(const std::string& name, std::optional<core::agent_mark> mark) override;
  result<std::vector<core::marked_agent>> marked_agents() override;
  core::topic_store& topics() override { return topics_; }
  core::push_store& pushes() override { return pushes_; }
  result<std::size_t> sweep(time_point completed_before, time_point failed_before, time_point idempotency_before,
                            std::size_t limit) override;

 private:
  std::unique_ptr<writer> writer_;
  reader_pool readers_;
  sqlite_topics topics_;
  sqlite_pushes pushes_;
  std::mutex epoch_mutex_;
  std::uint64_t epoch_ = 0;  ///< what acquire_ownership() gave to this object
};

error no_such_task(const task_id& which);

/// A context belongs to one owner; who sees all of them gets their own before the newest one. Error: not_found.
result<std::string> owner_of_context(connection& db, const core::caller& who, const std::string& id);

/// errc::invalid unless it is a positive number.
result<void> check_limit(const core::page_request& want);

/// list() of a filter with by_status.
result<core::page<core::task_row>> list_by_status(connection& db, const core::caller& who, const core::task_filter& filter,
                                                  const core::page_request& want);

}  // namespace mofa::store

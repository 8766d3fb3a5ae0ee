// The port of the journal: where events, rows, timers and definitions are kept. One conformance suite for all backends.
// Owned by the storage room. append() is called by one writer thread, reads by any number of readers at the same time.
// Functions block (they do I/O) and never throw.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/core/caller.hpp"
#include "protocols/core/event.hpp"
#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/push_store.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/ports/topic_store.hpp"
#include "protocols/core/task.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

struct timer_row {
  std::string timer_id;  ///< "<task>/<seq>"
  task_id task;
  std::string agent;
  time_point due{};
};

/// A whole state at one number; replaces the events up to it when a task is loaded.
struct snapshot {
  std::uint64_t seq = 0;
  std::string body;  ///< JSON text, meaningful to the task room only
};

/// Written in the transaction that creates the resource.
struct idempotency_record {
  std::string tenant, principal;
  idempotency once;
  time_point at{};
};

/// One step of one task: all of it is committed, or nothing.
struct append_unit {
  std::uint64_t epoch = 0;         ///< of the owner, from acquire_ownership()
  std::uint64_t expected_seq = 0;  ///< number of the task's last event before; 0: the unit creates the task
  std::vector<event_ptr> events;   ///< numbered expected_seq+1 …
  task_row row;                    ///< the row afterwards
  std::vector<timer_row> timers_set;
  std::vector<std::string> timers_cleared;
  std::optional<idempotency_record> idempotency;
  std::optional<core::snapshot> snapshot;
};

/// What became of a unit. error.code: conflict (epoch or sequence is stale: the appender is not the owner any more),
/// in every other case nothing of it was written, except unknown_outcome.
using append_outcome = result<void>;

/// Found under an idempotency key.
struct idempotent_hit {
  task_id task;
  std::string body_hash;
};

struct loaded_task {
  task_row row;
  std::optional<core::snapshot> snapshot;
  std::vector<event_ptr> events;  ///< after the snapshot, oldest first
};

/// A task that needs its actor back after a restart.
struct wake_row {
  task_id id;
  std::string context_id;
  std::string tenant, owner;
  task_state state = task_state::submitted;
  bool undecided = false;
  int unclean_stops = 0;  ///< unclean stops of the process in a row at which it was undecided
};

struct open_tasks {
  std::vector<wake_row> wake;  ///< by id, that is by creation
  std::int64_t sleeping = 0;   ///< at work (submitted or working), but only a timer or a message wakes them
};

struct stored_definition {
  std::string name;
  int version = 0;
  std::string body;  ///< JSON text of the document
  std::string hash;
  time_point created_at{};
};

/// An agent that was made under an idempotency key.
struct agent_hit {
  std::string name;
  int version = 0;  ///< that the request made; 0: that agent was removed since
  std::string body_hash;
};

/// How an agent stands whose definition came through the API and not from a file.
enum class agent_mark { kept, leaving };

struct marked_agent {
  stored_definition newest;
  agent_mark mark = agent_mark::kept;
};

class store {
 public:
  virtual ~store() = default;

  /// Becomes the owner: a higher epoch than any before. Older owners can append nothing from now on.
  /// If the last owner did not call release_ownership(), undecided tasks have one more unclean stop.
  virtual result<std::uint64_t> acquire_ownership() = 0;
  /// A clean stop. Nothing may be appended afterwards.
  virtual result<void> release_ownership() = 0;

  /// Commits the units in one transaction, made durable before it returns; one outcome for each, in order.
  /// Two units for one task may be in one call. A unit whose idempotency record exists already fails with
  /// idempotency_mismatch or conflict and changes nothing; the caller then asks find_idempotent.
  virtual std::vector<append_outcome> append(std::span<const append_unit> units) = 0;

  /// For its owner's actor: no caller. not_found when there is none.
  virtual result<loaded_task> load(task_id which) = 0;
  virtual result<std::optional<idempotent_hit>> find_idempotent(const std::string& tenant, const std::string& principal,
                                                                const std::string& operation, const std::string& key) = 0;

  virtual result<task_row> row(const caller& who, task_id which) = 0;
  virtual result<page<task_row>> list(const caller& who, const task_filter& filter, const page_request& want) = 0;
  virtual result<std::vector<event_ptr>> events(task_id which, std::uint64_t after, std::size_t limit) = 0;
  /// Errors: not_found, task_not_terminal.
  virtual result<void> remove(const caller& who, task_id which) = 0;

  virtual result<page<context_info>> contexts(const caller& who, const page_request& want) = 0;
  virtual result<context_info> context(const caller& who, const std::string& id) = 0;
  /// The events that hold messages (submitted, message_received, message_added), newest first; the cursor continues.
  virtual result<page<event_ptr>> context_events(const caller& who, const std::string& id, const page_request& want) = 0;
  virtual result<void> remove_context(const caller& who, const std::string& id) = 0;

  /// What agents remember of the caller's own context: JSON text by key; without a value the key is forgotten. The context
  /// may have no task here; its memory goes with the last task that it has here, and without one at the next
  /// acquire_ownership(). Error limit_exceeded: beyond limits::memory_key_bytes, memory_value_bytes or memory_keys.
  virtual result<void> memory_put(const caller& who, const std::string& context_id, const std::string& key,
                                  const std::optional<std::string>& value, time_point now) = 0;
  /// Nothing when there is none.
  virtual result<std::optional<std::string>> memory_get(const caller& who, const std::string& context_id,
                                                        const std::string& key) = 0;

  /// Tasks of the agent that are not ended.
  virtual result<open_tasks> open(const std::string& agent) = 0;
  /// The task that keeps a context of an agent busy: the oldest that is submitted or working.
  virtual result<std::optional<task_id>> busy_task(const std::string& tenant, const std::string& owner,
                                                   const std::string& agent, const std::string& context_id) = 0;
  /// Timers due before `until`, earliest first.
  virtual result<std::vector<timer_row>> timers(time_point until, std::size_t limit) = 0;

  /// A new version unless the newest has the same hash; the version either way.
  virtual result<int> put_definition(const std::string& name, const std::string& body, const std::string& hash,
                                     time_point now) = 0;
  virtual result<stored_definition> definition(const std::string& name, int version) = 0;
  /// Newest first, without bodies.
  virtual result<std::vector<stored_definition>> definition_versions(const std::string& name) = 0;

  /// Whether a task of the agent has not ended: at work, queued, or waiting for a person.
  virtual result<bool> has_open_tasks(const std::string& agent) = 0;
  /// A definition that came through the API, in one transaction: its version as of put_definition(), the mark `kept`, and
  /// the idempotency record. The version. Errors when there is such a record, and nothing is written: idempotency_mismatch,
  /// conflict (the caller then asks find_agent()).
  virtual result<int> keep_agent(const std::string& name, const std::string& body, const std::string& hash,
                                 const std::optional<idempotency_record>& once, time_point now) = 0;
  /// The agent that was made under a key.
  virtual result<std::optional<agent_hit>> find_agent(const std::string& tenant, const std::string& principal,
                                                      const std::string& operation, const std::string& key) = 0;
  /// Marks an agent, or takes its mark and its keys' versions away; its versions stay, since tasks have run them.
  virtual result<void> mark_agent(const std::string& name, std::optional<agent_mark> mark) = 0;
  /// By name, ascending.
  virtual result<std::vector<marked_agent>> marked_agents() = 0;

  /// Durable messages of topics; lives as long as the store.
  virtual topic_store& topics() = 0;
  /// Push configurations; lives as long as the store. They go with their tasks.
  virtual push_store& pushes() = 0;

  /// Deletes tasks that ended before these times (failed, canceled and rejected ones by the second), and old idempotency
  /// records; at most `limit` tasks. Returns how many tasks.
  virtual result<std::size_t> sweep(time_point completed_before, time_point failed_before, time_point idempotency_before,
                                    std::size_t limit) = 0;
};

}  // namespace mofa::core

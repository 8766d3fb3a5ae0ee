// The port of tasks: everything a protocol can ask about tasks and contexts. Gateway and actors meet here.
// Implemented by the actor system; called by protocol handlers.
// Each question carries a completion that is called exactly once, on any thread; it must not block.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/core/caller.hpp"
#include "protocols/core/event.hpp"
#include "protocols/core/ports/event_sink.hpp"
#include "protocols/core/task.hpp"
#include "server/base/callback.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

template <class T>
using completion = callback<void(result<T>)>;

/// Makes a repeated request harmless (see the API: Idempotency-Key).
struct idempotency {
  std::string key;        ///< as the client sent it, at most limits::client_id_bytes
  std::string operation;  ///< method and path
  std::string body_hash;  ///< SHA-256 of the body, hex
};

/// What a task and its children may use, beyond the limits of its agent; the smaller one counts.
struct budget {
  std::optional<std::int64_t> max_tokens;
  std::optional<std::int64_t> max_cost_microusd;
  std::optional<std::int64_t> max_descendants;  ///< of a child: its share of what its parent may still have
};

/// A task that another task asked for.
struct child_origin {
  task_id id;  ///< the parent's journal holds it: submitted again after a restart it is errc::conflict
  task_id parent;
  int depth = 1;                                         ///< how many ancestors it has
  core::durability durability = core::durability::sync;  ///< its parent's
};

struct submission {
  std::string agent;
  core::message message;     ///< an empty message_id is filled with a new one
  std::string context_id;    ///< empty: a new context
  bool context_new = false;  ///< its agent has just made the id: nothing was said before
  core::priority priority = priority::normal;
  std::optional<milliseconds> timeout;
  label_map labels;
  std::vector<core::message> history;  ///< what was said before, for this task only; the context is not read then
  std::string instructions;            ///< follow the agent's own, for this task only
  json metadata{};                     ///< what the request said beside the message: an object, or null
  core::budget budget;
  std::optional<child_origin> child;  ///< admitted beyond its agent's limits
  std::optional<core::idempotency> idempotency;
  milliseconds wait{0};  ///< answer when the task is settled or after this long; 0: at once, after the commit
};

/// A message for a task that there is: an answer to its question, or something more.
struct further_message {
  core::message message;  ///< an empty message_id is filled with a new one
  std::optional<core::idempotency> idempotency{};
  milliseconds wait{0};  ///< as of a submission: until the task is settled again
  json metadata{};       ///< as of a submission
};

struct submitted_task {
  task_ptr task;
  bool replayed = false;          ///< an earlier request with the same idempotency key made it
  std::uint64_t message_seq = 0;  ///< of send(): number of the event that holds the message; 0: not known
};

struct task_filter {
  std::optional<std::string> agent;
  std::optional<std::string> context_id;
  std::optional<task_state> state;
  std::optional<std::pair<std::string, std::string>> label;
  std::optional<task_id> parent_id;
  std::optional<time_point> since;           ///< created at or after
  std::optional<time_point> status_since{};  ///< its status is of that time or later
  bool by_status = false;                    ///< the newest status first
  bool counted = false;                      ///< of a list by status: page::total says how many there are
};

/// A page wanted: at most `limit` items after the opaque cursor.
struct page_request {
  int limit = 50;
  std::string cursor;
};

template <class T>
struct page {
  std::vector<T> items;
  std::string next_cursor;  ///< empty: the last page
  std::int64_t total = -1;  ///< how many there are on all pages; -1: not counted
};

struct context_info {
  std::string id;
  time_point created_at{};
  time_point updated_at{};
  std::int64_t tasks = 0;
};

class task_service {
 public:
  virtual ~task_service() = default;

  /// Success: the task is committed. Errors: not_found (agent), invalid, queue_full, context_busy, unavailable,
  /// storage_full, in_progress, idempotency_mismatch.
  virtual void submit(const caller& who, submission what, completion<submitted_task> done) = 0;
  /// Success: the message is committed. Errors: not_found, task_terminal, and those of submit. The same message again, its
  /// message_id and all that it says, changes nothing. Where the idempotency key is the message_id, another message with
  /// that id is errc::idempotency_mismatch; else it is a message like any other.
  virtual void send(const caller& who, task_id to, further_message what, completion<submitted_task> done) = 0;
  /// Success: the task is canceled, by this call or an earlier one. Errors: not_found, task_not_cancelable.
  virtual void cancel(const caller& who, task_id which, std::string reason, completion<task_ptr> done) = 0;

  virtual void get(const caller& who, task_id which, completion<task_ptr> done) = 0;
  /// The task when it is settled, or as it is after that long.
  virtual void await(const caller& who, task_id which, milliseconds wait, completion<task_ptr> done) = 0;
  /// Newest first, or as the filter says; a cursor of one order is errc::invalid in the other.
  virtual void list(const caller& who, task_filter filter, page_request want, completion<core::page<task_row>> done) = 0;
  /// An ended task with its children. Errors: not_found, task_not_terminal.
  virtual void remove(const caller& who, task_id which, completion<void> done) = 0;

  /// Events with a number greater than `after`, at most `limit`, oldest first.
  virtual void events(const caller& who, task_id which, std::uint64_t after, int limit,
                      completion<std::vector<event_ptr>> done) = 0;
  /// Every event after number `after`, past and coming. The sink starts with `credit` credits.
  /// A task that ended at or before `after` answers errc::task_terminal.
  virtual void subscribe(const caller& who, task_id which, std::uint64_t after, std::size_t credit,
                         std::shared_ptr<event_sink> sink, completion<subscription_ptr> done) = 0;

  virtual void contexts(const caller& who, page_request want, completion<core::page<context_info>> done) = 0;
  virtual void context(const caller& who, std::string id, completion<context_info> done) = 0;
  /// The messages of all tasks of the context, newest first.
  virtual void context_messages(const caller& who, std::string id, page_request want,
                                completion<core::page<core::message>> done) = 0;
  /// Deletes the context's tasks. Errors: not_found, task_not_terminal (one of them still runs).
  virtual void remove_context(const caller& who, std::string id, completion<void> done) = 0;
};

}  // namespace mofa::core

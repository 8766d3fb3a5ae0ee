// The messages of the actor system: every type that one actor sends to another, with its CAF type id.
// Values; a message is owned by the mailbox that it is in. Types never leave the process, so `inspect` names them only.
// Any thread.
#pragma once

#include <caf/type_id.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/system/bus_messages.hpp"
#include "actors/system/message.hpp"
#include "actors/system/push_messages.hpp"
#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/event_sink.hpp"
#include "protocols/core/ports/kind.hpp"
#include "protocols/core/ports/model.hpp"
#include "protocols/core/ports/store.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/task.hpp"

namespace mofa::storage {
class memory_journal;
}
namespace mofa::supervision {
struct child_spec;
}

namespace mofa::actors {

/// What a question about one task is answered with.
struct task_reply {
  result<core::submitted_task> value = fail(errc::internal, "no answer was given");
  MOFA_MESSAGE(task_reply)
};

/// To an agent: a new task.
struct submit_request {
  core::caller who;
  core::submission what;
  MOFA_MESSAGE(submit_request)
};

/// From an agent to a new task actor: be born. With `hold` the submission is journaled, and decided later.
struct start_task {
  core::caller who;
  core::submission what;
  time_point at{};
  bool hold = false;
  MOFA_MESSAGE(start_task)
};

/// Something for one task, through its agent.
struct task_input {
  enum class type { message, cancel, timer, outcome, revive, quarantine };
  task_id task;
  type kind = type::revive;
  core::message message;  ///< message: what was said
  std::string text;       ///< cancel: reason; timer: timer_id; outcome: effect_id; quarantine: why
  core::json data;        ///< outcome: {"value": …} or {"error": {code, detail}}; message: its request's metadata
  std::optional<core::idempotency_record> once;
  MOFA_MESSAGE(task_input)
};

/// From a task actor to its agent.
struct task_note {
  enum class type {
    loaded,   ///< it has read its journal; `state` and `context` are what it found
    busy,     ///< it is at work now
    waiting,  ///< it waits for a person
    held,     ///< its submission is journaled, it asks for leave
    ended,    ///< it is terminal, it asks for leave
    asking,   ///< it waits for its children only, and needs no place of its own
    idle,     ///< nothing to do until somebody writes, it asks for leave
    stay,     ///< work arrived before the leave was granted
    unborn,   ///< its first append failed: there is no such task; it ends
    crashed,  ///< its behaviour threw; it ends
    reload,   ///< the outcome of an append is not known or it is not the owner any more; it ends
    parked,   ///< this binary cannot read its journal; it ends
  };
  task_id task;
  type kind = type::idle;
  core::task_state state = core::task_state::submitted;
  std::string reason;
  std::string context{};  ///< its context_key()
  MOFA_MESSAGE(task_note)
};

/// Names a context within an agent: contexts of different owners never meet.
inline std::string context_key(const std::string& tenant, const std::string& owner, const std::string& context_id) {
  return tenant + '\0' + owner + '\0' + context_id;
}

/// From an agent to a task: you may end; or: end if you have nothing to do.
struct leave {
  bool granted = false;
  MOFA_MESSAGE(leave)
};

/// A task's journal, read.
struct task_loaded {
  result<core::loaded_task> journal = fail(errc::internal, "not loaded");
  core::definition_ptr definition;
  core::behaviour_ptr behaviour;  ///< of the version that the task started with; null when this binary has none
  bool parent_ended = false;      ///< the task that asked for it has ended
  MOFA_MESSAGE(task_loaded)
};

/// To the journal: commit this; `settled` is the whole task when the unit settled it.
struct append_request {
  core::append_unit unit;
  core::task_ptr settled;
  MOFA_MESSAGE(append_request)
};
struct append_reply {
  result<void> value;
  MOFA_MESSAGE(append_reply)
};

/// One committed unit, on its way to the subscribers.
struct committed_unit {
  task_id task;
  std::vector<core::event_ptr> events;
  core::task_ptr settled;
  bool ended = false;
};
struct publish_request {
  std::vector<committed_unit> units;
  MOFA_MESSAGE(publish_request)
};

/// A read of the store, run on a reader's thread. One that is dropped unrun tells its asker so.
class read_job {
 public:
  virtual ~read_job() = default;
  virtual void run(core::store& from) = 0;
};
/// The same for what is kept in memory only, run by the feeds.
class memory_job {
 public:
  virtual ~memory_job() = default;
  virtual void run(const storage::memory_journal& from) = 0;
};
struct read_request {
  std::shared_ptr<read_job> job;
  MOFA_MESSAGE(read_request)
};

/// Subscriptions of the feeds; `key` names one.
struct subscribe_request {
  std::uint64_t key = 0;
  task_id task;
  std::uint64_t after = 0;
  std::size_t credit = 0;
  std::shared_ptr<core::event_sink> sink;
  std::weak_ptr<const void> wanted;  ///< expired: whoever asked is gone already
  MOFA_MESSAGE(subscribe_request)
};
struct grant_request {
  std::uint64_t key = 0;
  std::size_t credit = 0;
  MOFA_MESSAGE(grant_request)
};
struct unsubscribe_request {
  std::uint64_t key = 0;
  MOFA_MESSAGE(unsubscribe_request)
};
/// A page of the past for a subscription.
struct backlog {
  std::uint64_t key = 0;
  result<std::vector<core::event_ptr>> events = fail(errc::internal, "not read");
  MOFA_MESSAGE(backlog)
};
/// Answers with the task when it is settled beyond event `after`, or as it is after `wait`.
struct await_request {
  std::uint64_t key = 0;  ///< names the question for await_checked
  task_id task;
  std::uint64_t after = 0;
  milliseconds wait{0};
  MOFA_MESSAGE(await_request)
};
/// The settled task as a reader found it in the store: the feed may have told before the question came.
struct await_checked {
  std::uint64_t key = 0;
  task_reply found;
  MOFA_MESSAGE(await_checked)
};

/// A question to the tasks that are kept in memory only; one that is dropped unrun tells its asker so.
struct volatile_query {
  std::shared_ptr<memory_job> job;
  MOFA_MESSAGE(volatile_query)
};
struct volatile_remove {
  core::caller who;
  task_id task;
  MOFA_MESSAGE(volatile_remove)
};
struct done_reply {
  result<void> value;
  MOFA_MESSAGE(done_reply)
};

/// To clockwork: a timer was committed.
struct arm_timer {
  core::timer_row timer;
  MOFA_MESSAGE(arm_timer)
};
struct timers_read {
  result<std::vector<core::timer_row>> rows = fail(errc::internal, "not read");
  time_point until{};
  MOFA_MESSAGE(timers_read)
};

/// To the effects room: run this; `resumed` after a restart of the task, when it may be running already.
struct run_effect {
  task_id task;
  std::string agent;
  core::caller who;        ///< the owner of the task
  std::string context_id;  ///< of the task
  core::priority priority = core::priority::normal;
  std::optional<milliseconds> time_left;  ///< until the task's deadline
  std::string effect_id;
  core::json request;  ///< data of the event effect_requested
  bool resumed = false;
  int hops = 0;  ///< tasks made from messages of topics that led to the task, this one included
  MOFA_MESSAGE(run_effect)
};
struct abort_effects {
  std::vector<std::string> effect_ids;
  MOFA_MESSAGE(abort_effects)
};
struct effect_outcome {
  std::string effect_id;
  result<core::json> value = fail(errc::internal, "no outcome");
  core::usage used;
  bool again = false;  ///< nobody knows how it went
  MOFA_MESSAGE(effect_outcome)
};

/// A piece of an effect's text, as it comes: to the effects room from whoever runs it, and from there to the feeds.
struct effect_text {
  task_id task;
  std::string effect_id;
  int attempt = 1;
  std::string text;
  bool over = false;  ///< the effect has an outcome: what is known of its text can go
  MOFA_MESSAGE(effect_text)
};
/// An attempt of an effect has failed, and another one follows: told the same way.
struct effect_retried {
  task_id task;
  std::string effect_id;
  core::failed_attempt what;
  MOFA_MESSAGE(effect_retried)
};

/// What an agent found in the store when it started.
struct open_tasks_read {
  result<core::open_tasks> found = fail(errc::internal, "not read");
  std::map<task_id, task_id> blocked_by;  ///< queued tasks whose context another task keeps busy
  MOFA_MESSAGE(open_tasks_read)
};
/// Which task keeps a context busy, from the store.
struct context_checked {
  std::string context;
  result<std::optional<task_id>> busy = std::optional<task_id>{};
  MOFA_MESSAGE(context_checked)
};

/// Operator's questions to an agent.
struct agent_request {
  enum class type { status, pause, resume, drain, renew, leave };  ///< renew: a newer definition; leave: end when empty
  type kind = type::status;
  MOFA_MESSAGE(agent_request)
};
struct agent_reply {
  core::agent_actor_info info;
  bool empty = false;  ///< it has no task at all
  MOFA_MESSAGE(agent_reply)
};

/// Supervision.
struct tree_request {
  MOFA_MESSAGE(tree_request)
};
struct tree_reply {
  core::supervision_node node;
  MOFA_MESSAGE(tree_reply)
};
/// A further child, of a supervisor whose strategy is one_for_one; and its end for good.
struct add_child {
  std::shared_ptr<const supervision::child_spec> spec;
  MOFA_MESSAGE(add_child)
};
struct remove_child {
  std::string name;
  MOFA_MESSAGE(remove_child)
};
struct restart_child {
  std::string name;
  MOFA_MESSAGE(restart_child)
};

/// To oneself, later: what it is about is the actor's own business.
struct tick {
  std::uint64_t what = 0;
  MOFA_MESSAGE(tick)
};

}  // namespace mofa::actors

CAF_BEGIN_TYPE_ID_BLOCK(mofa, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(mofa, (mofa::actors::task_reply))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::submit_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::start_task))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::task_input))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::task_note))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::leave))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::task_loaded))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::append_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::append_reply))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::publish_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::read_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::subscribe_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::grant_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::unsubscribe_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::backlog))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::await_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::await_checked))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::volatile_query))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::volatile_remove))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::done_reply))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::arm_timer))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::timers_read))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::run_effect))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::abort_effects))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::effect_outcome))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::effect_text))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::effect_retried))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::open_tasks_read))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::context_checked))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::agent_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::agent_reply))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::tree_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::tree_reply))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::add_child))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::remove_child))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::restart_child))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::publish_message))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::publish_reply))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::messages_kept))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::newest_read))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::topic_subscribe_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::topic_backlog))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::cursor_opened))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::message_taken))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::cursors_moved))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::definitions_changed))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::topics_request))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::topics_reply))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::push_changed))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::pushes_read))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::push_event))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::push_task))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::push_attempted))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::pushes_moved))
CAF_ADD_TYPE_ID(mofa, (mofa::actors::tick))
CAF_END_TYPE_ID_BLOCK(mofa)

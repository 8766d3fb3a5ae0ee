// What an agent knows of its tasks: slots of live ones, the order within contexts, who waits for a place.
// Private to the agent actor; the counts are what admission and the operator's view read.
// One actor's thread.
#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/agent/agent_actor.hpp"
#include "actors/supervision/restart_policy.hpp"
#include "actors/system/actors.hpp"
#include "actors/system/environment.hpp"
#include "actors/task/task_actor.hpp"

namespace mofa::agent {

using namespace mofa::actors;
using asker = caf::typed_response_promise<task_reply>;
using task::answer_interrupted;

struct waiting_input {
  task_input what;
  asker who;
};

struct waiting_submission {
  submit_request what;
  asker who;
};

/// A task with an actor, or between two of them.
struct slot {
  enum class mood {
    live,
    leaving,  ///< its leave is granted; what arrives is stashed
    crashed,  ///< it told why it ends
    reload,   ///< its actor's belief was wrong; the journal is read again
    gone,     ///< it ends for good
    resting   ///< between two actors: a backoff runs
  };
  task_actor actor;
  mood how = mood::live;
  bool counted = false;          ///< it takes one of the places
  bool start_when_held = false;  ///< its turn came before its submission was journaled
  bool woken = false;            ///< it had no slot: a timer or a message brought it back
  bool holding = false;          ///< its actor must not decide its submission
  std::string context;           ///< key of the context that it keeps busy; empty: none
  std::string once;              ///< idempotency key that is undecided while its first append is
  int reloads = 0;               ///< in a row
  std::string reason;            ///< of the crash
  std::vector<waiting_input> stash;
  std::unique_ptr<supervision::restart_window> crashes;
  time_point active{};  ///< when something last happened
};

/// A context with a task at work.
struct context_slot {
  std::optional<task_id> running;
  std::vector<task_id> waiting;  ///< journaled, in order; an empty deque would cost half a KiB for each context
  bool resolving = false;        ///< the store is being asked whether a sleeping task keeps it busy
  std::vector<waiting_submission> unresolved;
};

inline constexpr std::uint64_t look_around_tick = 0;  ///< other ticks end a backoff

/// The whole state of an agent actor, and what it does; see the .cpp files by topic.
struct agent_state {
  static inline const char* name = "agent";
  using self_pointer = agent_actor::stateful_pointer<agent_state>;

  explicit agent_state(self_pointer me) : self(me) {}
  /// Ends its tasks' actors: the successor owns the tasks.
  ~agent_state();
  agent_state(const agent_state&) = delete;
  agent_state& operator=(const agent_state&) = delete;

  self_pointer self;
  std::shared_ptr<const task::workshop> shop;
  catalog::compiled made;
  directory::directory::depth_counter mailbox_depth;
  bool opening = true;  ///< the store has not told yet what is open
  std::shared_ptr<standing_orders> orders;
  std::function<void()> on_empty;
  std::string last_failure;
  std::deque<time_point> recent_restarts;
  std::vector<waiting_submission> early;  ///< what arrived while opening
  std::vector<waiting_input> early_inputs;

  std::unordered_map<task_id, slot> slots;
  std::unordered_map<caf::actor_id, task_id> by_actor;
  std::unordered_map<std::string, context_slot> contexts;
  std::unordered_map<task_id, std::string> queued;  ///< journaled, not started; with its context
  std::deque<task_id> ready;                        ///< of these, those whose context is theirs
  std::set<std::string> keys_in_flight;
  std::unordered_map<std::uint64_t, task_id> alarms;  ///< ends of backoffs
  std::uint64_t last_alarm = look_around_tick;
  std::int64_t counted = 0;   ///< slots that take a place
  std::int64_t sleeping = 0;  ///< tasks at work that have no slot

  const core::definition& definition() const { return *made.definition; }
  time_point now() const { return shop->env.time.now(); }
  std::int64_t running() const { return counted + sleeping; }
  bool empty() const { return !opening && slots.empty() && queued.empty() && running() == 0; }
  bool has_place() const { return !orders->paused && running() < definition().limits.max_concurrent_tasks; }

  void erase(task_id id) { slots.erase(id); }

  // --- admission
  void submit(submit_request& request, asker who);
  static std::string once_key(const submit_request& request);
  void refuse(asker& who, error why);
  // Finds the task's turn within its context.
  void place(submit_request& request, asker who);
  // A task without a slot may keep the context busy; only the store knows.
  void resolve(const std::string& key);
  void resolved(const context_checked& found);
  void begin(submit_request& request, asker who, const std::string& key, context_slot& context);
  void interrupt(task_id which);

  // --- slots
  slot& add(task_id id, task_actor actor);
  void count(slot& mine);
  void uncount(slot& mine);
  slot& activate(task_id id, bool hold);
  void pass_on(slot& mine, task_input& what, asker who);
  void deliver(task_input& what, asker who);
  void start_ready();
  void release(task_id id, std::string key);
  void let_go(task_id id, slot& mine);
  void grant_leave(slot& mine);

  // --- notes of tasks
  void hear(const task_note& news);
  // A task without a slot was awake in the journal only.
  void welcome(const task_note& news, slot& mine);
  // Unless another task of the context is at work.
  void take_context(const task_note& news, slot& mine);
  void stay(slot& mine);
  void ended(const caf::down_msg& news);
  void left(task_id id, slot& mine);
  void restart(task_id id, slot& mine);
  void quarantine(task_id id, slot& mine);
  void rest(task_id id, slot& mine, milliseconds span);
  void wake(std::uint64_t alarm);

  // --- start, and every second
  void open();
  void opened(const open_tasks_read& news);
  void bring_back(const core::wake_row& row, const std::map<task_id, task_id>& blocked_by);
  void look_around();
  void see_off();
  void renew();
  agent_reply command(const agent_request& order);
};

}  // namespace mofa::agent

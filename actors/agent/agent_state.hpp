// What an agent knows of its tasks: slots of live ones, the order within contexts, who waits for a place.
// Private to the agent actor; the counts are what admission and the operator's view read.
// One actor's thread.
#pragma once

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/supervision/restart_policy.hpp"
#include "actors/system/actors.hpp"
#include "actors/task/task_actor.hpp"

namespace mofa::agent {

using namespace mofa::actors;
using asker = caf::typed_response_promise<task_reply>;

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
  bool holding = false;          ///< its actor must not decide its submission
  std::string context;           ///< key of the context that it keeps busy; empty: none
  std::string once;              ///< idempotency key that is undecided while its first append is
  std::string reason;            ///< of the crash
  std::vector<waiting_input> stash;
  std::unique_ptr<supervision::restart_window> crashes;
  time_point active{};  ///< when something last happened
};

/// A context with a task at work.
struct context_slot {
  std::optional<task_id> running;
  std::deque<task_id> waiting;                   ///< journaled, in order
  bool resolving = false;                        ///< the store is being asked whether a sleeping task keeps it busy
  std::vector<waiting_submission> unresolved;
};

}  // namespace mofa::agent

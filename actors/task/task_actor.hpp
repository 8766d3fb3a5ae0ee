// The task actor: one live task. Takes facts one at a time, commits each step, then lets its effects, timers and answers go.
// Started and watched by its agent; ends when the task has ended, or when it has nothing to do.
// One scheduled actor for each live task.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>

#include "actors/catalog/catalog.hpp"
#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"

namespace mofa::task {

/// What all task actors of one agent share.
struct workshop {
  const actors::environment& env;
  const directory::directory& where;
  catalog::catalog& definitions;
  directory::directory::depth_counter mailbox_depth;  ///< of the agent
  actors::journal_actor journal;
  actors::feeds_actor feeds;
  actors::clockwork_actor clockwork;
  actors::effects_actor effects;
};

/// Tells who waits, if somebody does, that the actor ended before there was an answer.
void answer_interrupted(caf::typed_response_promise<actors::task_reply>& who);

/// Starts the actor of a task that does not exist yet; its first message is start_task.
actors::task_actor spawn_new(caf::actor_system& system, std::shared_ptr<const workshop> shop, actors::agent_actor agent,
                             task_id which, const catalog::compiled& made);

/// Starts the actor of a journaled task: it reads its journal, decides what is undecided (not with `hold`), resumes its
/// effects.
actors::task_actor spawn_from_journal(caf::actor_system& system, std::shared_ptr<const workshop> shop,
                                      actors::agent_actor agent, task_id which, bool hold);

}  // namespace mofa::task

// The protocol of the actor system, said once: which actor takes which message, and what it answers.
// Every spawn returns one of these handles; directory and supervisors keep them. Behind a handle is exactly one mailbox.
// Handles may be used on any thread.
#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/system/messages.hpp"

namespace mofa::actors {

/// Every actor that a supervisor keeps: it ends on an exit message, in its own time within the grace.
using task_actor = caf::typed_actor<
    // Be born: journal the submission, and decide it unless it is held.
    caf::replies_to<start_task>::with<task_reply>,
    // A fact for the task: answered after the commit.
    caf::replies_to<task_input>::with<task_reply>,
    // The task's journal, as a reader found it.
    caf::reacts_to<task_loaded>,
    // The agent grants the leave, or asks whether the task has something to do.
    caf::reacts_to<leave>>;

using agent_actor = caf::typed_actor<
    // A new task: admission, order within the context, then a task actor.
    caf::replies_to<submit_request>::with<task_reply>,
    // Something for one of its tasks; wakes the task if need be.
    caf::replies_to<task_input>::with<task_reply>,
    // From its task actors.
    caf::reacts_to<task_note>,
    // What the store knows at start, and about a context.
    caf::reacts_to<open_tasks_read>, caf::reacts_to<context_checked>,
    // Operator.
    caf::replies_to<agent_request>::with<agent_reply>,
    // Its own timers.
    caf::reacts_to<tick>>;

using journal_actor = caf::typed_actor<
    // Commit one unit; units that arrive during a commit share the next one.
    caf::replies_to<append_request>::with<append_reply>,
    // The end of a group: commit what was gathered.
    caf::reacts_to<tick>>;

using reader_actor = caf::typed_actor<
    // Run the job against the store.
    caf::reacts_to<read_request>>;

using feeds_actor = caf::typed_actor<
    // Committed units, in order.
    caf::reacts_to<publish_request>,
    // A unit of a task that is kept in memory only: applied and published at once.
    caf::replies_to<append_request>::with<append_reply>,
    // Subscriptions: begin, allow more, end; and a page of the past for one.
    caf::reacts_to<subscribe_request>, caf::reacts_to<grant_request>, caf::reacts_to<unsubscribe_request>,
    caf::reacts_to<backlog>,
    // Words of a running effect: to who listens now, and kept until its outcome for who joins later. And its retries.
    caf::reacts_to<effect_text>, caf::reacts_to<effect_retried>,
    // Wait until a task is settled.
    caf::replies_to<await_request>::with<task_reply>, caf::reacts_to<await_checked>,
    // Tasks that are kept in memory only.
    caf::reacts_to<volatile_query>, caf::replies_to<volatile_remove>::with<done_reply>,
    // Its own timers.
    caf::reacts_to<tick>>;

using clockwork_actor = caf::typed_actor<
    // A timer was committed.
    caf::reacts_to<arm_timer>,
    // The timers of the coming minute, from the store.
    caf::reacts_to<timers_read>, caf::reacts_to<tick>>;

using effects_actor = caf::typed_actor<
    // Start an effect, or find it running.
    caf::reacts_to<run_effect>,
    // Its task has ended: stop, and drop what comes.
    caf::reacts_to<abort_effects>,
    // A call has said something, tries again, or has ended.
    caf::reacts_to<effect_text>, caf::reacts_to<effect_retried>, caf::reacts_to<effect_outcome>, caf::reacts_to<tick>>;

using bus_actor = caf::typed_actor<
    // A message: answered when it is on its way to its subscribers, and committed before when it is to be kept.
    caf::replies_to<publish_message>::with<publish_reply>,
    // What the store says: at the start, after a commit, and for a subscription.
    caf::reacts_to<newest_read>, caf::reacts_to<messages_kept>, caf::reacts_to<topic_backlog>, caf::reacts_to<cursor_opened>,
    // Subscriptions of clients: begin, allow more, end.
    caf::replies_to<topic_subscribe_request>::with<done_reply>, caf::reacts_to<grant_request>,
    caf::reacts_to<unsubscribe_request>,
    // Subscriptions of agents.
    caf::reacts_to<definitions_changed>, caf::reacts_to<message_taken>, caf::reacts_to<cursors_moved>,
    // What there is.
    caf::replies_to<topics_request>::with<topics_reply>,
    // Its own timers.
    caf::reacts_to<tick>>;

using delivery_actor = caf::typed_actor<
    // A push configuration was made or removed; and what the store says of it, or of all at the start.
    caf::reacts_to<push_changed>, caf::reacts_to<pushes_read>,
    // What happens to a task that somebody is to be told of, and the task itself.
    caf::reacts_to<push_event>, caf::reacts_to<push_task>,
    // How an attempt went; whether its outcome is kept.
    caf::reacts_to<push_attempted>, caf::reacts_to<pushes_moved>,
    // Pauses between attempts.
    caf::reacts_to<tick>>;

using supervisor_actor = caf::typed_actor<
    // The tree from here downwards.
    caf::replies_to<tree_request>::with<tree_reply>,
    // A further child is started; one is ended for good.
    caf::replies_to<add_child>::with<done_reply>, caf::replies_to<remove_child>::with<done_reply>,
    // The operator restarts one child; it does not count as a crash.
    caf::replies_to<restart_child>::with<done_reply>,
    // Backoffs and grace periods.
    caf::reacts_to<tick>>;

}  // namespace mofa::actors

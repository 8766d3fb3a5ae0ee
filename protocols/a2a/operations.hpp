// The operations: what an agent does for a client of A2A, whatever the version and the binding that the call came by.
// Called by the bindings with a question that is read already; each answers its reply exactly once.
// Called on a session's thread; does not block; answers come on any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "protocols/a2a/codec.hpp"
#include "protocols/a2a/questions.hpp"
#include "protocols/a2a/reply.hpp"
#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/push_service.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/http/feed_encoder.hpp"

namespace mofa::a2a {

/// What the operations ask. The services outlive the routes.
struct services {
  core::task_service& tasks;
  core::agent_service& agents;
  core::push_service& pushes;
};

/// One call: who asks which agent, and where the answer goes.
struct call {
  const services& server;
  core::caller who;
  std::string agent;
  const codec& words;
  reply to;
  bool once = false;                         ///< the message's id makes a repeat harmless (an activated extension)
  std::optional<std::uint64_t> after_event;  ///< `Last-Event-ID`, where its extension is activated
};

void send_message(call made, send_question asked);
void send_streaming_message(call made, send_question asked);
void get_task(call made, get_question asked);
void list_tasks(call made, list_question asked);
void cancel_task(call made, task_question asked);
void subscribe_to_task(call made, task_question asked);
void create_push_config(call made, push_question asked);
void get_push_config(call made, push_id_question asked);
void list_push_configs(call made, push_id_question asked);
void delete_push_config(call made, push_id_question asked);

// --- what they have in common

/// The fault of a tenant that is not the caller's; nothing when it is, or none is named.
std::optional<fault> wrong_tenant(const call& made, const std::string& tenant);
/// The task when it is one of this agent that the caller may see; else the call is answered with the fault.
void with_task(call made, const std::string& id, callback<void(call, core::task_ptr)> then);
/// Answers with the task's events behind that number, past and coming, as the encoder tells them.
void stream_events(call made, task_id task, std::uint64_t after, std::unique_ptr<http::feed_encoder> told);
/// The fault of a receiver that would not be told; nothing when it may be registered.
std::optional<fault> wrong_receiver(const call& made, const push_question& asked);
/// A member that must be there is not, or is empty.
fault missing(std::string_view member);
/// A page token that the list did not give.
fault wrong_page_token();
/// The agent of the call is not there: HTTP 404. `why` names near ones, which only who may list agents is told.
fault no_such_agent(const call& made, const error& why);
/// The task's whole answer is a message: it has ended with a reply, and there is no other result of it.
bool is_reply_alone(const core::task& what);
/// And the reply was the first that happened: nobody can have been told of a task before.
bool replied_at_once(const core::task& what);
/// How much history is shown: all unless the client says otherwise.
std::size_t history_of(const std::optional<std::int64_t>& length);
/// The name of the dialect in push configurations.
std::string_view dialect_of(version as);
/// The configuration as it is kept for the task. In 0.3 one without an id has that of its task, and is found without one.
core::push_config config_for(task_id task, core::push_config given, version as);

}  // namespace mofa::a2a

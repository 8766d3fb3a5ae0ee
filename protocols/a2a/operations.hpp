// The operations: what an agent does for a client of A2A, whatever the version and the binding that the call came by.
// Called by the bindings with a question that is read already; each answers its reply exactly once.
// Called on a session's thread; does not block; answers come on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/a2a/codec.hpp"
#include "protocols/a2a/questions.hpp"
#include "protocols/a2a/reply.hpp"
#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/push_service.hpp"
#include "protocols/core/ports/task_service.hpp"

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
  std::optional<std::uint64_t> after_event;  ///< `Last-Event-ID`
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
/// A member that must be there is not, or is empty.
fault missing(std::string_view member);
/// The agent of the call is not there: HTTP 404. `why` names near ones, which only who may list agents is told.
fault no_such_agent(const call& made, const error& why);
/// How much history is shown: all unless the client says otherwise.
std::size_t history_of(const std::optional<std::int64_t>& length);
/// The name of the dialect in push configurations.
std::string_view dialect_of(version as);
/// The configuration as it is kept for the task. In 0.3 one without an id has that of its task, and is found without one.
core::push_config config_for(task_id task, core::push_config given, version as);

}  // namespace mofa::a2a

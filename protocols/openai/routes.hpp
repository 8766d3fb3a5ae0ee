// Routes of the OpenAI dialect: agents as models, for programs that were written for OpenAI's API.
// Built once by the app, owned by the gateway's router.
// Immutable; handlers are called on a session's thread and do not block, answers come on any thread.
#pragma once

#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/http/route.hpp"

namespace mofa::openai {

/// POST /v1/chat/completions and GET /v1/models. The services outlive the table.
http::route_table routes(core::task_service& tasks, core::agent_service& agents);

/// Each call is a task in a new context. Without `stream` the answer comes with the task's end, and after the agent's
/// timeout at the latest; the task goes on then, as it does when the client leaves.
void add_completion_route(http::route_table& table, core::task_service& tasks, core::agent_service& agents);
/// All agents by name, in one list.
void add_models_route(http::route_table& table, core::agent_service& agents);

}  // namespace mofa::openai

#include <utility>

#include "protocols/rest/openapi.hpp"

namespace mofa::rest {
namespace {

constexpr std::string_view reads = "tasks:read";
constexpr std::string_view writes = "tasks:write";
constexpr std::string_view error_name = "a2a_error";
constexpr std::string_view rpc_name = "a2a_rpc_answer";
constexpr std::string_view stream_type = "text/event-stream";

constexpr std::string_view task_path = "/a2a/{agent}/tasks/{id}";
constexpr std::string_view pushes_path = "/a2a/{agent}/tasks/{id}/pushNotificationConfigs";
constexpr std::string_view push_path = "/a2a/{agent}/tasks/{id}/pushNotificationConfigs/{config}";

/// The same for every operation of HTTP+JSON, behind what it answers when all is well.
std::vector<described_answer> with_errors(std::vector<described_answer> answers) {
  answers.push_back({400, error_name, "A wrong question, version or media type, or the task's state does not allow it"});
  answers.push_back({403, error_name, "The key lacks the scope, or a web page of another origin asks"});
  answers.push_back({404, error_name, "No such agent, no such task of it, or another owner's"});
  answers.push_back({503, error_name, "The server has no room or a part restarts; see Retry-After"});
  return answers;
}

operation a2a_operation(std::string_view method, std::string_view path, std::string_view id, std::string_view scope,
                        std::string_view summary, std::vector<std::string_view> parameters, std::string_view body,
                        std::vector<described_answer> answers) {
  return {method,
          path,
          id,
          "a2a",
          scope,
          summary,
          std::move(parameters),
          body,
          !body.empty(),
          with_errors(std::move(answers)),
          {},
          error_name};
}

std::vector<operation> card_operations() {
  return {
      {"GET",
       "/a2a",
       "a2a_list_cards",
       "a2a",
       "",
       "The cards of all public agents",
       {"a2a_version"},
       "",
       false,
       {{200, "a2a_catalogue", "All of them, by name"}, {304, "", "The client's copy is the current one"}},
       {},
       error_name},
      a2a_operation("GET", "/a2a/{agent}/.well-known/agent-card.json", "a2a_get_card", "",
                    "An agent's card: open where the agent is public, else for keys with agents:read",
                    {"a2a_agent", "a2a_version"}, "",
                    {{200, "a2a_card", "The card, signed when the server has a key for it"},
                     {304, "", "The client's copy is the current one"}}),
      a2a_operation("GET", "/a2a/{agent}/.well-known/agent.json", "a2a_get_card_0_2", "",
                    "The same card where clients of 0.2 look for it; for who names no version one that 0.3 reads",
                    {"a2a_agent", "a2a_version"}, "",
                    {{200, "a2a_card", "The card"}, {304, "", "The client's copy is the current one"}}),
      a2a_operation("GET", "/a2a/{agent}/extendedAgentCard", "a2a_get_extended_card", reads,
                    "GetExtendedAgentCard: what the agent says of itself to whoever may call it",
                    {"a2a_agent", "a2a_version"}, "",
                    {{200, "a2a_card", "The extended card"}, {304, "", "The client's copy is the current one"}}),
  };
}

std::vector<operation> message_operations() {
  constexpr std::string_view called =
      "The result or the error of the call, under its id; of streaming methods many, as Server-Sent Events";
  return {
      {"POST",
       "/a2a/{agent}",
       "a2a_call",
       "a2a",
       reads,
       "Any operation as a JSON-RPC call, of 1.0 or 0.3; those that change something ask for tasks:write, too",
       {"a2a_agent", "a2a_version", "a2a_extensions", "last_event_id"},
       "a2a_rpc_call",
       true,
       {{200, rpc_name, called},
        {200, rpc_name, called, stream_type},
        {400, rpc_name, "The body is not JSON, or is not said to be"},
        {403, rpc_name, "The key lacks the scope, or a web page of another origin asks"},
        {404, rpc_name, "There is no such agent"},
        {429, rpc_name, "The agent's queue is full; see Retry-After"},
        {503, rpc_name, "The server has no room or a part restarts; see Retry-After"}},
       {},
       rpc_name},
      a2a_operation("POST", "/a2a/{agent}/message:send", "a2a_send_message", writes,
                    "SendMessage: a new task, or more for one that there is; answered when the task is settled",
                    {"a2a_agent", "a2a_version", "a2a_extensions"}, "a2a_send",
                    {{200, "a2a_sent", "The task, or the message that is all of the answer"},
                     {429, error_name, "The agent's queue is full; see Retry-After"}}),
      a2a_operation("POST", "/a2a/{agent}/message:stream", "a2a_stream_message", writes,
                    "SendStreamingMessage: the same, followed from its first event on",
                    {"a2a_agent", "a2a_version", "a2a_extensions"}, "a2a_send",
                    {{200, "a2a_stream_piece", "The task, then what happens to it, as Server-Sent Events", stream_type},
                     {429, error_name, "The agent's queue is full; see Retry-After"}}),
  };
}

std::vector<operation> a2a_task_operations() {
  constexpr std::string_view pieces = "The task as it is, then what happens to it, as Server-Sent Events";
  return {
      a2a_operation("GET", "/a2a/{agent}/tasks", "a2a_list_tasks", reads,
                    "ListTasks: the caller's tasks of the agent, the newest status first",
                    {"a2a_agent", "a2a_version", "a2a_context", "a2a_status", "a2a_status_after", "a2a_history_length",
                     "a2a_artifacts", "a2a_page_size", "a2a_page_token"},
                    "", {{200, "a2a_task_list", "One page of tasks"}}),
      a2a_operation("GET", task_path, "a2a_get_task", reads, "GetTask",
                    {"a2a_agent", "task_id", "a2a_version", "a2a_history_length"}, "", {{200, "a2a_task", "The task"}}),
      a2a_operation("POST", "/a2a/{agent}/tasks/{id}:cancel", "a2a_cancel_task", writes, "CancelTask; the body may be empty",
                    {"a2a_agent", "task_id", "a2a_version"}, "", {{200, "a2a_task", "The task, canceled"}}),
      a2a_operation("POST", "/a2a/{agent}/tasks/{id}:subscribe", "a2a_subscribe", reads,
                    "SubscribeToTask; the body may be empty",
                    {"a2a_agent", "task_id", "a2a_version", "a2a_extensions", "last_event_id"}, "",
                    {{200, "a2a_stream_piece", pieces, stream_type}}),
      a2a_operation("GET", "/a2a/{agent}/tasks/{id}:subscribe", "a2a_subscribe_by_get", reads, "SubscribeToTask",
                    {"a2a_agent", "task_id", "a2a_version", "a2a_extensions", "last_event_id"}, "",
                    {{200, "a2a_stream_piece", pieces, stream_type}}),
  };
}

std::vector<operation> push_operations() {
  return {
      a2a_operation("POST", pushes_path, "a2a_create_push_config", writes,
                    "CreateTaskPushNotificationConfig: whom to tell what happens to the task",
                    {"a2a_agent", "task_id", "a2a_version"}, "a2a_push_config",
                    {{200, "a2a_push_config", "The configuration, without its credentials"}}),
      a2a_operation("GET", pushes_path, "a2a_list_push_configs", reads, "ListTaskPushNotificationConfigs",
                    {"a2a_agent", "task_id", "a2a_version", "a2a_page_size", "a2a_page_token"}, "",
                    {{200, "a2a_push_config_list", "One page of configurations"}}),
      a2a_operation("GET", push_path, "a2a_get_push_config", reads, "GetTaskPushNotificationConfig",
                    {"a2a_agent", "task_id", "a2a_config", "a2a_version"}, "",
                    {{200, "a2a_push_config", "The configuration, without its credentials"}}),
      a2a_operation("DELETE", push_path, "a2a_delete_push_config", writes, "DeleteTaskPushNotificationConfig",
                    {"a2a_agent", "task_id", "a2a_config", "a2a_version"}, "", {{204, "", "There is none any more"}}),
  };
}

}  // namespace

std::vector<operation> a2a_operations() {
  std::vector<operation> out;
  for (const auto& group : {card_operations(), message_operations(), a2a_task_operations(), push_operations()})
    out.insert(out.end(), group.begin(), group.end());
  return out;
}

std::string_view a2a_tag_text() {
  return R"json({
  "name": "a2a",
  "description": "Agent2Agent, version 1.0 (1.0.1) and 0.3. Described are the routes of 1.0; the specification is normative for the shapes, of which this description names the members. Below /a2a/{agent}/{tenant}/ the HTTP+JSON paths of 1.0 answer the same, when the tenant is that of the caller; those of 0.3 begin with /a2a/{agent}/v1/ (/v1/card is its extended card, /a2a/{agent}/agent/authenticatedExtendedCard that of 0.2; it has no list of tasks); JSON-RPC is also answered at /a2a/{agent}/. For the agent that the setting a2a.default_agent names, all of these are also at the origin, without /a2a/{agent}. Operations that change something ask for tasks:read besides tasks:write. An error that A2A has no code for has -32600 when the request itself is at fault (HTTP 400, 404, 405, 413, 431), else -32000, and an ErrorInfo of the domain mofa.dev; below /a2a paths without a route are refused in the same form. With the setting a2a.enabled at false there are none of them.",
  "externalDocs": {"url": "https://a2a-protocol.org/latest/specification/"}
})json";
}

std::string_view a2a_parameters_text() {
  return R"json({
  "a2a_agent": {"name": "agent", "in": "path", "required": true, "description": "The agent's name",
    "schema": {"type": "string", "maxLength": 128}},
  "a2a_config": {"name": "config", "in": "path", "required": true, "description": "The configuration's id",
    "schema": {"type": "string", "maxLength": 128}},
  "a2a_version": {"name": "A2A-Version", "in": "header",
    "description": "1.0 or 0.3, also as a query parameter; the patch number is not read. JSON-RPC without it is 0.3, paths of 1.0 are 1.0, cards are for both",
    "schema": {"type": "string"}},
  "a2a_extensions": {"name": "A2A-Extensions", "in": "header",
    "description": "URIs of the extensions that the request activates, with commas between",
    "schema": {"type": "string"}},
  "a2a_context": {"name": "contextId", "in": "query", "description": "The context's id", "schema": {"type": "string"}},
  "a2a_status": {"name": "status", "in": "query", "description": "The task's state",
    "schema": {"$ref": "#/components/schemas/a2a_task_state"}},
  "a2a_status_after": {"name": "statusTimestampAfter", "in": "query", "description": "The status is of that time or later",
    "schema": {"type": "string", "format": "date-time"}},
  "a2a_history_length": {"name": "historyLength", "in": "query",
    "description": "The last so many messages; 0: no history. Without it a task has all that are kept, a task of a list none",
    "schema": {"type": "integer", "minimum": 0}},
  "a2a_artifacts": {"name": "includeArtifacts", "in": "query", "description": "Tasks with their artifacts",
    "schema": {"type": "boolean", "default": false}},
  "a2a_page_size": {"name": "pageSize", "in": "query", "description": "Items of a page",
    "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}},
  "a2a_page_token": {"name": "pageToken", "in": "query", "description": "nextPageToken of the page before",
    "schema": {"type": "string"}}
})json";
}

}  // namespace mofa::rest

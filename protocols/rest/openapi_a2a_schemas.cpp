#include "protocols/rest/openapi.hpp"

namespace mofa::rest {

std::string_view a2a_schemas_text() {
  return R"json({
  "a2a_catalogue": {"type": "object", "additionalProperties": false, "required": ["agents"],
    "properties": {"agents": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_card"}}}},
  "a2a_card": {"type": "object", "description": "AgentCard",
    "required": ["name", "description", "version", "supportedInterfaces", "capabilities", "defaultInputModes", "defaultOutputModes", "skills"],
    "properties": {
      "name": {"type": "string"},
      "description": {"type": "string"},
      "version": {"type": "string"},
      "supportedInterfaces": {"type": "array", "items": {"type": "object", "description": "AgentInterface",
        "required": ["url", "protocolBinding", "protocolVersion"],
        "properties": {
          "url": {"type": "string", "format": "uri"},
          "protocolBinding": {"type": "string", "enum": ["JSONRPC", "HTTP+JSON"]},
          "protocolVersion": {"type": "string"}}}},
      "capabilities": {"type": "object", "description": "AgentCapabilities"},
      "defaultInputModes": {"type": "array", "items": {"type": "string"}},
      "defaultOutputModes": {"type": "array", "items": {"type": "string"}},
      "skills": {"type": "array", "items": {"type": "object", "description": "AgentSkill"}},
      "signatures": {"type": "array", "items": {"type": "object", "description": "AgentCardSignature"}}}},
  "a2a_rpc_call": {"type": "object", "required": ["jsonrpc", "method"],
    "properties": {
      "jsonrpc": {"type": "string", "enum": ["2.0"]},
      "id": {"type": ["string", "integer", "null"]},
      "method": {"type": "string",
        "enum": ["SendMessage", "SendStreamingMessage", "GetTask", "ListTasks", "CancelTask", "SubscribeToTask",
          "CreateTaskPushNotificationConfig", "GetTaskPushNotificationConfig", "ListTaskPushNotificationConfigs",
          "DeleteTaskPushNotificationConfig", "GetExtendedAgentCard",
          "message/send", "message/stream", "tasks/get", "tasks/cancel", "tasks/resubscribe",
          "tasks/pushNotificationConfig/set", "tasks/pushNotificationConfig/get", "tasks/pushNotificationConfig/list",
          "tasks/pushNotificationConfig/delete", "agent/getAuthenticatedExtendedCard"],
        "description": "The first eleven are those of 1.0 and need the header A2A-Version: 1.0, the others are those of 0.3"},
      "params": {"type": "object", "description": "The request of the method: for SendMessage that of message:send, and so on"}}},
  "a2a_rpc_answer": {"type": "object", "additionalProperties": false, "required": ["jsonrpc", "id"],
    "properties": {
      "jsonrpc": {"type": "string", "enum": ["2.0"]},
      "id": {"type": ["string", "integer", "null"]},
      "result": {"description": "What the method answers, in the version of the call"},
      "error": {"type": "object", "required": ["code", "message"],
        "properties": {
          "code": {"type": "integer"},
          "message": {"type": "string"},
          "data": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_error_detail"}}}}}},
  "a2a_error_detail": {"type": "object", "required": ["@type"],
    "description": "google.rpc.ErrorInfo with a stable reason; behind it google.rpc.BadRequest where places in the request are wrong",
    "properties": {
      "@type": {"type": "string"},
      "reason": {"type": "string"},
      "domain": {"type": "string"},
      "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
      "fieldViolations": {"type": "array", "items": {"type": "object", "required": ["field", "description"],
        "properties": {"field": {"type": "string"}, "description": {"type": "string"}}}}}},
  "a2a_error": {"type": "object", "additionalProperties": false, "required": ["error"],
    "properties": {"error": {"type": "object", "additionalProperties": false,
      "required": ["code", "status", "message", "details"],
      "properties": {
        "code": {"type": "integer", "description": "The HTTP status"},
        "status": {"type": "string", "description": "The name of a google.rpc.Code"},
        "message": {"type": "string"},
        "details": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_error_detail"}}}}}},
  "a2a_part": {"type": "object", "description": "Part: exactly one of text, raw, url and data",
    "properties": {
      "text": {"type": "string"},
      "raw": {"type": "string", "contentEncoding": "base64"},
      "url": {"type": "string"},
      "data": {"description": "Any JSON value"},
      "mediaType": {"type": "string"},
      "filename": {"type": "string"},
      "metadata": {"type": "object"}}},
  "a2a_message": {"type": "object", "description": "Message", "required": ["messageId", "role", "parts"],
    "properties": {
      "messageId": {"type": "string", "maxLength": 128},
      "contextId": {"type": "string", "maxLength": 128},
      "taskId": {"type": "string"},
      "role": {"type": "string", "enum": ["ROLE_USER", "ROLE_AGENT"]},
      "parts": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_part"}},
      "metadata": {"type": "object"},
      "extensions": {"type": "array", "items": {"type": "string"}},
      "referenceTaskIds": {"type": "array", "items": {"type": "string"}}}},
  "a2a_send": {"type": "object", "description": "SendMessageRequest", "required": ["message"],
    "properties": {
      "message": {"$ref": "#/components/schemas/a2a_message"},
      "configuration": {"type": "object", "description": "SendMessageConfiguration",
        "properties": {
          "acceptedOutputModes": {"type": "array", "items": {"type": "string"}},
          "taskPushNotificationConfig": {"$ref": "#/components/schemas/a2a_push_config"},
          "historyLength": {"type": "integer", "minimum": 0},
          "returnImmediately": {"type": "boolean", "default": false}}},
      "metadata": {"type": "object", "description": "For the agent, besides the message and no part of it"}}},
  "a2a_sent": {"type": "object", "description": "SendMessageResponse: one of them",
    "properties": {
      "task": {"$ref": "#/components/schemas/a2a_task"},
      "message": {"$ref": "#/components/schemas/a2a_message"}}},
  "a2a_task_state": {"type": "string",
    "enum": ["TASK_STATE_SUBMITTED", "TASK_STATE_WORKING", "TASK_STATE_INPUT_REQUIRED", "TASK_STATE_AUTH_REQUIRED",
      "TASK_STATE_COMPLETED", "TASK_STATE_FAILED", "TASK_STATE_CANCELED", "TASK_STATE_REJECTED"]},
  "a2a_status": {"type": "object", "description": "TaskStatus", "required": ["state"],
    "properties": {
      "state": {"$ref": "#/components/schemas/a2a_task_state"},
      "message": {"$ref": "#/components/schemas/a2a_message"},
      "timestamp": {"type": "string", "format": "date-time"}}},
  "a2a_artifact": {"type": "object", "description": "Artifact", "required": ["artifactId", "parts"],
    "properties": {
      "artifactId": {"type": "string"},
      "name": {"type": "string"},
      "description": {"type": "string"},
      "parts": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_part"}},
      "metadata": {"type": "object"}}},
  "a2a_task": {"type": "object", "description": "Task", "required": ["id", "contextId", "status"],
    "properties": {
      "id": {"type": "string", "format": "uuid"},
      "contextId": {"type": "string"},
      "status": {"$ref": "#/components/schemas/a2a_status"},
      "artifacts": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_artifact"}},
      "history": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_message"}},
      "metadata": {"type": "object"}}},
  "a2a_task_list": {"type": "object", "description": "ListTasksResponse",
    "required": ["tasks", "nextPageToken", "pageSize", "totalSize"],
    "properties": {
      "tasks": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_task"}},
      "nextPageToken": {"type": "string", "description": "Empty on the last page"},
      "pageSize": {"type": "integer"},
      "totalSize": {"type": "integer"}}},
  "a2a_stream_piece": {"type": "object", "description": "StreamResponse, the data of one Server-Sent Event: one of them; the event's id is the number that Last-Event-ID resumes after, where A2A-Extensions names the extension event-ids. Of a message too long for one event it has the beginning; mofa.dev/cut in its metadata says so",
    "properties": {
      "task": {"$ref": "#/components/schemas/a2a_task"},
      "message": {"$ref": "#/components/schemas/a2a_message"},
      "statusUpdate": {"type": "object", "description": "TaskStatusUpdateEvent", "required": ["taskId", "contextId", "status"],
        "properties": {
          "taskId": {"type": "string"},
          "contextId": {"type": "string"},
          "status": {"$ref": "#/components/schemas/a2a_status"},
          "metadata": {"type": "object"}}},
      "artifactUpdate": {"type": "object", "description": "TaskArtifactUpdateEvent", "required": ["taskId", "contextId", "artifact"],
        "properties": {
          "taskId": {"type": "string"},
          "contextId": {"type": "string"},
          "artifact": {"$ref": "#/components/schemas/a2a_artifact"},
          "append": {"type": "boolean", "default": false},
          "lastChunk": {"type": "boolean", "default": false}}}}},
  "a2a_push_config": {"type": "object", "description": "TaskPushNotificationConfig", "required": ["url"],
    "properties": {
      "id": {"type": "string", "description": "Made by the server when it is left out"},
      "taskId": {"type": "string", "format": "uuid"},
      "url": {"type": "string", "format": "uri", "description": "https at a public address, or what the server's settings allow besides"},
      "token": {"type": "string", "description": "Sent with each notification as X-A2A-Notification-Token"},
      "authentication": {"type": "object", "description": "AuthenticationInfo: sent with each notification as Authorization", "required": ["scheme"],
        "properties": {
          "scheme": {"type": "string"},
          "credentials": {"type": "string", "writeOnly": true}}}}},
  "a2a_push_config_list": {"type": "object", "description": "ListTaskPushNotificationConfigsResponse", "required": ["configs", "nextPageToken"],
    "properties": {
      "configs": {"type": "array", "items": {"$ref": "#/components/schemas/a2a_push_config"}},
      "nextPageToken": {"type": "string"}}}
})json";
}

}  // namespace mofa::rest

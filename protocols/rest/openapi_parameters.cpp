#include "protocols/rest/openapi.hpp"

namespace mofa::rest {

std::string_view parameters_text() {
  return R"json({
  "agent_name": {"name": "name", "in": "path", "required": true, "description": "The agent's name",
    "schema": {"type": "string", "maxLength": 128}},
  "task_id": {"name": "id", "in": "path", "required": true, "description": "The task's id",
    "schema": {"type": "string", "format": "uuid"}},
  "context_id": {"name": "id", "in": "path", "required": true, "description": "The context's id",
    "schema": {"type": "string", "maxLength": 128}},
  "topic_name": {"name": "topic", "in": "path", "required": true,
    "description": "Words of letters, digits, '_' and '-' with dots between",
    "schema": {"type": "string", "maxLength": 256}},
  "limit": {"name": "limit", "in": "query", "description": "Items of a page",
    "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
  "cursor": {"name": "cursor", "in": "query", "description": "next_cursor of the page before",
    "schema": {"type": "string", "minLength": 1, "maxLength": 512}},
  "history": {"name": "history", "in": "query", "description": "The last so many messages; all that are kept when left out",
    "schema": {"type": "integer", "minimum": 0, "maximum": 1000000}},
  "after": {"name": "after", "in": "query", "description": "Only events with a greater number",
    "schema": {"type": "integer", "minimum": 0, "default": 0}},
  "agent_label": {"name": "label", "in": "query", "description": "key:value", "schema": {"type": "string"}},
  "agent_skill": {"name": "skill", "in": "query", "description": "A skill's id or tag", "schema": {"type": "string"}},
  "agent_kind": {"name": "kind", "in": "query", "description": "scenario, llm, …", "schema": {"type": "string"}},
  "agent_state": {"name": "state", "in": "query", "description": "The agent's state", "schema": {"$ref": "#/components/schemas/agent_state"}},
  "agent_text": {"name": "q", "in": "query", "description": "Text in the name or the description", "schema": {"type": "string"}},
  "task_agent": {"name": "agent", "in": "query", "description": "The agent's name", "schema": {"type": "string"}},
  "task_context": {"name": "context_id", "in": "query", "description": "The context's id", "schema": {"type": "string"}},
  "task_state": {"name": "state", "in": "query", "description": "The task's state", "schema": {"$ref": "#/components/schemas/task_state"}},
  "task_label": {"name": "label", "in": "query", "description": "key:value", "schema": {"type": "string"}},
  "task_parent": {"name": "parent_id", "in": "query", "description": "The parent task's id", "schema": {"type": "string", "format": "uuid"}},
  "task_since": {"name": "since", "in": "query", "description": "Created at or after", "schema": {"type": "string", "format": "date-time"}},
  "if_match": {"name": "If-Match", "in": "header", "description": "The ETag of the version that is to be changed; else 412",
    "schema": {"type": "string"}},
  "drain": {"name": "drain", "in": "query", "description": "With tasks: refuse new ones, and go when the last has ended",
    "schema": {"type": "boolean"}},
  "idempotency_key": {"name": "Idempotency-Key", "in": "header", "description": "Makes a repeat of the request harmless for 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128}},
  "prefer": {"name": "Prefer", "in": "header", "description": "wait=SECONDS, at most 60: answer when the task is settled, or 202 when it is not by then or the server stops",
    "schema": {"type": "string"}},
  "accept": {"name": "Accept", "in": "header", "description": "application/json or text/event-stream", "schema": {"type": "string"}},
  "last_event_id": {"name": "Last-Event-ID", "in": "header", "description": "Resume a stream after this number; goes before `after`",
    "schema": {"type": "integer", "minimum": 0}}
})json";
}

}  // namespace mofa::rest

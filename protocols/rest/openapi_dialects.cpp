#include "protocols/rest/openapi.hpp"

namespace mofa::rest {

std::vector<operation> dialect_operations() {
  return {
      {"POST",
       "/v1/chat/completions",
       "create_chat_completion",
       "openai",
       "tasks:write",
       "Ask an agent as OpenAI's clients do: each call is a task in a new context",
       {"idempotency_key"},
       "openai_completion_request",
       true,
       {{200, "openai_completion", "What the agent answered, or asks back"},
        {200, "openai_chunk", "With `stream`: chunks as Server-Sent Events, then [DONE]", "text/event-stream"},
        {400, "openai_error", "A parameter is wrong, not supported or not known; `param` names it"},
        {404, "openai_error", "No agent has the name of the model"},
        {409, "openai_error", "The task was canceled, or a first request with the key is undecided"},
        {415, "openai_error", "A web page sent something else than application/json"},
        {422, "openai_error", "The agent refused or met a limit, or the key was used with another body"},
        {429, "openai_error", "The agent's queue is full; see Retry-After"},
        {500, "openai_error", "The task failed; `code` is the task's"},
        {502, "openai_error", "The agent's model failed"},
        {503, "openai_error", "The server has no room or a part restarts; see Retry-After"},
        {504, "openai_error", "The task did not end in time"}},
       {},
       "openai_error"},
      {"GET",
       "/v1/models",
       "list_agents_as_models",
       "openai",
       "agents:read",
       "All agents, each as a model",
       {},
       "",
       false,
       {{200, "openai_model_list", "All of them"},
        {400, "openai_error", "The request has a query"},
        {503, "openai_error", "A part restarts; see Retry-After"}},
       {},
       "openai_error"},
      {"GET",
       "/api/v1/ws",
       "websocket",
       "websocket",
       "tasks:read",
       "Submit and follow tasks, and follow topics, over one WebSocket (RFC 6455): one JSON object a frame",
       {},
       "",
       false,
       {{101, "", "The connection is a WebSocket from here on"},
        {426, "problem", "The request does not ask for a WebSocket of version 13", "application/problem+json"}},
       {400, 403, 422}},
  };
}

std::string_view dialect_schemas_text() {
  return R"json({
  "openai_text": {"description": "A text, or text parts",
    "oneOf": [
      {"type": "string"},
      {"type": "array", "minItems": 1, "items": {
        "type": "object", "additionalProperties": false, "required": ["type", "text"],
        "properties": {"type": {"type": "string", "enum": ["text"]}, "text": {"type": "string"}}}}]},
  "openai_message": {"type": "object", "required": ["role", "content"],
    "properties": {
      "role": {"type": "string", "enum": ["system", "developer", "user", "assistant"]},
      "content": {"$ref": "#/components/schemas/openai_text"},
      "name": {"type": "string"}}},
  "openai_completion_request": {"type": "object", "required": ["model", "messages"],
    "description": "temperature, top_p, max_tokens, max_completion_tokens, user, seed, stop, presence_penalty, frequency_penalty, metadata and store are accepted and not read",
    "properties": {
      "model": {"type": "string", "description": "The name of an agent"},
      "messages": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/openai_message"},
        "description": "The last one, a user's, is the task's message; the others are its history and its instructions"},
      "stream": {"type": ["boolean", "null"]},
      "stream_options": {"type": ["object", "null"], "properties": {"include_usage": {"type": ["boolean", "null"]}}},
      "n": {"type": ["integer", "null"], "enum": [1, null]},
      "response_format": {"type": ["object", "null"], "properties": {"type": {"type": "string", "enum": ["text"]}}}}},
  "openai_finish_reason": {"type": ["string", "null"], "enum": ["stop", "length", "content_filter", null]},
  "openai_usage": {"type": "object", "additionalProperties": false,
    "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
    "properties": {
      "prompt_tokens": {"$ref": "#/components/schemas/count"},
      "completion_tokens": {"$ref": "#/components/schemas/count"},
      "total_tokens": {"$ref": "#/components/schemas/count"}}},
  "openai_completion": {"type": "object", "additionalProperties": false,
    "required": ["id", "object", "created", "model", "choices", "usage"],
    "properties": {
      "id": {"type": "string", "description": "chatcmpl- and the task's id"},
      "object": {"type": "string", "enum": ["chat.completion"]},
      "created": {"$ref": "#/components/schemas/count"},
      "model": {"type": "string"},
      "choices": {"type": "array", "minItems": 1, "maxItems": 1, "items": {
        "type": "object", "additionalProperties": false, "required": ["index", "message", "logprobs", "finish_reason"],
        "properties": {
          "index": {"$ref": "#/components/schemas/count"},
          "message": {"type": "object", "additionalProperties": false, "required": ["role", "content", "refusal"],
            "properties": {
              "role": {"type": "string", "enum": ["assistant"]},
              "content": {"type": "string"},
              "refusal": {"type": "null"}}},
          "logprobs": {"type": "null"},
          "finish_reason": {"$ref": "#/components/schemas/openai_finish_reason"}}}},
      "usage": {"$ref": "#/components/schemas/openai_usage"}}},
  "openai_chunk": {"type": "object", "additionalProperties": false,
    "required": ["id", "object", "created", "model", "choices"],
    "properties": {
      "id": {"type": "string"},
      "object": {"type": "string", "enum": ["chat.completion.chunk"]},
      "created": {"$ref": "#/components/schemas/count"},
      "model": {"type": "string"},
      "choices": {"type": "array", "maxItems": 1, "items": {
        "type": "object", "additionalProperties": false, "required": ["index", "delta", "logprobs", "finish_reason"],
        "properties": {
          "index": {"$ref": "#/components/schemas/count"},
          "delta": {"type": "object", "additionalProperties": false,
            "properties": {"role": {"type": "string"}, "content": {"type": "string"}}},
          "logprobs": {"type": "null"},
          "finish_reason": {"$ref": "#/components/schemas/openai_finish_reason"}}}},
      "usage": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/openai_usage"}]}}},
  "openai_model_list": {"type": "object", "additionalProperties": false, "required": ["object", "data"],
    "properties": {
      "object": {"type": "string", "enum": ["list"]},
      "data": {"type": "array", "items": {
        "type": "object", "additionalProperties": false, "required": ["id", "object", "created", "owned_by"],
        "properties": {
          "id": {"type": "string", "description": "The agent's name"},
          "object": {"type": "string", "enum": ["model"]},
          "created": {"type": "integer", "description": "Always 0"},
          "owned_by": {"type": "string"}}}}}},
  "openai_error": {"type": "object", "additionalProperties": false, "required": ["error"],
    "properties": {"error": {
      "type": "object", "additionalProperties": false, "required": ["message", "type", "param", "code"],
      "properties": {
        "message": {"type": "string"},
        "type": {"type": "string"},
        "param": {"type": ["string", "null"], "description": "The place in the body: messages[2].content"},
        "code": {"type": "string", "description": "Stable name of the failure"}}}}}
})json";
}

}  // namespace mofa::rest

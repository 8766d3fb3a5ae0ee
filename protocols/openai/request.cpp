#include "protocols/openai/request.hpp"

#include "protocols/core/tool_names.hpp"

namespace mofa::openai {
namespace {

using core::json;
using from = core::model_message::from;

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json call_json(const core::tool_request& call, const core::tool_names& names) {
  return {{"id", call.id},
          {"type", "function"},
          {"function",
           {{"name", names.foreign(call.tool)}, {"arguments", call.arguments.is_null() ? "{}" : dumped(call.arguments)}}}};
}

json assistant_json(const core::model_message& message, const core::tool_names& names) {
  json out = {{"role", "assistant"}, {"content", message.text}};
  if (message.calls.empty()) return out;
  if (message.text.empty()) out["content"] = nullptr;
  auto& calls = out["tool_calls"] = json::array();
  for (const auto& call : message.calls) calls.push_back(call_json(call, names));
  return out;
}

json message_json(const core::model_message& message, const core::tool_names& names) {
  switch (message.role) {
    case from::system:
      return {{"role", "system"}, {"content", message.text}};
    case from::user:
      return {{"role", "user"}, {"content", message.text}};
    case from::assistant:
      return assistant_json(message, names);
    case from::tool:
      break;
  }
  return {{"role", "tool"},
          {"tool_call_id", message.call_id},
          {"content", message.failed ? "Error: " + message.text : message.text}};
}

json tool_json(const core::tool_description& tool, const core::tool_names& names) {
  json function = {{"name", names.foreign(tool.name)}, {"description", tool.description}};
  if (!tool.parameters.is_null()) function["parameters"] = tool.parameters;
  return {{"type", "function"}, {"function", std::move(function)}};
}

}  // namespace

std::string request_body(const core::model_request& what, const flavour& how) {
  const core::tool_names names{what.tools};
  json body = {{"model", what.model}, {"stream", true}, {"stream_options", {{"include_usage", true}}}};
  auto& messages = body["messages"] = json::array();
  for (const auto& each : what.messages) messages.push_back(message_json(each, names));
  if (!what.tools.empty()) {
    auto& tools = body["tools"] = json::array();
    for (const auto& each : what.tools) tools.push_back(tool_json(each, names));
  }
  if (what.temperature) body["temperature"] = *what.temperature;
  if (what.max_output_tokens) {
    body[how.completion_tokens ? "max_completion_tokens" : "max_tokens"] = *what.max_output_tokens;
  }
  if (!what.output_schema.is_null()) {
    body["response_format"] = {{"type", "json_schema"},
                               {"json_schema", {{"name", "answer"}, {"schema", what.output_schema}}}};
  }
  return dumped(body);
}

}  // namespace mofa::openai

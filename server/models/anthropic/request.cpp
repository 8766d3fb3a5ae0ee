#include "server/models/anthropic/request.hpp"

#include "protocols/core/tool_names.hpp"

namespace mofa::models {
namespace {

using core::json;
using from = core::model_message::from;

constexpr std::int64_t default_max_tokens = 4096;

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

void add_text(json& blocks, const std::string& text) {
  // An empty block of text is refused.
  if (!text.empty()) blocks.push_back({{"type", "text"}, {"text", text}});
}

json blocks_of(const core::model_message& message, const core::tool_names& names) {
  auto blocks = json::array();
  if (message.role == from::tool) {
    blocks.push_back({{"type", "tool_result"}, {"tool_use_id", message.call_id}, {"content", message.text}});
    if (message.failed) blocks.back()["is_error"] = true;
    return blocks;
  }
  add_text(blocks, message.text);
  for (const auto& call : message.calls) {
    blocks.push_back({{"type", "tool_use"},
                      {"id", call.id},
                      {"name", names.foreign(call.tool)},
                      {"input", call.arguments.is_null() ? json::object() : call.arguments}});
  }
  return blocks;
}

void add_message(json& messages, std::string_view role, json blocks) {
  if (blocks.empty()) return;
  if (messages.empty() || messages.back()["role"] != role) {
    messages.push_back({{"role", role}, {"content", std::move(blocks)}});
    return;
  }
  for (auto& block : blocks) messages.back()["content"].push_back(std::move(block));
}

json tools_json(const core::model_request& what, const core::tool_names& names) {
  auto out = json::array();
  for (const auto& tool : what.tools) {
    out.push_back({{"name", names.foreign(tool.name)},
                   {"description", tool.description},
                   {"input_schema", tool.parameters.is_null() ? json{{"type", "object"}} : tool.parameters}});
  }
  return out;
}

}  // namespace

std::string anthropic_body(const core::model_request& what) {
  const core::tool_names names{what.tools};
  json body = {{"model", what.model}, {"stream", true}, {"max_tokens", what.max_output_tokens.value_or(default_max_tokens)}};
  std::string system;
  auto messages = json::array();
  for (const auto& each : what.messages) {
    if (each.role == from::system) {
      if (!system.empty() && !each.text.empty()) system += "\n\n";
      system += each.text;
    } else {
      add_message(messages, each.role == from::assistant ? "assistant" : "user", blocks_of(each, names));
    }
  }
  if (!what.output_schema.is_null()) {
    if (!system.empty()) system += "\n\n";
    system += "Your final answer is JSON and nothing else: no words around it. It fits this JSON Schema: " +
              dumped(what.output_schema);
  }
  if (!system.empty()) body["system"] = std::move(system);
  body["messages"] = std::move(messages);
  if (!what.tools.empty()) body["tools"] = tools_json(what, names);
  if (what.temperature) body["temperature"] = *what.temperature;
  return dumped(body);
}

}  // namespace mofa::models

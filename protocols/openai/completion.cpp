#include "protocols/openai/completion.hpp"

namespace mofa::openai {
namespace {

using core::json;

constexpr auto replace = json::error_handler_t::replace;

void append_parts(std::string& out, const std::vector<core::part>& parts) {
  bool first = true;
  for (const auto& each : parts) {
    // Bytes are of no use in a text.
    if (each.kind == core::part::type::raw) continue;
    if (!first) out += '\n';
    first = false;
    out += each.kind == core::part::type::data ? each.data.dump(-1, ' ', false, replace) : each.text;
  }
}

}  // namespace

completion_name name_of(const core::task_row& task) {
  return {"chatcmpl-" + task.id.str(), std::chrono::floor<std::chrono::seconds>(task.created_at).time_since_epoch().count(),
          task.agent};
}

std::string content_of(const core::message* said, const std::vector<core::artifact>& artifacts) {
  std::string out;
  if (said != nullptr) append_parts(out, said->parts);
  for (const auto& each : artifacts) {
    std::string text;
    append_parts(text, each.parts);
    if (text.empty()) continue;
    if (!out.empty()) out += "\n\n";
    out += text;
  }
  return out;
}

std::string content_of(const core::task& what) {
  const auto& status = what.row.status;
  auto out = content_of(status.message ? &*status.message : nullptr, what.artifacts);
  const bool spoke = !what.history.empty() && what.history.back().role == core::role::agent;
  return out.empty() && spoke ? content_of(&what.history.back(), {}) : out;
}

std::string_view finish_reason(const json& resolved) {
  const auto value = resolved.find("value");
  if (value == resolved.end() || !value->is_object()) return "stop";
  const auto finish = value->find("finish");
  if (finish == value->end()) return "stop";
  if (*finish == "length") return "length";
  return *finish == "content_filter" ? "content_filter" : "stop";
}

std::string_view finish_reason(const std::vector<core::event_ptr>& last_events) {
  for (auto each = last_events.rbegin(); each != last_events.rend(); ++each) {
    if ((*each)->kind != core::kinds::effect_resolved) continue;
    const auto data = json::parse((*each)->data, nullptr, false);
    return data.is_object() ? finish_reason(data) : "stop";
  }
  return "stop";
}

std::string usage_text(const core::usage& used) {
  return "{\"prompt_tokens\":" + std::to_string(used.input_tokens) +
         ",\"completion_tokens\":" + std::to_string(used.output_tokens) +
         ",\"total_tokens\":" + std::to_string(used.input_tokens + used.output_tokens) + '}';
}

std::string completion_text(const core::task& what, std::string_view content, std::string_view finish) {
  const auto name = name_of(what.row);
  nlohmann::ordered_json message;
  message["role"] = "assistant";
  message["content"] = content;
  message["refusal"] = nullptr;
  nlohmann::ordered_json choice;
  choice["index"] = 0;
  choice["message"] = std::move(message);
  choice["logprobs"] = nullptr;
  choice["finish_reason"] = finish;
  nlohmann::ordered_json out;
  out["id"] = name.id;
  out["object"] = "chat.completion";
  out["created"] = name.created;
  out["model"] = name.model;
  out["choices"].push_back(std::move(choice));
  auto text = out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.back() = ',';
  return text + "\"usage\":" + usage_text(what.row.usage) + '}';
}

}  // namespace mofa::openai

#include <array>
#include <utility>

#include "protocols/core/fields.hpp"
#include "protocols/core/ports/model.hpp"

namespace mofa::core {
namespace {

using from = model_message::from;

constexpr std::array<std::string_view, 4> role_names{"system", "user", "assistant", "tool"};
constexpr std::array<std::string_view, 6> message_members{"role", "text", "calls", "call_id", "tool", "failed"};
constexpr std::array<std::string_view, 6> answer_members{"text", "calls", "finish", "usage", "model", "attempts"};
constexpr std::array<std::string_view, 2> usage_members{"input_tokens", "output_tokens"};
constexpr std::array<std::string_view, 4> call_members{"id", "tool", "arguments", "malformed"};

json calls_to_json(const std::vector<tool_request>& calls) {
  json out = json::array();
  for (const auto& one : calls) {
    json entry = {{"id", one.id}, {"tool", one.tool}};
    // Broken arguments may be empty, and may be cut in the middle of a character: they are told apart by the member.
    if (one.arguments.is_null()) {
      entry["malformed"] = one.malformed;
    } else {
      entry["arguments"] = one.arguments;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

tool_request read_call(const json& value, const std::string& path, field_errors& errors) {
  object_fields fields{value, path, call_members, errors};
  tool_request out;
  if (fields.require("id") != nullptr) out.id = fields.text("id").value_or("");
  if (fields.require("tool") != nullptr) out.tool = fields.text("tool").value_or("");
  const auto* arguments = fields.find("arguments");
  const auto* malformed = fields.find("malformed");
  if ((arguments == nullptr) == (malformed == nullptr)) errors.push_back({path, "needs either arguments or malformed"});
  if (arguments != nullptr && !arguments->is_object()) fields.add("arguments", "must be an object");
  if (arguments != nullptr) out.arguments = *arguments;
  if (malformed != nullptr) out.malformed = fields.text("malformed").value_or("");
  return out;
}

std::vector<tool_request> read_calls(const json& value, const std::string& path, field_errors& errors) {
  std::vector<tool_request> out;
  if (!value.is_array()) {
    errors.push_back({path, "must be an array"});
    return out;
  }
  for (std::size_t i = 0; i < value.size() && errors.size() < max_field_errors; ++i) {
    out.push_back(read_call(value[i], child_path(path, i), errors));
  }
  return out;
}

error corrupt(std::string_view what, field_errors errors) {
  auto why = invalid_fields(std::move(errors));
  why.code = errc::corrupt;
  why.detail = std::string{what} + ": " + why.detail;
  return why;
}

std::int64_t tokens(object_fields& usage, std::string_view name) {
  if (usage.require(name) == nullptr) return 0;
  return usage.integer(name, 0, std::numeric_limits<std::int64_t>::max()).value_or(0);
}

}  // namespace

json to_json(const model_message& value) {
  json out = {{"role", role_names[static_cast<std::size_t>(value.role)]}};
  if (!value.text.empty()) out["text"] = value.text;
  if (!value.calls.empty()) out["calls"] = calls_to_json(value.calls);
  if (!value.call_id.empty()) out["call_id"] = value.call_id;
  if (!value.tool.empty()) out["tool"] = value.tool;
  if (value.failed) out["failed"] = true;
  return out;
}

json to_json(const model_answer& value) {
  json out = {{"text", value.text},
              {"calls", calls_to_json(value.calls)},
              {"finish", value.finish},
              {"usage", {{"input_tokens", value.input_tokens}, {"output_tokens", value.output_tokens}}},
              {"model", value.model}};
  if (value.attempts > 1) out["attempts"] = value.attempts;
  return out;
}

result<model_message> model_message_from_json(const json& value) {
  field_errors errors;
  const std::string path;
  object_fields fields{value, path, message_members, errors};
  model_message out;
  if (fields.require("role") != nullptr) {
    if (const auto role = fields.choice("role", role_names)) out.role = static_cast<from>(*role);
  }
  out.text = fields.text("text").value_or("");
  if (const auto* calls = fields.find("calls")) out.calls = read_calls(*calls, "/calls", errors);
  out.call_id = fields.text("call_id").value_or("");
  out.tool = fields.text("tool").value_or("");
  out.failed = fields.boolean("failed").value_or(false);
  if (!errors.empty()) return corrupt("a model's message", std::move(errors));
  return out;
}

result<model_answer> model_answer_from_json(const json& value) {
  field_errors errors;
  const std::string path;
  object_fields fields{value, path, answer_members, errors};
  model_answer out;
  if (fields.require("text") != nullptr) out.text = fields.text("text").value_or("");
  if (const auto* calls = fields.require("calls")) out.calls = read_calls(*calls, "/calls", errors);
  if (fields.require("finish") != nullptr) out.finish = fields.text("finish").value_or("");
  if (const auto* counted = fields.require("usage")) {
    const std::string usage_path = "/usage";
    object_fields usage{*counted, usage_path, usage_members, errors};
    out.input_tokens = tokens(usage, "input_tokens");
    out.output_tokens = tokens(usage, "output_tokens");
  }
  if (fields.require("model") != nullptr) out.model = fields.text("model").value_or("");
  constexpr auto most = std::numeric_limits<int>::max();
  if (const auto attempts = fields.integer("attempts", 1, most)) out.attempts = static_cast<int>(*attempts);
  if (!errors.empty()) return corrupt("a model's answer", std::move(errors));
  return out;
}

}  // namespace mofa::core

#include "protocols/core/task_text.hpp"

#include "protocols/core/json_text.hpp"

namespace mofa::core {
namespace {

std::string_view content_member(part::type kind) {
  switch (kind) {
    case part::type::text:
      return "{\"text\":";
    case part::type::data:
      return "{\"data\":";
    case part::type::url:
      return "{\"url\":";
    case part::type::raw:
      return "{\"raw\":";
  }
  return "{\"text\":";
}

void append_part(std::string& out, const part& value) {
  out += content_member(value.kind);
  if (value.kind == part::type::data)
    append_json(out, value.data);
  else
    append_string(out, value.text);
  if (!value.media_type.empty()) append_string(out += ",\"media_type\":", value.media_type);
  if (!value.filename.empty()) append_string(out += ",\"filename\":", value.filename);
  if (!value.metadata.is_null()) append_json(out += ",\"metadata\":", value.metadata);
  out += '}';
}

void append_parts(std::string& out, const std::vector<part>& parts) {
  out += '[';
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += ',';
    append_part(out, parts[i]);
  }
  out += ']';
}

void append_artifact(std::string& out, const artifact& value) {
  append_string(out += "{\"artifact_id\":", value.artifact_id);
  append_string(out += ",\"name\":", value.name);
  append_parts(out += ",\"parts\":", value.parts);
  out += '}';
}

void append_status(std::string& out, const task_status& value) {
  append_string(out += "{\"state\":", to_string(value.state));
  append_string_or_null(out += ",\"code\":", value.code);
  out += ",\"message\":";
  if (value.message)
    append_message(out, *value.message);
  else
    out += "null";
  append_time(out += ",\"timestamp\":", value.timestamp);
  out += '}';
}

void append_usage(std::string& out, const usage& value) {
  append_number(out += "{\"input_tokens\":", value.input_tokens);
  append_number(out += ",\"output_tokens\":", value.output_tokens);
  append_number(out += ",\"cost_microusd\":", value.cost_microusd);
  append_number(out += ",\"model_calls\":", value.model_calls);
  append_number(out += ",\"tool_calls\":", value.tool_calls);
  out += '}';
}

/// The members before artifacts and history.
void append_head(std::string& out, const task_row& row) {
  append_string(out += "{\"id\":", row.id.str());
  append_string(out += ",\"agent\":", row.agent);
  append_number(out += ",\"agent_version\":", std::int64_t{row.agent_version});
  append_string(out += ",\"context_id\":", row.context_id);
  append_string_or_null(out += ",\"parent_id\":", row.parent_id ? row.parent_id->str() : std::string{});
  append_status(out += ",\"status\":", row.status);
}

/// The members after artifacts and history.
void append_tail(std::string& out, const task_row& row) {
  append_string(out += ",\"priority\":", to_string(row.priority));
  append_time(out += ",\"created_at\":", row.created_at);
  append_time(out += ",\"updated_at\":", row.updated_at);
  append_number(out += ",\"last_event\":", std::uint64_t{row.last_seq});
  append_usage(out += ",\"usage\":", row.usage);
  append_labels(out += ",\"labels\":", row.labels);
  out += '}';
}

}  // namespace

void append_labels(std::string& out, const label_map& labels) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : labels) {
    if (!first) out += ',';
    first = false;
    append_string(out, key);
    append_string(out += ':', value);
  }
  out += '}';
}

void append_message(std::string& out, const message& value) {
  append_string(out += "{\"message_id\":", value.message_id);
  out += value.role == role::user ? ",\"role\":\"user\",\"parts\":" : ",\"role\":\"agent\",\"parts\":";
  append_parts(out, value.parts);
  if (!value.metadata.is_null()) append_json(out += ",\"metadata\":", value.metadata);
  out += '}';
}

void append_row(std::string& out, const task_row& value) {
  append_head(out, value);
  append_tail(out, value);
}

void append_task(std::string& out, const task& value, std::size_t history) {
  append_head(out, value.row);
  out += ",\"artifacts\":[";
  for (std::size_t i = 0; i < value.artifacts.size(); ++i) {
    if (i > 0) out += ',';
    append_artifact(out, value.artifacts[i]);
  }
  out += "],\"history\":[";
  const auto skip = value.history.size() > history ? value.history.size() - history : 0;
  for (std::size_t i = skip; i < value.history.size(); ++i) {
    if (i > skip) out += ',';
    append_message(out, value.history[i]);
  }
  out += ']';
  append_tail(out, value.row);
}

}  // namespace mofa::core

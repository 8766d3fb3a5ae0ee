#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocols/a2a/v1_json.hpp"
#include "protocols/core/json_text.hpp"

namespace mofa::a2a::v1 {
namespace {

using core::append_json;
using core::append_string;

/// By core::task_state.
constexpr std::array<std::size_t, 8> state_numbers{1, 2, 6, 8, 3, 4, 5, 7};

/// `"name":` behind a comma, but not at the start of an object.
void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  append_name(out, name);
  append_string(out, text);
}

void append_object(std::string& out, std::string_view name, const json& value) {
  if (value.is_null()) return;
  append_name(out, name);
  append_json(out, value);
}

template <class Items, class Append>
void append_array(std::string& out, std::string_view name, const Items& items, Append append) {
  append_name(out, name);
  out += '[';
  bool first = true;
  for (const auto& each : items) {
    if (!first) out += ',';
    first = false;
    append(each);
  }
  out += ']';
}

void append_texts(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  append_array(out, name, texts, [&](const std::string& each) { append_string(out, each); });
}

std::string_view content_name(core::part::type kind) {
  switch (kind) {
    case core::part::type::text:
      return "text";
    case core::part::type::data:
      return "data";
    case core::part::type::url:
      return "url";
    case core::part::type::raw:
      break;
  }
  return "raw";
}

void append_part(std::string& out, const core::part& what) {
  out += '{';
  append_name(out, content_name(what.kind));
  if (what.kind == core::part::type::data) {
    append_json(out, what.data);
  } else {
    append_string(out, what.text);
  }
  append_object(out, "metadata", what.metadata);
  append_text(out, "filename", what.filename);
  append_text(out, "mediaType", what.media_type);
  out += '}';
}

void append_parts(std::string& out, const std::vector<core::part>& parts) {
  append_array(out, "parts", parts, [&](const core::part& each) { append_part(out, each); });
}

/// As artifacts_of() has them, without copying what may be megabytes.
void append_artifacts(std::string& out, const core::task& what, bool listed) {
  if (!listed && what.artifacts.empty() && what.spoken.empty()) return;
  append_array(out, "artifacts", what.artifacts, [&](const core::artifact& each) { append_artifact(out, each); });
  if (what.spoken.empty()) return;
  out.pop_back();
  if (!what.artifacts.empty()) out += ',';
  append_artifact(out, spoken_artifact(what.spoken));
  out += ']';
}

}  // namespace

std::string_view state_name(core::task_state state) { return state_names[state_numbers[static_cast<std::size_t>(state)]]; }

core::task_state state_of(std::size_t number) {
  const auto at = std::find(state_numbers.begin(), state_numbers.end(), number);
  return static_cast<core::task_state>(at - state_numbers.begin());
}

void append_message(std::string& out, const core::message& what, const task_names& names) {
  const bool by_user = what.role == core::role::user;
  out += '{';
  append_name(out, "messageId");
  append_string(out, what.message_id);
  append_text(out, "contextId", names.context_id);
  append_text(out, "taskId", names.task_id);
  append_name(out, "role");
  out += by_user ? R"("ROLE_USER")" : R"("ROLE_AGENT")";
  append_parts(out, what.parts);
  append_object(out, "metadata", what.metadata);
  append_texts(out, "extensions", what.extensions);
  append_texts(out, "referenceTaskIds", what.reference_task_ids);
  out += '}';
}

void append_artifact(std::string& out, const core::artifact& what) {
  out += '{';
  append_name(out, "artifactId");
  append_string(out, what.artifact_id);
  append_text(out, "name", what.name);
  append_text(out, "description", what.description);
  append_parts(out, what.parts);
  append_object(out, "metadata", what.metadata);
  append_texts(out, "extensions", what.extensions);
  out += '}';
}

void append_status(std::string& out, const core::task_status& what, const task_names& names) {
  out += R"({"state":")";
  out += state_name(what.state);
  out += '"';
  if (what.message) {
    append_name(out, "message");
    append_message(out, *what.message, names);
  }
  append_name(out, "timestamp");
  core::append_time(out, what.timestamp);
  out += '}';
}

void append_code(std::string& out, const core::task_status& what) {
  if (what.code.empty()) return;
  append_name(out, "metadata");
  out += '{';
  append_name(out, status_code_key);
  append_string(out, what.code);
  out += '}';
}

void append_task(std::string& out, const core::task& what, const shown& how, bool listed) {
  const auto id = what.row.id.str();
  const task_names names{id, what.row.context_id};
  out += '{';
  append_name(out, "id");
  append_string(out, id);
  append_text(out, "contextId", names.context_id);
  append_name(out, "status");
  append_status(out, what.row.status, names);
  if (how.artifacts) append_artifacts(out, what, listed);
  const auto count = std::min(how.history, what.history.size());
  if (count > 0) {
    const std::span last{what.history.end() - static_cast<std::ptrdiff_t>(count), what.history.end()};
    append_array(out, "history", last, [&](const core::message& each) { append_message(out, each, names); });
  }
  append_code(out, what.row.status);
  out += '}';
}

void append_push(std::string& out, const core::push_config& what) {
  out += '{';
  append_text(out, "id", what.id);
  append_text(out, "taskId", what.task.is_nil() ? std::string{} : what.task.str());
  append_name(out, "url");
  append_string(out, what.url);
  append_text(out, "token", what.token);
  if (!what.scheme.empty()) {
    append_name(out, "authentication");
    out += '{';
    append_text(out, "scheme", what.scheme);
    out += '}';
  }
  out += '}';
}

}  // namespace mofa::a2a::v1

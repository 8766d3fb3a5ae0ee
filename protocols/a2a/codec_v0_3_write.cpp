#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocols/a2a/codec_v0_3_form.hpp"
#include "protocols/core/json_text.hpp"

namespace mofa::a2a {
namespace {

void append_strings(std::string& out, std::string_view member, const std::vector<std::string>& all) {
  if (all.empty()) return;
  out += member;
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += i == 0 ? '[' : ',';
    core::append_string(out, all[i]);
  }
  out += ']';
}

void append_metadata(std::string& out, const json& metadata) {
  if (!metadata.is_null()) core::append_json(out += R"(,"metadata":)", metadata);
}

}  // namespace

void v0_3_form::append_parts(std::string& out, const std::vector<core::part>& parts) const {
  out += '[';
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += ',';
    append_part(out, parts[i]);
  }
  out += ']';
}

void v0_3_form::append_message(std::string& out, const core::message& what, const task_names& names) const {
  const bool by_user = what.role == core::role::user;
  out += words_.proto ? R"({"messageId":)" : R"({"kind":"message","messageId":)";
  core::append_string(out, what.message_id);
  if (!names.context_id.empty()) core::append_string(out += R"(,"contextId":)", names.context_id);
  if (!names.task_id.empty()) core::append_string(out += R"(,"taskId":)", names.task_id);
  core::append_string(out += R"(,"role":)", words_.roles[by_user ? role_user : role_agent]);
  core::append_string(out += ',', words_.parts);
  append_parts(out += ':', what.parts);
  append_metadata(out, what.metadata);
  append_strings(out, R"(,"extensions":)", what.extensions);
  // The proto does not have it, and clients of ProtoJSON may refuse what they do not know.
  if (!words_.proto) append_strings(out, R"(,"referenceTaskIds":)", what.reference_task_ids);
  out += '}';
}

void v0_3_form::append_status_object(std::string& out, const core::task_status& what, const task_names& names) const {
  core::append_string(out += R"({"state":)", words_.states[static_cast<std::size_t>(what.state)]);
  if (what.message) append_message(out += R"(,"message":)", *what.message, names);
  core::append_time(out += R"(,"timestamp":)", what.timestamp);
  out += '}';
}

void v0_3_form::append_artifact_object(std::string& out, const core::artifact& what) const {
  core::append_string(out += R"({"artifactId":)", what.artifact_id);
  if (!what.name.empty()) core::append_string(out += R"(,"name":)", what.name);
  if (!what.description.empty()) core::append_string(out += R"(,"description":)", what.description);
  append_parts(out += R"(,"parts":)", what.parts);
  append_metadata(out, what.metadata);
  append_strings(out, R"(,"extensions":)", what.extensions);
  out += '}';
}

void v0_3_form::append_code(std::string& out, const core::task_status& what) const {
  if (what.code.empty()) return;
  core::append_string(out += R"(,"metadata":{)", status_code_key);
  core::append_string(out += ':', what.code);
  out += '}';
}

void v0_3_form::append_history(std::string& out, const core::task& what, const task_names& names, const shown& how) const {
  const auto count = std::min(how.history, what.history.size());
  if (count == 0) return;
  out += R"(,"history":)";
  for (std::size_t i = what.history.size() - count; i < what.history.size(); ++i) {
    out += i + count == what.history.size() ? '[' : ',';
    append_message(out, what.history[i], names);
  }
  out += ']';
}

void v0_3_form::append_task(std::string& out, const core::task& what, const shown& how) const {
  const auto id = what.row.id.str();
  const task_names names{id, what.row.context_id};
  out += words_.proto ? R"({"id":)" : R"({"kind":"task","id":)";
  core::append_string(out, id);
  core::append_string(out += R"(,"contextId":)", what.row.context_id);
  append_status_object(out += R"(,"status":)", what.row.status, names);
  if (how.artifacts) {
    const auto artifacts = artifacts_of(what);
    for (std::size_t i = 0; i < artifacts.size(); ++i) {
      out += i == 0 ? R"(,"artifacts":[)" : ",";
      append_artifact_object(out, artifacts[i]);
    }
    if (!artifacts.empty()) out += ']';
  }
  append_history(out, what, names, how);
  append_code(out, what.row.status);
  out += '}';
}

void v0_3_form::append_push_config(std::string& out, const core::push_config& what) const {
  core::append_string(out += R"({"id":)", what.id);
  core::append_string(out += R"(,"url":)", what.url);
  if (!what.token.empty()) core::append_string(out += R"(,"token":)", what.token);
  if (!what.scheme.empty()) {
    core::append_string(out += R"(,"authentication":{"schemes":[)", what.scheme);
    out += "]}";
  }
  out += '}';
}

void v0_3_form::append_names(std::string& out, const task_names& names) const {
  core::append_string(out += R"("taskId":)", names.task_id);
  core::append_string(out += R"(,"contextId":)", names.context_id);
}

}  // namespace mofa::a2a

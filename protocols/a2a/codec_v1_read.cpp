#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/a2a/push_fields.hpp"
#include "protocols/a2a/v1_json.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a::v1 {
namespace {

constexpr std::int64_t int32_max = 2'147'483'647;
constexpr std::int64_t list_page_max = 100;
constexpr std::array<std::string_view, 3> role_names{"ROLE_UNSPECIFIED", "ROLE_USER", "ROLE_AGENT"};
constexpr std::size_t role_agent = 2;

core::part read_part(const json& value, const std::string& path, core::field_errors& errors) {
  core::part out;
  proto_fields fields{value, path, errors};
  if (!fields.is_object()) return out;
  int contents = 0;
  const auto is_this = [&](const json* found, core::part::type kind) {
    if (found == nullptr) return false;
    ++contents;
    out.kind = kind;
    return true;
  };
  if (is_this(fields.find("text"), core::part::type::text)) out.text = fields.text("text");
  if (is_this(fields.find("raw"), core::part::type::raw)) out.text = fields.base64("raw").value_or("");
  if (const auto* url = fields.find("url"); is_this(url, core::part::type::url)) {
    out.text = fields.text("url");
    if (*url == "") fields.add("url", "is empty");
  }
  // Null is data of its own, but with something else it is how some clients write an absent member.
  const auto* data = contents == 0 ? fields.find_value("data") : fields.find("data");
  if (is_this(data, core::part::type::data)) out.data = *data;
  if (contents != 1) errors.push_back({path, "needs exactly one of text, raw, url, data"});
  out.media_type = fields.text("mediaType", limits::reference_bytes);
  out.filename = fields.text("filename", limits::reference_bytes);
  out.metadata = fields.object("metadata");
  return out;
}

void read_parts(proto_fields& fields, core::field_errors& errors, core::message& out) {
  const auto* found = fields.require("parts");
  if (found == nullptr) return;
  if (!found->is_array()) {
    fields.add("parts", "must be an array of parts, not " + std::string{core::type_name(*found)});
    return;
  }
  if (found->empty()) fields.add("parts", "needs at least one part");
  if (found->size() > parts_max) return fields.add("parts", "has more than " + std::to_string(parts_max) + " parts");
  const auto path = fields.path_of("parts");
  out.parts.reserve(found->size());
  for (std::size_t i = 0; i < found->size() && errors.size() < core::max_field_errors; ++i) {
    out.parts.push_back(read_part((*found)[i], core::child_path(path, i), errors));
  }
}

}  // namespace

void read_message(const json& value, const std::string& path, core::field_errors& errors, send_question& out) {
  proto_fields fields{value, path, errors};
  if (!fields.is_object()) return;
  auto& message = out.message;
  if (const auto* id = fields.require("messageId"); id != nullptr) {
    message.message_id = fields.client_id("messageId");
    if (*id == "") fields.add("messageId", "is empty");
  }
  out.context_id = fields.client_id("contextId");
  out.task_id = fields.text("taskId");
  if (fields.choice("role", role_names) == role_agent) fields.add("role", "must be ROLE_USER: clients speak for the user");
  read_parts(fields, errors, message);
  message.metadata = fields.object("metadata");
  message.extensions = fields.strings("extensions");
  message.reference_task_ids = fields.strings("referenceTaskIds");
}

void read_configuration(const json& value, const std::string& path, core::field_errors& errors, send_question& out) {
  proto_fields fields{value, path, errors};
  out.accepted_output_modes = fields.strings("acceptedOutputModes");
  if (const auto* push = fields.find("taskPushNotificationConfig")) {
    out.push = read_push(*push, fields.path_of("taskPushNotificationConfig"), errors);
  }
  out.history_length = fields.integer("historyLength", 0, int32_max);
  out.return_immediately = fields.boolean("returnImmediately").value_or(false);
}

push_question read_push(const json& value, const std::string& path, core::field_errors& errors) {
  proto_fields fields{value, path, errors};
  push_question out;
  out.path = path;
  if (!fields.is_object()) return out;
  out.tenant = fields.text("tenant");
  out.task_id = fields.text("taskId");
  read_push_target(fields, out.config);
  const auto* authentication = fields.find("authentication");
  if (authentication == nullptr) return out;
  proto_fields inside{*authentication, fields.path_of("authentication"), errors};
  if (const auto* scheme = inside.require("scheme"); scheme != nullptr) {
    out.config.scheme = inside.text("scheme");
    if (scheme->is_string() && !is_auth_scheme(out.config.scheme)) {
      inside.add("scheme", "must be a scheme of HTTP authentication, such as Bearer");
    }
  }
  out.config.credentials = read_push_credentials(inside);
  return out;
}

list_question read_list(proto_fields& fields) {
  list_question out;
  out.tenant = fields.text("tenant");
  if (auto context = fields.client_id("contextId"); !context.empty()) out.context_id = std::move(context);
  if (const auto state = fields.choice("status", state_names)) out.state = state_of(*state);
  out.page_size = fields.integer("pageSize", 1, list_page_max).value_or(out.page_size);
  out.page_token = fields.text("pageToken");
  out.history_length = fields.integer("historyLength", 0, int32_max);
  out.status_since = fields.time("statusTimestampAfter");
  out.include_artifacts = fields.boolean("includeArtifacts").value_or(false);
  return out;
}

}  // namespace mofa::a2a::v1

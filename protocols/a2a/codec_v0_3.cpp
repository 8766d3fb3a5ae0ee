#include <utility>

#include "protocols/a2a/codec_v0_3_form.hpp"
#include "protocols/core/json_text.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

constexpr v0_3_words json_rpc_words{
    false,
    "parts",
    {"unspecified", "user", "agent"},
    {"submitted", "working", "input-required", "auth-required", "completed", "failed", "canceled", "rejected"}};

constexpr v0_3_file_words file_words{"bytes", "uri"};

// Names are those of the JSON schema (0.3.0, sections 6 and 7).
class json_rpc_form final : public v0_3_form {
 public:
  json_rpc_form() : v0_3_form(json_rpc_words) {}

  result<get_question> read_get(const json& from) const override;
  result<task_question> read_task(const json& from) const override;
  result<push_question> read_push(const json& from) const override;
  result<push_id_question> read_push_id(const json& from) const override;

  void append_sent_task(std::string& out, const core::task& what, const shown& how) const override {
    append_task(out, what, how);
  }
  void append_sent_message(std::string& out, const core::message& what, const task_names& names) const override {
    append_message(out, what, names);
  }
  void append_status(std::string& out, const status_update& what, const task_names& names) const override;
  void append_artifact(std::string& out, const artifact_update& what, const task_names& names) const override;
  void append_push(std::string& out, const core::push_config& what) const override;
  void append_pushes(std::string& out, const std::vector<core::push_config>& all,
                     std::string_view next_page_token) const override;

 private:
  core::part read_part(const json& value, const std::string& path, core::field_errors& errors) const override;
  void append_part(std::string& out, const core::part& what) const override;
};

result<get_question> json_rpc_form::read_get(const json& from) const {
  core::field_errors errors;
  proto_fields fields{from, "", errors};
  get_question out;
  out.id = required_text(fields, "id");
  out.history_length = fields.integer("historyLength", 0, v0_3_most_history);
  return finished(std::move(out), std::move(errors));
}

result<task_question> json_rpc_form::read_task(const json& from) const {
  core::field_errors errors;
  proto_fields fields{from, "", errors};
  task_question out;
  out.id = required_text(fields, "id");
  return finished(std::move(out), std::move(errors));
}

// A configuration without an id has that of its task: one task had one configuration in 0.2, and who sets it again, or asks
// for it without an id, means that one.
result<push_question> json_rpc_form::read_push(const json& from) const {
  core::field_errors errors;
  proto_fields fields{from, "", errors};
  push_question out;
  out.task_id = required_text(fields, "taskId");
  if (const auto* found = fields.require("pushNotificationConfig")) {
    out.path = fields.path_of("pushNotificationConfig");
    out.config = read_push_config(*found, out.path, errors);
  }
  if (out.config.id.empty()) out.config.id = out.task_id;
  return finished(std::move(out), std::move(errors));
}

result<push_id_question> json_rpc_form::read_push_id(const json& from) const {
  core::field_errors errors;
  proto_fields fields{from, "", errors};
  push_id_question out;
  out.task_id = required_text(fields, "id");
  out.id = fields.text("pushNotificationConfigId");
  if (out.id.empty()) out.id = out.task_id;
  // Its list has no pages.
  out.page_size = static_cast<std::int64_t>(limits::push_configs_max);
  return finished(std::move(out), std::move(errors));
}

core::part json_rpc_form::read_part(const json& value, const std::string& path, core::field_errors& errors) const {
  core::part out;
  proto_fields fields{value, path, errors};
  if (!fields.is_object()) return out;
  out.metadata = fields.object("metadata");
  const auto kind = required_text(fields, "kind");
  if (kind == "text") {
    if (fields.require("text") != nullptr) out.text = fields.text("text");
  } else if (kind == "data") {
    out.kind = core::part::type::data;
    // The SDKs take any value for the object that the schema asks for.
    if (const auto* data = fields.find_value("data")) {
      out.data = *data;
      unwrap_data(out);
    } else {
      fields.require("data");
    }
  } else if (kind == "file") {
    if (const auto* file = fields.require("file")) {
      read_file(*file, fields.path_of("file"), file_words, errors, out);
    }
  } else if (!kind.empty()) {
    fields.add("kind", "must be one of text, file, data");
  }
  return out;
}

void json_rpc_form::append_part(std::string& out, const core::part& what) const {
  switch (what.kind) {
    case core::part::type::text:
      core::append_string(out += R"({"kind":"text","text":)", what.text);
      break;
    case core::part::type::data:
      append_data(out += R"({"kind":"data","data":)", what);
      break;
    case core::part::type::raw:
    case core::part::type::url:
      append_file(out += R"({"kind":"file","file":)", file_words, what);
      break;
  }
  append_part_metadata(out, what);
  out += '}';
}

void json_rpc_form::append_status(std::string& out, const status_update& what, const task_names& names) const {
  append_names(out += R"({"kind":"status-update",)", names);
  append_status_object(out += R"(,"status":)", what.status, names);
  append_code(out, what.status);
  out += what.closes ? R"(,"final":true})" : R"(,"final":false})";
}

void json_rpc_form::append_artifact(std::string& out, const artifact_update& what, const task_names& names) const {
  append_names(out += R"({"kind":"artifact-update",)", names);
  append_artifact_object(out += R"(,"artifact":)", what.artifact);
  out += what.append ? R"(,"append":true)" : R"(,"append":false)";
  out += what.last_chunk ? R"(,"lastChunk":true})" : R"(,"lastChunk":false})";
}

void json_rpc_form::append_push(std::string& out, const core::push_config& what) const {
  core::append_string(out += R"({"taskId":)", what.task.str());
  append_push_config(out += R"(,"pushNotificationConfig":)", what);
  out += '}';
}

void json_rpc_form::append_pushes(std::string& out, const std::vector<core::push_config>& all, std::string_view) const {
  out += '[';
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += ',';
    append_push(out, all[i]);
  }
  out += ']';
}

}  // namespace

const codec& codec_v0_3() {
  static const json_rpc_form form;
  return form;
}

}  // namespace mofa::a2a

#include <utility>

#include "protocols/a2a/codec_v0_3_form.hpp"
#include "protocols/core/client_id.hpp"
#include "protocols/core/json_text.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

constexpr v0_3_words rest_words{
    true,
    "content",
    {"ROLE_UNSPECIFIED", "ROLE_USER", "ROLE_AGENT"},
    {"TASK_STATE_SUBMITTED", "TASK_STATE_WORKING", "TASK_STATE_INPUT_REQUIRED", "TASK_STATE_AUTH_REQUIRED",
     "TASK_STATE_COMPLETED", "TASK_STATE_FAILED", "TASK_STATE_CANCELLED", "TASK_STATE_REJECTED"}};

constexpr v0_3_file_words file_words{"fileWithBytes", "fileWithUri"};

// ProtoJSON of a2a.v1, as 0.3.0 has it. What a path says is there in the members that 1.0 has for it (`id`, `taskId`); the
// resources' names of 0.3 (`name`, `parent`), which bodies may repeat, count where there is no such member.
class rest_form final : public v0_3_form {
 public:
  rest_form() : v0_3_form(rest_words) {}

  result<get_question> read_get(const json& from) const override;
  result<task_question> read_task(const json& from) const override;
  result<push_question> read_push(const json& from) const override;
  result<push_id_question> read_push_id(const json& from) const override;

  void append_sent_task(std::string& out, const core::task& what, const shown& how) const override;
  void append_sent_message(std::string& out, const core::message& what, const task_names& names) const override;
  void append_status(std::string& out, const status_update& what, const task_names& names) const override;
  void append_artifact(std::string& out, const artifact_update& what, const task_names& names) const override;
  void append_push(std::string& out, const core::push_config& what) const override;
  void append_pushes(std::string& out, const std::vector<core::push_config>& all,
                     std::string_view next_page_token) const override;

 private:
  core::part read_part(const json& value, const std::string& path, core::field_errors& errors) const override;
  void append_part(std::string& out, const core::part& what) const override;
};

/// A resource's name: "tasks/{task}" or "tasks/{task}/pushNotificationConfigs/{config}".
struct resource {
  std::string task;
  std::string config;
};

resource resource_of(std::string_view name) {
  constexpr std::string_view tasks = "tasks/";
  constexpr std::string_view configs = "pushNotificationConfigs/";
  resource out;
  if (!name.starts_with(tasks)) return out;
  name.remove_prefix(tasks.size());
  const auto end = name.find('/');
  out.task = name.substr(0, end);
  if (end == name.npos) return out;
  name.remove_prefix(end + 1);
  if (name.starts_with(configs)) out.config = name.substr(configs.size());
  return out;
}

/// Of the task that is asked for.
std::string id_of(proto_fields& fields) {
  auto out = fields.text("id");
  return out.empty() ? resource_of(fields.text("name")).task : out;
}

/// The same where `id` is that of a configuration.
std::string task_of(proto_fields& fields) {
  auto out = fields.text("taskId");
  if (out.empty()) out = resource_of(fields.text("name")).task;
  if (out.empty()) out = resource_of(fields.text("parent")).task;
  return out;
}

result<get_question> rest_form::read_get(const json& from) const {
  core::field_errors errors;
  proto_fields fields{from, "", errors};
  get_question out;
  out.id = id_of(fields);
  out.history_length = fields.integer("historyLength", 0, v0_3_most_history);
  return finished(std::move(out), std::move(errors));
}

result<task_question> rest_form::read_task(const json& from) const {
  core::field_errors errors;
  proto_fields fields{from, "", errors};
  task_question out;
  out.id = id_of(fields);
  return finished(std::move(out), std::move(errors));
}

// The SDKs do not agree whether the body is the configuration or the whole request {parent, configId, config}.
result<push_question> rest_form::read_push(const json& from) const {
  core::field_errors errors;
  proto_fields request{from, "", errors};
  push_question out;
  if (!request.is_object()) return finished(std::move(out), std::move(errors));
  const auto* inner = request.find("config");
  const auto path = inner == nullptr ? std::string{} : request.path_of("config");
  proto_fields fields{inner == nullptr ? from : *inner, path, errors};
  if (const auto* found = fields.require("pushNotificationConfig")) {
    out.path = fields.path_of("pushNotificationConfig");
    out.config = read_push_config(*found, out.path, errors);
  }
  if (out.config.id.empty()) out.config.id = request.client_id("configId");
  if (out.config.id.empty()) {
    out.config.id = resource_of(fields.text("name")).config;
    if (out.config.id.size() > limits::client_id_bytes) fields.add("name", "has the id of a configuration that is too long");
    if (!core::is_client_id(out.config.id)) fields.add("name", std::string{core::no_client_id});
  }
  out.task_id = task_of(request);
  if (out.task_id.empty()) out.task_id = task_of(fields);
  return finished(std::move(out), std::move(errors));
}

result<push_id_question> rest_form::read_push_id(const json& from) const {
  core::field_errors errors;
  proto_fields fields{from, "", errors};
  push_id_question out;
  out.task_id = task_of(fields);
  out.id = fields.text("id");
  if (out.id.empty()) out.id = resource_of(fields.text("name")).config;
  constexpr auto most = static_cast<std::int64_t>(limits::push_configs_max);
  const auto size = fields.integer("pageSize", 0, v0_3_most_history).value_or(0);
  out.page_size = size == 0 || size > most ? most : size;
  out.page_token = fields.text("pageToken");
  return finished(std::move(out), std::move(errors));
}

core::part rest_form::read_part(const json& value, const std::string& path, core::field_errors& errors) const {
  core::part out;
  proto_fields fields{value, path, errors};
  if (!fields.is_object()) return out;
  out.metadata = fields.object("metadata");
  const auto* text = fields.find("text");
  const auto* file = fields.find("file");
  const auto* data = fields.find("data");
  if ((text != nullptr) + (file != nullptr) + (data != nullptr) != 1) {
    errors.push_back({path, "needs exactly one of text, file, data"});
  } else if (text != nullptr) {
    out.text = fields.text("text");
  } else if (file != nullptr) {
    read_file(*file, fields.path_of("file"), file_words, errors, out);
  } else {
    out.kind = core::part::type::data;
    proto_fields inner{*data, fields.path_of("data"), errors};
    inner.require("data");
    out.data = inner.object("data");
    unwrap_data(out);
  }
  return out;
}

void rest_form::append_part(std::string& out, const core::part& what) const {
  switch (what.kind) {
    case core::part::type::text:
      core::append_string(out += R"({"text":)", what.text);
      break;
    case core::part::type::data:
      append_data(out += R"({"data":{"data":)", what);
      out += '}';
      break;
    case core::part::type::raw:
    case core::part::type::url:
      append_file(out += R"({"file":)", file_words, what);
      break;
  }
  append_part_metadata(out, what);
  out += '}';
}

void rest_form::append_sent_task(std::string& out, const core::task& what, const shown& how) const {
  append_task(out += R"({"task":)", what, how);
  out += '}';
}

void rest_form::append_sent_message(std::string& out, const core::message& what, const task_names& names) const {
  append_message(out += R"({"message":)", what, names);
  out += '}';
}

void rest_form::append_status(std::string& out, const status_update& what, const task_names& names) const {
  append_names(out += R"({"statusUpdate":{)", names);
  append_status_object(out += R"(,"status":)", what.status, names);
  append_code(out, what.status);
  if (what.closes) out += R"(,"final":true)";
  out += "}}";
}

void rest_form::append_artifact(std::string& out, const artifact_update& what, const task_names& names) const {
  append_names(out += R"({"artifactUpdate":{)", names);
  append_artifact_object(out += R"(,"artifact":)", what.artifact);
  if (what.append) out += R"(,"append":true)";
  if (what.last_chunk) out += R"(,"lastChunk":true)";
  out += "}}";
}

void rest_form::append_push(std::string& out, const core::push_config& what) const {
  core::append_string(out += R"({"name":)", "tasks/" + what.task.str() + "/pushNotificationConfigs/" + what.id);
  append_push_config(out += R"(,"pushNotificationConfig":)", what);
  out += '}';
}

void rest_form::append_pushes(std::string& out, const std::vector<core::push_config>& all,
                              std::string_view next_page_token) const {
  out += R"({"configs":[)";
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += ',';
    append_push(out, all[i]);
  }
  out += ']';
  if (!next_page_token.empty()) core::append_string(out += R"(,"nextPageToken":)", next_page_token);
  out += '}';
}

}  // namespace

const codec& codec_v0_3_rest() {
  static const rest_form form;
  return form;
}

}  // namespace mofa::a2a

#include "protocols/a2a/codec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/a2a/v1_json.hpp"
#include "protocols/core/json_text.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

constexpr std::int64_t int32_max = 2'147'483'647;
constexpr std::int64_t push_page_max = limits::push_configs_max;

/// `value`, or invalid with these errors.
template <class T>
result<T> finished(T value, core::field_errors errors) {
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return value;
}

class v1_codec final : public codec {
 public:
  a2a::version version() const override { return version::v1_0; }

  result<send_question> read_send(const json& from) const override {
    core::field_errors errors;
    proto_fields fields{from, "", errors};
    send_question out;
    out.tenant = fields.text("tenant");
    if (const auto* message = fields.require("message")) {
      v1::read_message(*message, fields.path_of("message"), errors, out);
    }
    if (const auto* configuration = fields.find("configuration")) {
      v1::read_configuration(*configuration, fields.path_of("configuration"), errors, out);
    }
    out.metadata = fields.object("metadata");
    return finished(std::move(out), std::move(errors));
  }

  result<get_question> read_get(const json& from) const override {
    core::field_errors errors;
    proto_fields fields{from, "", errors};
    get_question out{fields.text("tenant"), fields.text("id"), fields.integer("historyLength", 0, int32_max)};
    return finished(std::move(out), std::move(errors));
  }

  result<list_question> read_list(const json& from) const override {
    core::field_errors errors;
    proto_fields fields{from, "", errors};
    auto out = v1::read_list(fields);
    return finished(std::move(out), std::move(errors));
  }

  result<task_question> read_task(const json& from) const override {
    core::field_errors errors;
    proto_fields fields{from, "", errors};
    task_question out{fields.text("tenant"), fields.text("id")};
    return finished(std::move(out), std::move(errors));
  }

  result<push_question> read_push(const json& from) const override {
    core::field_errors errors;
    auto out = v1::read_push(from, "", errors);
    return finished(std::move(out), std::move(errors));
  }

  result<push_id_question> read_push_id(const json& from) const override {
    core::field_errors errors;
    proto_fields fields{from, "", errors};
    push_id_question out;
    out.tenant = fields.text("tenant");
    out.task_id = fields.text("taskId");
    out.id = fields.text("id");
    // A plain int32 of the proto: 0 is an absent one, and more than there may be is as many as there are.
    const auto size = fields.integer("pageSize", 0, int32_max).value_or(0);
    if (size > 0) out.page_size = std::min(size, push_page_max);
    out.page_token = fields.text("pageToken");
    return finished(std::move(out), std::move(errors));
  }

  void append_task(std::string& out, const core::task& what, const shown& how) const override {
    v1::append_task(out, what, how, false);
  }

  void append_sent_task(std::string& out, const core::task& what, const shown& how) const override {
    out += R"({"task":)";
    v1::append_task(out, what, how, false);
    out += '}';
  }

  void append_sent_message(std::string& out, const core::message& what, const task_names& names) const override {
    out += R"({"message":)";
    v1::append_message(out, what, names);
    out += '}';
  }

  void append_status(std::string& out, const status_update& what, const task_names& names) const override {
    out += R"({"statusUpdate":)";
    append_names(out, names);
    out += R"(,"status":)";
    v1::append_status(out, what.status, names);
    v1::append_code(out, what.status);
    out += "}}";
  }

  void append_artifact(std::string& out, const artifact_update& what, const task_names& names) const override {
    out += R"({"artifactUpdate":)";
    append_names(out, names);
    out += R"(,"artifact":)";
    v1::append_artifact(out, what.artifact);
    if (what.append) out += R"(,"append":true)";
    if (what.last_chunk) out += R"(,"lastChunk":true)";
    out += "}}";
  }

  void append_push(std::string& out, const core::push_config& what) const override { v1::append_push(out, what); }

  void append_pushes(std::string& out, const std::vector<core::push_config>& all,
                     std::string_view next_page_token) const override {
    out += R"({"configs":[)";
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) out += ',';
      v1::append_push(out, all[i]);
    }
    out += R"(],"nextPageToken":)";
    core::append_string(out, next_page_token);
    out += '}';
  }

 private:
  /// The start of an update.
  static void append_names(std::string& out, const task_names& names) {
    out += R"({"taskId":)";
    core::append_string(out, names.task_id);
    out += R"(,"contextId":)";
    core::append_string(out, names.context_id);
  }
};

}  // namespace

const codec& codec_v1() {
  static const v1_codec one;
  return one;
}

void begin_list(std::string& out) { out += R"({"tasks":[)"; }

void append_listed(std::string& out, const core::task& what, const shown& how) {
  if (out.back() != '[') out += ',';
  v1::append_task(out, what, how, true);
}

void end_list(std::string& out, std::string_view next_page_token, std::int64_t page_size, std::int64_t total) {
  core::append_string(out += R"(],"nextPageToken":)", next_page_token);
  core::append_number(out += R"(,"pageSize":)", page_size);
  core::append_number(out += R"(,"totalSize":)", total);
  out += '}';
}

}  // namespace mofa::a2a

#include <utility>

#include "protocols/a2a/codec_v0_3_form.hpp"
#include "protocols/a2a/push_fields.hpp"

namespace mofa::a2a {
namespace {

/// The first of two spellings that is there; the first when none is.
std::string_view spelling(const proto_fields& fields, std::string_view name, std::string_view other) {
  return fields.find(name) == nullptr && fields.find(other) != nullptr ? other : name;
}

}  // namespace

std::string required_text(proto_fields& fields, std::string_view name) {
  const auto* found = fields.require(name);
  if (found == nullptr) return {};
  if (found->is_string() && found->get_ref<const std::string&>().empty()) fields.add(name, "is empty");
  return fields.text(name);
}

result<send_question> v0_3_form::read_send(const json& from) const {
  core::field_errors errors;
  send_question out;
  out.return_immediately = words_.proto;
  proto_fields fields{from, "", errors};
  // `request` is its name in the proto, which ProtoJSON takes too.
  const auto message = spelling(fields, "message", "request");
  if (const auto* found = fields.require(message)) read_message(*found, fields.path_of(message), errors, out);
  if (const auto* found = fields.find("configuration")) {
    read_configuration(*found, fields.path_of("configuration"), errors, out);
  }
  out.metadata = fields.object("metadata");
  return finished(std::move(out), std::move(errors));
}

result<list_question> v0_3_form::read_list(const json&) const {
  return fail(errc::unsupported, "A2A 0.3 has no list of tasks; ask for it with A2A-Version: 1.0");
}

void v0_3_form::read_message(const json& value, const std::string& path, core::field_errors& errors,
                             send_question& out) const {
  proto_fields fields{value, path, errors};
  if (!fields.is_object()) return;
  if (const auto* id = fields.require("messageId"); id != nullptr) {
    out.message.message_id = fields.client_id("messageId");
    if (*id == "") fields.add("messageId", "is empty");
  }
  out.context_id = fields.client_id("contextId");
  out.task_id = fields.text("taskId");
  if (fields.choice("role", words_.roles) == role_agent) {
    fields.add("role", "must be " + std::string{words_.roles[role_user]} + ": clients speak for the user");
  }
  // Drafts after 0.3.0 say `parts` over HTTP+JSON too.
  const auto parts = spelling(fields, words_.parts, "parts");
  if (const auto* found = fields.require(parts)) {
    const auto place = fields.path_of(parts);
    if (!found->is_array()) {
      fields.add(parts, "must be an array of parts, not " + std::string{core::type_name(*found)});
    } else if (found->empty()) {
      fields.add(parts, "needs at least one part");
    } else if (found->size() > parts_max) {
      fields.add(parts, "has more than " + std::to_string(parts_max) + " parts");
    } else {
      for (std::size_t i = 0; i < found->size() && errors.size() < core::max_field_errors; ++i) {
        out.message.parts.push_back(read_part((*found)[i], core::child_path(place, i), errors));
      }
    }
  }
  out.message.metadata = fields.object("metadata");
  out.message.extensions = fields.strings("extensions");
  out.message.reference_task_ids = fields.strings("referenceTaskIds");
}

void v0_3_form::read_configuration(const json& value, const std::string& path, core::field_errors& errors,
                                   send_question& out) const {
  proto_fields fields{value, path, errors};
  out.accepted_output_modes = fields.strings("acceptedOutputModes");
  out.history_length = fields.integer("historyLength", 0, v0_3_most_history);
  if (words_.proto && out.history_length == 0) out.history_length.reset();
  out.return_immediately = !fields.boolean("blocking").value_or(!words_.proto);
  // The proto has the shorter name.
  const auto push = spelling(fields, "pushNotificationConfig", "pushNotification");
  if (const auto* found = fields.find(push)) {
    auto& given = out.push.emplace();
    given.path = fields.path_of(push);
    given.config = read_push_config(*found, given.path, errors);
  }
}

core::push_config v0_3_form::read_push_config(const json& value, const std::string& path, core::field_errors& errors) const {
  core::push_config out;
  proto_fields fields{value, path, errors};
  if (!fields.is_object()) return out;
  read_push_target(fields, out);
  const auto* found = fields.find("authentication");
  if (found == nullptr) return out;
  proto_fields login{*found, fields.path_of("authentication"), errors};
  if (auto schemes = login.strings("schemes"); !schemes.empty()) {
    out.scheme = std::move(schemes.front());
    if (!is_auth_scheme(out.scheme)) login.add("schemes", "must be schemes of HTTP authentication, such as Bearer");
  }
  out.credentials = read_push_credentials(login);
  return out;
}

}  // namespace mofa::a2a

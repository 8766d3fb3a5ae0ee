#include "protocols/core/message.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "protocols/core/fields.hpp"
#include "protocols/core/message_json.hpp"
#include "server/base/limits.hpp"

namespace mofa::core {
namespace {

constexpr std::array<std::string_view, 2> role_names{"user", "agent"};
constexpr std::array<std::string_view, 7> part_members{"text", "data", "url", "raw", "media_type", "filename", "metadata"};
constexpr std::array<std::string_view, 6> message_members{"message_id", "role",       "parts",
                                                          "metadata",   "extensions", "reference_task_ids"};
constexpr std::array<std::string_view, 6> artifact_members{"artifact_id", "name",     "parts",
                                                           "description", "metadata", "extensions"};
constexpr std::size_t most_references = 256;

/// RFC 4648, section 4: the standard alphabet, padded to groups of four.
bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  std::size_t digits = text.size();
  for (int padding = 0; padding < 2 && digits > 0 && text[digits - 1] == '='; ++padding) --digits;
  for (const char c : text.substr(0, digits)) {
    const bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (!digit) return false;
  }
  return true;
}

/// An object, or null when the member is not there or null.
json metadata_of(object_fields& fields) {
  const auto* found = fields.find("metadata");
  if (found == nullptr || found->is_null()) return nullptr;
  if (!found->is_object()) {
    fields.add("metadata", "must be an object, not " + std::string{type_name(*found)});
    return nullptr;
  }
  return *found;
}

part read_part(const json& value, const std::string& path, field_errors& errors) {
  object_fields fields{value, path, part_members, errors};
  part out;
  int contents = 0;
  for (const auto type : {part::type::text, part::type::data, part::type::url, part::type::raw}) {
    const auto name = part_members[static_cast<std::size_t>(type)];
    const auto* found = fields.find(name);
    if (found == nullptr) continue;
    ++contents;
    out.kind = type;
    if (type == part::type::data) {
      out.data = *found;
    } else if (auto text = fields.text(name)) {
      if (type == part::type::url && text->empty()) fields.add(name, "is empty");
      if (type == part::type::raw && !is_base64(*text)) fields.add(name, "is not base64");
      out.text = *std::move(text);
    }
  }
  if (contents != 1 && value.is_object()) errors.push_back({path, "needs exactly one of text, data, url, raw"});
  out.media_type = fields.text("media_type").value_or("");
  out.filename = fields.text("filename").value_or("");
  out.metadata = metadata_of(fields);
  return out;
}

std::vector<part> read_parts(const json& value, const std::string& path, field_errors& errors) {
  std::vector<part> out;
  if (!value.is_array()) {
    errors.push_back({path, "must be an array of parts, not " + std::string{type_name(value)}});
    return out;
  }
  if (value.empty()) errors.push_back({path, "needs at least one part"});
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size() && errors.size() < max_field_errors; ++i) {
    out.push_back(read_part(value[i], child_path(path, i), errors));
  }
  return out;
}

/// Short texts, such as URIs and ids.
std::vector<std::string> read_references(object_fields& fields, std::string_view name) {
  std::vector<std::string> out;
  const auto* found = fields.find(name);
  if (found == nullptr) return out;
  const auto sound = [](const json& each) {
    return each.is_string() && each.get_ref<const std::string&>().size() <= limits::reference_bytes;
  };
  if (!found->is_array() || found->size() > most_references || !std::all_of(found->begin(), found->end(), sound)) {
    fields.add(name, "must be an array of at most " + std::to_string(most_references) + " strings of at most " +
                         std::to_string(limits::reference_bytes) + " bytes");
    return out;
  }
  return found->get<std::vector<std::string>>();
}

template <class T>
result<T> finish(T value, field_errors errors) {
  if (!errors.empty()) return invalid_fields(std::move(errors));
  return value;
}

// `Part` is const part&, or part when what is in it may be taken.
template <class Part>
json part_json(Part&& value) {
  json out = json::object();
  auto& content = out[std::string{part_members[static_cast<std::size_t>(value.kind)]}];
  if (value.kind == part::type::data) {
    content = std::forward<Part>(value).data;
  } else {
    content = std::forward<Part>(value).text;
  }
  if (!value.media_type.empty()) out["media_type"] = value.media_type;
  if (!value.filename.empty()) out["filename"] = value.filename;
  if (!value.metadata.is_null()) out["metadata"] = std::forward<Part>(value).metadata;
  return out;
}

json parts_to_json(const std::vector<part>& parts) {
  json out = json::array();
  for (const auto& each : parts) out.push_back(to_json(each));
  return out;
}

json parts_to_json(std::vector<part>&& parts) {
  json out = json::array();
  for (auto& each : parts) out.push_back(part_json(std::move(each)));
  return out;
}

template <class Message>
json message_json(Message&& value) {
  json out = json::object();
  out["message_id"] = value.message_id;
  out["role"] = role_names[static_cast<std::size_t>(value.role)];
  out["parts"] = parts_to_json(std::forward<Message>(value).parts);
  if (!value.metadata.is_null()) out["metadata"] = std::forward<Message>(value).metadata;
  if (!value.extensions.empty()) out["extensions"] = value.extensions;
  if (!value.reference_task_ids.empty()) out["reference_task_ids"] = value.reference_task_ids;
  return out;
}

}  // namespace

std::string message::text() const {
  std::string out;
  bool first = true;
  for (const auto& each : parts) {
    if (each.kind != part::type::text) continue;
    if (!first) out += '\n';
    first = false;
    out += each.text;
  }
  return out;
}

message text_message(core::role who, std::string message_id, std::string text) {
  message out;
  out.message_id = std::move(message_id);
  out.role = who;
  out.parts.emplace_back().text = std::move(text);
  return out;
}

json to_json(const part& value) { return part_json(value); }
json to_json(const message& value) { return message_json(value); }
json into_json(message value) { return message_json(std::move(value)); }

json to_json(const artifact& value) {
  json out = json::object();
  out["artifact_id"] = value.artifact_id;
  out["name"] = value.name;
  out["parts"] = parts_to_json(value.parts);
  if (!value.description.empty()) out["description"] = value.description;
  if (!value.metadata.is_null()) out["metadata"] = value.metadata;
  if (!value.extensions.empty()) out["extensions"] = value.extensions;
  return out;
}

result<message> message_from_json(const json& value, const std::string& path) {
  if (value.is_string()) return text_message(role::user, {}, value.get<std::string>());
  field_errors errors;
  if (!value.is_object()) {
    errors.push_back({path, "must be a message or a string, not " + std::string{type_name(value)}});
    return invalid_fields(std::move(errors));
  }
  object_fields fields{value, path, message_members, errors};
  message out;
  out.message_id = fields.text("message_id", limits::client_id_bytes).value_or("");
  if (const auto who = fields.choice("role", role_names)) out.role = static_cast<role>(*who);
  if (const auto* parts = fields.require("parts")) out.parts = read_parts(*parts, fields.path_of("parts"), errors);
  out.metadata = metadata_of(fields);
  out.extensions = read_references(fields, "extensions");
  out.reference_task_ids = read_references(fields, "reference_task_ids");
  return finish(std::move(out), std::move(errors));
}

result<part> part_from_json(const json& value, const std::string& path) {
  field_errors errors;
  auto out = read_part(value, path, errors);
  return finish(std::move(out), std::move(errors));
}

result<std::vector<part>> parts_from_json(const json& value, const std::string& path) {
  field_errors errors;
  auto out = read_parts(value, path, errors);
  return finish(std::move(out), std::move(errors));
}

result<artifact> artifact_from_json(const json& value, const std::string& path) {
  field_errors errors;
  object_fields fields{value, path, artifact_members, errors};
  artifact out;
  if (fields.require("artifact_id") != nullptr) {
    out.artifact_id = fields.text("artifact_id", limits::client_id_bytes).value_or("");
  }
  out.name = fields.text("name").value_or("");
  if (const auto* parts = fields.require("parts")) out.parts = read_parts(*parts, fields.path_of("parts"), errors);
  out.description = fields.text("description").value_or("");
  out.metadata = metadata_of(fields);
  out.extensions = read_references(fields, "extensions");
  return finish(std::move(out), std::move(errors));
}

}  // namespace mofa::core

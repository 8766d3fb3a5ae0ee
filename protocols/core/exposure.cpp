#include "protocols/core/exposure.hpp"

#include <algorithm>
#include <array>

namespace mofa::core {
namespace {

constexpr std::array<std::string_view, 7> skill_members{"id",       "name",        "description", "tags",
                                                        "examples", "input_modes", "output_modes"};
constexpr std::array<std::string_view, 7> exposure_members{"public",   "input_modes", "output_modes", "documentation_url",
                                                           "icon_url", "provider",    "extended"};
constexpr std::array<std::string_view, 2> provider_members{"organization", "url"};
constexpr std::array<std::string_view, 2> extended_members{"description", "skills"};

constexpr std::size_t description_bytes = 16'384;
constexpr std::size_t name_bytes = 256;
constexpr std::size_t url_bytes = 2048;
constexpr std::size_t skill_count = 256;

std::vector<std::string> read_strings(object_fields& fields, std::string_view name, field_errors& errors) {
  std::vector<std::string> out;
  const auto* value = fields.find(name);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    fields.add(name, "must be an array of strings, not " + std::string{type_name(*value)});
    return out;
  }
  for (std::size_t i = 0; i < value->size() && errors.size() < max_field_errors; ++i) {
    const auto& each = (*value)[i];
    if (each.is_string()) {
      out.push_back(each.get<std::string>());
    } else {
      errors.push_back({child_path(fields.path_of(name), i), "must be a string, not " + std::string{type_name(each)}});
    }
  }
  return out;
}

/// "text/plain", "image/*", "*/*"
bool is_media_type(std::string_view text) {
  const auto slash = text.find('/');
  const auto sound = [](std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(),
                                        [](char c) { return c > 0x20 && c < 0x7f && c != '/' && c != ',' && c != '"'; });
  };
  return slash != std::string_view::npos && sound(text.substr(0, slash)) && sound(text.substr(slash + 1));
}

std::vector<std::string> read_modes(object_fields& fields, std::string_view name, field_errors& errors) {
  auto out = read_strings(fields, name, errors);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!is_media_type(out[i]))
      errors.push_back({child_path(fields.path_of(name), i), "must be a media type such as text/plain"});
  return out;
}

std::string read_url(object_fields& fields, std::string_view name) {
  auto out = fields.text(name, url_bytes).value_or("");
  if (!out.empty() && !out.starts_with("https://") && !out.starts_with("http://"))
    fields.add(name, "must begin with https:// or http://");
  return out;
}

void read_provider(const json& value, const std::string& path, exposure& out, field_errors& errors) {
  object_fields fields{value, path, provider_members, errors};
  if (fields.require("organization") != nullptr) out.organization = fields.text("organization", name_bytes).value_or("");
  if (fields.require("url") != nullptr) out.organization_url = read_url(fields, "url");
}

extended_exposure read_extended(const json& value, const std::string& path, field_errors& errors) {
  object_fields fields{value, path, extended_members, errors};
  extended_exposure out;
  out.description = fields.text("description", description_bytes).value_or("");
  if (const auto* skills = fields.find("skills")) out.skills = read_skills(*skills, child_path(path, "skills"), errors);
  return out;
}

}  // namespace

std::vector<skill> read_skills(const json& value, const std::string& path, field_errors& errors) {
  std::vector<skill> out;
  if (!value.is_array()) {
    errors.push_back({path, "must be an array of skills, not " + std::string{type_name(value)}});
    return out;
  }
  if (value.size() > skill_count) {
    errors.push_back({path, "has more than " + std::to_string(skill_count) + " skills"});
    return out;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto place = child_path(path, i);
    object_fields fields{value[i], place, skill_members, errors};
    skill each;
    if (fields.require("id") != nullptr) {
      each.id = fields.text("id", name_bytes).value_or("");
      const bool taken = std::any_of(out.begin(), out.end(), [&](const skill& other) { return other.id == each.id; });
      if (taken && !each.id.empty()) fields.add("id", "'" + each.id + "' is the id of an earlier skill");
    }
    each.name = fields.text("name", name_bytes).value_or(each.id);
    each.description = fields.text("description", description_bytes).value_or("");
    each.tags = read_strings(fields, "tags", errors);
    each.examples = read_strings(fields, "examples", errors);
    each.input_modes = read_modes(fields, "input_modes", errors);
    each.output_modes = read_modes(fields, "output_modes", errors);
    out.push_back(std::move(each));
  }
  return out;
}

exposure read_exposure(const json& value, const std::string& path, field_errors& errors) {
  object_fields fields{value, path, exposure_members, errors};
  exposure out;
  out.is_public = fields.boolean("public");
  if (fields.find("input_modes") != nullptr) out.input_modes = read_modes(fields, "input_modes", errors);
  if (fields.find("output_modes") != nullptr) out.output_modes = read_modes(fields, "output_modes", errors);
  for (const auto* name : {"input_modes", "output_modes"}) {
    const auto* given = fields.find(name);
    if (given != nullptr && given->is_array() && given->empty()) fields.add(name, "needs at least one media type");
  }
  out.documentation_url = read_url(fields, "documentation_url");
  out.icon_url = read_url(fields, "icon_url");
  if (const auto* provider = fields.find("provider")) read_provider(*provider, child_path(path, "provider"), out, errors);
  if (const auto* more = fields.find("extended")) out.extended = read_extended(*more, child_path(path, "extended"), errors);
  return out;
}

}  // namespace mofa::core

#include "protocols/core/json_template.hpp"

#include "protocols/core/fields.hpp"

namespace mofa::core {

json_template json_template::of(json value, const std::string& path, const text_reader& read) {
  json_template made;
  made.add_leaves(value, json::json_pointer{}, path, read);
  made.value_ = std::move(value);
  return made;
}

void json_template::add_leaves(const json& value, const json::json_pointer& place, const std::string& path,
                               const text_reader& read) {
  if (value.is_object()) {
    for (const auto& entry : value.items()) {
      add_leaves(entry.value(), place / entry.key(), child_path(path, entry.key()), read);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) add_leaves(value[i], place / i, child_path(path, i), read);
  } else if (value.is_string() && value.get_ref<const std::string&>().find("{{") != std::string::npos) {
    leaves_.emplace_back(place, read(value.get<std::string>(), path));
  }
}

std::size_t json_template::bound_bytes(const variables& values) const {
  std::size_t bytes = 0;
  for (const auto& [place, text] : leaves_) bytes += text.bound_bytes(values);
  return bytes;
}

json json_template::render(const variables& values) const {
  json out = value_;
  for (const auto& [place, text] : leaves_) out[place] = text.render(values);
  return out;
}

}  // namespace mofa::core

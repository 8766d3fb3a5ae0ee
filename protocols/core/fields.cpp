#include "protocols/core/fields.hpp"

#include <algorithm>

#include "server/base/nearest.hpp"

namespace mofa::core {

std::string child_path(std::string_view path, std::string_view name) {
  std::string out{path};
  out += '/';
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string child_path(std::string_view path, std::size_t index) { return std::string{path} + '/' + std::to_string(index); }

error invalid_fields(field_errors fields) {
  const auto& first = fields.front();
  std::string detail = first.path.empty() ? first.message : first.path + ": " + first.message;
  if (fields.size() > 1) detail += " (and " + std::to_string(fields.size() - 1) + " more)";
  return error{errc::invalid, std::move(detail), std::move(fields)};
}

std::string_view type_name(const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      return "null";
    case json::value_t::object:
      return "an object";
    case json::value_t::array:
      return "an array";
    case json::value_t::string:
      return "a string";
    case json::value_t::boolean:
      return "a boolean";
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return "an integer";
    case json::value_t::number_float:
      return "a number";
    case json::value_t::binary:
    case json::value_t::discarded:
      break;
  }
  return "not a JSON value";
}

object_fields::object_fields(const json& value, const std::string& path, std::span<const std::string_view> known,
                             field_errors& errors)
    : object_(value.is_object() ? &value : nullptr), path_(path), errors_(errors) {
  if (object_ == nullptr) {
    errors_.push_back({path_, "must be an object, not " + std::string{type_name(value)}});
    return;
  }
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (errors_.size() >= max_field_errors) return;
    if (std::find(known.begin(), known.end(), member.key()) == known.end()) {
      errors_.push_back({path_of(member.key()), unknown_member(member.key(), known)});
    }
  }
}

const json* object_fields::find(std::string_view name) const {
  if (object_ == nullptr) return nullptr;
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

const json* object_fields::require(std::string_view name) {
  const auto* found = find(name);
  if (found == nullptr && object_ != nullptr) add(name, "missing member '" + std::string{name} + "'");
  return found;
}

std::optional<std::string> object_fields::text(std::string_view name, std::size_t max_bytes) {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) {
    add(name, "must be a string, not " + std::string{type_name(*found)});
    return std::nullopt;
  }
  const auto& value = found->get_ref<const std::string&>();
  if (value.size() > max_bytes) {
    add(name, "is longer than " + std::to_string(max_bytes) + " bytes");
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> object_fields::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  return integer_from_json(*found, path_of(name), min, max, errors_);
}

std::optional<bool> object_fields::boolean(std::string_view name) {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) {
    add(name, "must be true or false, not " + std::string{type_name(*found)});
    return std::nullopt;
  }
  return found->get<bool>();
}

std::optional<std::size_t> object_fields::choice(std::string_view name, std::span<const std::string_view> words) {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) {
    const auto at = std::find(words.begin(), words.end(), found->get_ref<const std::string&>());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  }
  std::string message = "must be one of ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) message += ", ";
    message += words[i];
  }
  add(name, std::move(message));
  return std::nullopt;
}

void object_fields::add(std::string_view name, std::string message) {
  errors_.push_back({path_of(name), std::move(message)});
}

std::optional<std::int64_t> integer_from_json(const json& value, const std::string& path, std::int64_t min, std::int64_t max,
                                              field_errors& errors) {
  if (!value.is_number_integer()) {
    errors.push_back({path, "must be an integer, not " + std::string{type_name(value)}});
    return std::nullopt;
  }
  const bool too_large = value.is_number_unsigned() &&
                         value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto number = too_large ? 0 : value.get<std::int64_t>();
  if (too_large || number < min || number > max) {
    errors.push_back({path, "must be from " + std::to_string(min) + " to " + std::to_string(max)});
    return std::nullopt;
  }
  return number;
}

}  // namespace mofa::core

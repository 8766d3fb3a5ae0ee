#include "actors/scenario/reader.hpp"

#include <algorithm>

#include "server/base/nearest.hpp"

namespace mofa::scenario {

std::string below(const std::string& path, std::string_view member) {
  auto out = path + "/";
  for (const char c : member) {
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

std::string below(const std::string& path, std::size_t index) { return path + "/" + std::to_string(index); }

bool reader::object(const json& value, const std::string& path, std::span<const std::string_view> known) {
  if (!value.is_object()) {
    fault(path, "must be an object");
    return false;
  }
  for (const auto& entry : value.items()) {
    if (std::find(known.begin(), known.end(), entry.key()) == known.end()) {
      fault(below(path, entry.key()), unknown_member(entry.key(), known));
    }
  }
  return true;
}

bool reader::filled_list(const json& value, const std::string& path) {
  if (value.is_array() && !value.empty()) return true;
  fault(path, "must be a list of at least one");
  return false;
}

const json* reader::member(const json& object, const std::string& path, std::string_view name, bool required) {
  const auto found = object.find(name);
  if (found != object.end()) return &*found;
  if (required) fault(path, "missing member '" + std::string{name} + "'");
  return nullptr;
}

std::optional<std::string> reader::text(const json& object, const std::string& path, std::string_view name, bool required) {
  const auto* value = member(object, path, name, required);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  fault(below(path, name), "must be a string");
  return std::nullopt;
}

std::optional<bool> reader::flag(const json& object, const std::string& path, std::string_view name) {
  const auto* value = member(object, path, name, false);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  fault(below(path, name), "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> reader::integer(const json& value, const std::string& path, std::int64_t least,
                                            std::int64_t most) {
  // An unsigned one beyond int64 would wrap into the bounds.
  const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
  if (value.is_number_integer() && !huge && value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most) {
    return value.get<std::int64_t>();
  }
  fault(path, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

}  // namespace mofa::scenario

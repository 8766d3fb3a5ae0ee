#include "protocols/a2a/proto_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "protocols/core/client_id.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

/// "contextId" as "context_id"; empty when it is the same in both.
std::string snake_case(std::string_view camel) {
  std::string out;
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::none_of(camel.begin(), camel.end(), is_upper)) return out;
  out.reserve(camel.size() + 4);
  for (const char c : camel) {
    if (is_upper(c)) {
      out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::int64_t> decimal(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// A whole number in any of the ways in which ProtoJSON writes one: 5, 5.0, 5e0, "5".
std::optional<std::int64_t> whole_number(const json& value) {
  if (value.is_string()) return decimal(value.get_ref<const std::string&>());
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    // Beyond 2^53 a double does not tell which integer was meant.
    if (std::trunc(number) == number && std::abs(number) <= 9007199254740992.0) return static_cast<std::int64_t>(number);
  }
  return std::nullopt;
}

/// The digit in the standard alphabet (RFC 4648, sections 4 and 5); nothing when it is in neither.
std::optional<char> standard_digit(char c) {
  const bool same = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  if (same) return c;
  if (c == '-') return '+';
  if (c == '_') return '/';
  return std::nullopt;
}

std::optional<std::string> standard_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == '=') break;
    const auto digit = standard_digit(c);
    if (!digit) return std::nullopt;
    out += *digit;
  }
  const auto padding = text.substr(out.size());
  const auto missing = (4 - out.size() % 4) % 4;
  const bool padded = padding.find_first_not_of('=') == padding.npos && padding.size() == missing;
  if (missing == 3 || (!padding.empty() && !padded)) return std::nullopt;
  out.append(missing, '=');
  return out;
}

std::string not_this(std::string_view wanted, const json& value) {
  return "must be " + std::string{wanted} + ", not " + std::string{core::type_name(value)};
}

}  // namespace

proto_fields::proto_fields(const json& value, std::string path, core::field_errors& errors)
    : object_(value.is_object() ? &value : nullptr), path_(std::move(path)), errors_(errors) {
  if (object_ == nullptr) errors_.push_back({path_, not_this("an object", value)});
}

const json* proto_fields::find_value(std::string_view camel_name) const {
  if (object_ == nullptr) return nullptr;
  auto found = object_->find(camel_name);
  if (found == object_->end()) {
    const auto snake = snake_case(camel_name);
    if (!snake.empty()) found = object_->find(snake);
  }
  return found == object_->end() ? nullptr : &*found;
}

const json* proto_fields::find(std::string_view camel_name) const {
  const auto* found = find_value(camel_name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

const json* proto_fields::require(std::string_view camel_name) {
  const auto* found = find(camel_name);
  if (found == nullptr && object_ != nullptr) add(camel_name, "missing member '" + std::string{camel_name} + "'");
  return found;
}

std::string proto_fields::text(std::string_view camel_name, std::size_t max_bytes) {
  const auto* found = find(camel_name);
  if (found == nullptr) return {};
  if (!found->is_string()) {
    add(camel_name, not_this("a string", *found));
    return {};
  }
  const auto& value = found->get_ref<const std::string&>();
  if (value.size() > max_bytes) {
    add(camel_name, "is longer than " + std::to_string(max_bytes) + " bytes");
    return {};
  }
  return value;
}

std::string proto_fields::client_id(std::string_view camel_name) {
  auto out = text(camel_name, limits::client_id_bytes);
  if (core::is_client_id(out)) return out;
  add(camel_name, std::string{core::no_client_id});
  return {};
}

std::optional<bool> proto_fields::boolean(std::string_view camel_name) {
  const auto* found = find(camel_name);
  if (found == nullptr) return std::nullopt;
  if (found->is_boolean()) return found->get<bool>();
  if (*found == "true") return true;
  if (*found == "false") return false;
  add(camel_name, "must be true or false");
  return std::nullopt;
}

std::optional<std::int64_t> proto_fields::integer(std::string_view camel_name, std::int64_t min, std::int64_t max) {
  const auto* found = find(camel_name);
  if (found == nullptr) return std::nullopt;
  const auto number = whole_number(*found);
  if (!number || *number < min || *number > max) {
    add(camel_name, "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::optional<time_point> proto_fields::time(std::string_view camel_name) {
  const auto* found = find(camel_name);
  if (found == nullptr) return std::nullopt;
  auto at = found->is_string() ? parse_rfc3339(found->get_ref<const std::string&>()) : std::nullopt;
  if (!at) add(camel_name, "must be a time such as \"2026-01-31T09:00:00Z\" (RFC 3339)");
  return at;
}

json proto_fields::object(std::string_view camel_name) {
  const auto* found = find(camel_name);
  if (found == nullptr) return nullptr;
  if (!found->is_object()) {
    add(camel_name, not_this("an object", *found));
    return nullptr;
  }
  return *found;
}

std::vector<std::string> proto_fields::strings(std::string_view camel_name, std::size_t most) {
  const auto* found = find(camel_name);
  if (found == nullptr) return {};
  const auto sound = [](const json& each) {
    return each.is_string() && each.get_ref<const std::string&>().size() <= limits::reference_bytes;
  };
  if (!found->is_array() || found->size() > most || !std::all_of(found->begin(), found->end(), sound)) {
    add(camel_name, "must be an array of at most " + std::to_string(most) + " strings of at most " +
                        std::to_string(limits::reference_bytes) + " bytes");
    return {};
  }
  return found->get<std::vector<std::string>>();
}

std::optional<std::size_t> proto_fields::choice(std::string_view camel_name,
                                                std::span<const std::string_view> names_by_number) {
  const auto* found = find(camel_name);
  if (found == nullptr) return std::nullopt;
  std::optional<std::size_t> number;
  if (found->is_string()) {
    const auto at = std::find(names_by_number.begin(), names_by_number.end(), found->get_ref<const std::string&>());
    if (at != names_by_number.end()) number = static_cast<std::size_t>(at - names_by_number.begin());
  }
  if (!number) {
    const auto given = whole_number(*found);
    if (given && *given >= 0 && *given < static_cast<std::int64_t>(names_by_number.size())) {
      number = static_cast<std::size_t>(*given);
    }
  }
  if (!number) {
    std::string message = "must be one of ";
    for (std::size_t i = 1; i < names_by_number.size(); ++i) {
      if (i > 1) message += ", ";
      message += names_by_number[i];
    }
    add(camel_name, std::move(message));
  }
  return number == std::size_t{0} ? std::nullopt : number;
}

std::optional<std::string> proto_fields::base64(std::string_view camel_name) {
  const auto* found = find(camel_name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) {
    add(camel_name, not_this("a string of base64", *found));
    return std::nullopt;
  }
  auto out = standard_base64(found->get_ref<const std::string&>());
  if (!out) add(camel_name, "is not base64");
  return out;
}

void proto_fields::add(std::string_view camel_name, std::string message) {
  errors_.push_back({path_of(camel_name), std::move(message)});
}

}  // namespace mofa::a2a

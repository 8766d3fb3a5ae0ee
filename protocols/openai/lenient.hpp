// Lenient reading of a foreign JSON value: what is missing, null or of another type is nothing, never an error.
// Used by decoders of streams, which meet servers of every make.
// Pure functions over values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/message.hpp"

namespace mofa::openai {

/// The member of an object; null when it is none, or has no such member, or that is null.
inline const core::json* child(const core::json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// The member's text; empty when it is not a string.
inline std::string text_of(const core::json& object, std::string_view name) {
  const auto* value = child(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

/// The member as a number of things; nothing when it is no integer from 0 to 10^12.
inline std::optional<std::int64_t> count_of(const core::json& object, std::string_view name) {
  constexpr std::uint64_t most = 1'000'000'000'000;
  const auto* value = child(object, name);
  // Integers that are not negative are unsigned when they come from a text.
  if (value == nullptr || !value->is_number_unsigned() || value->get<std::uint64_t>() > most) return std::nullopt;
  return value->get<std::int64_t>();
}

}  // namespace mofa::openai

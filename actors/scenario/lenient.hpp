// Lenient reading of recorded JSON: what is missing or of another type is nothing, never an error.
// Used where an event is applied, which cannot fail.
// Pure functions over values; any thread.
#pragma once

#include <string_view>

#include "protocols/core/message.hpp"

namespace mofa::scenario {

using core::json;

/// The member of an object; nullptr when it is none, or has no such member.
inline const json* child(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

/// The member's text; empty when it is not a string.
inline std::string_view text_of(const json& object, std::string_view name) {
  const auto* value = child(object, name);
  return value != nullptr && value->is_string() ? std::string_view{value->get_ref<const std::string&>()}
                                                : std::string_view{};
}

}  // namespace mofa::scenario

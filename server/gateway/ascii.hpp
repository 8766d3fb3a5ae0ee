// ASCII without a locale: what header names, hosts and schemes need.
// Used inside the room.
// Pure functions; any thread.
#pragma once

#include <algorithm>
#include <string_view>

namespace mofa::gateway {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

}  // namespace mofa::gateway

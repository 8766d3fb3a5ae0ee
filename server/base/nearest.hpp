// "Did you mean": the nearest known name to a mistyped one, for every error that names an unknown member.
// Asked where an input or a setting is refused; owned by nobody.
// Pure functions over values; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mofa {

/// Levenshtein distance in characters.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name with the smallest distance, if it is near enough to be a typing error (at most a third of its length, at
/// least 2).
std::optional<std::string_view> nearest_name(std::string_view wrong, std::span<const std::string_view> known);

/// "unknown member 'rulez'; did you mean 'rules'?" or, when nothing is near, "unknown member 'x'; known: a, b, c".
std::string unknown_member(std::string_view wrong, std::span<const std::string_view> known);

}  // namespace mofa

// Ids that clients give: of contexts, messages and push configurations.
// Asked by whoever reads one from a client, in whichever dialect; what is in the journal already is not asked again.
// Pure functions over values; any thread.
#pragma once

#include <algorithm>
#include <string_view>

namespace mofa::core {

/// Whether the text has no control characters (below U+0020, and U+007F): not every path can name an id that has.
inline bool is_client_id(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Why it is none, for errors.
inline constexpr std::string_view no_client_id = "has control characters";

}  // namespace mofa::core

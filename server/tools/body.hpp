// The body of an answer as a tool gives it to an agent: text where it is text, base64 where it is not.
// Asked by the tools that fetch; owned by nobody.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mofa::tools {

/// Whether it is well-formed UTF-8 (RFC 3629) without a zero byte.
bool is_text(std::string_view bytes);

/// The bytes without a character that was cut off at their end, if what is there of it could begin one.
std::string_view without_cut_character(std::string_view bytes);

/// RFC 4648, section 4, with padding.
std::string base64(std::string_view bytes);

}  // namespace mofa::tools

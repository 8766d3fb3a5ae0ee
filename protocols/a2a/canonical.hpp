// The canonical form: the one text of a JSON value that everybody writes alike, so that it can be signed (RFC 8785, JCS).
// Used for cards: they are written so, and their signatures are over such text.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "protocols/core/fields.hpp"

namespace mofa::a2a {

/// The value as canonical text; nothing is left out. Integers beyond 2^53 are written as the double nearest to them, as the
/// RFC reads numbers. Bytes that are not UTF-8 become U+FFFD; infinities, which no JSON text holds, become null.
std::string canonical(const core::json& value);

/// Whether `one` comes before `other`: by UTF-16 code units (RFC 8785, section 3.2.3).
bool member_before(std::string_view one, std::string_view other);

/// The bytes in the URL alphabet of RFC 4648, section 5, without padding: how a JWS has them.
std::string base64url(std::string_view bytes);

}  // namespace mofa::a2a

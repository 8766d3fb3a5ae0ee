// Percent-encoding (RFC 3986, section 2.1): paths and queries as text.
// Used by the router for path parameters, and by requests for their query.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "server/base/result.hpp"

namespace mofa::http {

enum class plus_sign { literal, space };

/// The decoded text. errc::invalid_syntax: a percent sign without two hex digits, a NUL, or bytes that are not UTF-8.
/// In queries a plus sign means a space (the form encoding that browsers use).
result<std::string> percent_decode(std::string_view text, plus_sign plus = plus_sign::literal);

/// Whether every name and value of the query decodes.
bool is_valid_query(std::string_view query);

}  // namespace mofa::http

// Push fields: the members of a push configuration that all versions have, read and checked before anything is kept.
// Used by the codecs while they read a push question.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "protocols/a2a/proto_fields.hpp"
#include "protocols/core/push.hpp"

namespace mofa::a2a {

inline constexpr std::size_t push_token_bytes = 4096;
inline constexpr std::size_t push_credentials_bytes = 8192;

/// `id`, `url` (required) and `token` of one configuration. Whether the URL's address may be asked is found out at delivery.
void read_push_target(proto_fields& fields, core::push_config& out);
/// `credentials` of its `authentication`.
std::string read_push_credentials(proto_fields& authentication);

/// A scheme of `Authorization`: a token (RFC 9110, sections 5.6.2 and 11.1) of at most 64 bytes.
bool is_auth_scheme(std::string_view text);
/// Text that can be sent in a header: no control characters, no space at its ends.
bool is_header_text(std::string_view text);

}  // namespace mofa::a2a

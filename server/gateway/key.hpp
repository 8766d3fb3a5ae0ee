// Keys: the secrets that callers show, and the hashes of them that the server keeps.
// Made by `mofa keys new`, kept in the configuration as a hash, compared by the keyring.
// Plain values and pure functions, except generate_key(); any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/caller.hpp"
#include "server/base/clock.hpp"
#include "server/base/result.hpp"

namespace mofa::gateway {

/// 32 bytes.
using sha256_bytes = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of the bytes.
sha256_bytes sha256(std::string_view bytes);

/// "sha256:" and 64 lower-case hex digits, as the configuration holds it.
std::string to_key_hash(const sha256_bytes& hash);
/// Reads that form; nothing when the text is another one.
std::optional<sha256_bytes> parse_key_hash(std::string_view text);

/// "tasks:read", "tasks:write", "agents:read", "agents:write", "metrics", "admin".
std::string_view scope_name(core::scope which);
std::optional<core::scope> scope_from(std::string_view name);

/// A key that callers may use. The secret itself is not kept.
struct key {
  std::string name;  ///< becomes the caller's principal
  sha256_bytes hash{};
  std::string tenant = "default";
  unsigned scopes = 0;  ///< bits of core::scope
  std::optional<time_point> expires;
};

struct new_key {
  std::string secret;  ///< "mofa_" and 256 random bits as base64url; shown once
  std::string hash;    ///< to_key_hash() of it
};

/// A new secret. Error io: the system has no random bytes.
result<new_key> generate_key();

}  // namespace mofa::gateway

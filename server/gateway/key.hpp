// Keys: the secrets that callers show, and the hashes of them that the server keeps.
// Made by `mofa keys new`, kept in the configuration as a hash, compared by the keyring.
// Plain values and pure functions, except generate_key(); any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/caller.hpp"
#include "server/base/clock.hpp"
#include "server/base/digest.hpp"
#include "server/base/result.hpp"

namespace mofa::gateway {

/// "sha256:" and 64 lower-case hex digits, as the configuration holds it.
std::string to_key_hash(const sha256_bytes& hash);
/// Reads that form; nothing when the text is another one.
std::optional<sha256_bytes> parse_key_hash(std::string_view text);

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

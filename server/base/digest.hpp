// The digest: SHA-256, by which definitions are versioned, bodies bound to their idempotency key, and keys kept.
// Called by whoever has bytes to tell apart; nobody owns anything.
// Pure functions over values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mofa {

/// 32 bytes.
using sha256_bytes = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of the bytes.
sha256_bytes sha256(std::string_view bytes);

/// 64 lower-case hexadecimal digits.
std::string to_hex(const sha256_bytes& hash);

/// Both: the digest of the bytes as text.
inline std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

}  // namespace mofa

#include "server/gateway/key.hpp"

#include <openssl/rand.h>

namespace mofa::gateway {

namespace {

constexpr std::string_view hash_prefix = "sha256:";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string base64url(const sha256_bytes& bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const auto byte : bytes) {
    bits = (bits << 8U) | byte;
    for (held += 8; held >= 6; held -= 6) out += alphabet[(bits >> static_cast<unsigned>(held - 6)) & 0x3FU];
  }
  if (held > 0) out += alphabet[(bits << static_cast<unsigned>(6 - held)) & 0x3FU];
  return out;
}

}  // namespace

std::string to_key_hash(const sha256_bytes& hash) { return std::string{hash_prefix} + to_hex(hash); }

std::optional<sha256_bytes> parse_key_hash(std::string_view text) {
  sha256_bytes out{};
  if (text.substr(0, hash_prefix.size()) != hash_prefix) return std::nullopt;
  text.remove_prefix(hash_prefix.size());
  if (text.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = hex_digits.find(text[2 * i]);
    const auto low = hex_digits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

result<new_key> generate_key() {
  sha256_bytes random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    return fail(errc::io, "no random bytes from the system");
  new_key out;
  out.secret = "mofa_" + base64url(random);
  out.hash = to_key_hash(sha256(out.secret));
  return out;
}

}  // namespace mofa::gateway

#include "server/gateway/key.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace mofa::gateway {

namespace {

constexpr std::string_view hash_prefix = "sha256:";
constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr std::array<std::pair<core::scope, std::string_view>, 6> scope_names{{{core::scope::tasks_read, "tasks:read"},
                                                                               {core::scope::tasks_write, "tasks:write"},
                                                                               {core::scope::agents_read, "agents:read"},
                                                                               {core::scope::agents_write, "agents:write"},
                                                                               {core::scope::metrics, "metrics"},
                                                                               {core::scope::admin, "admin"}}};

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

sha256_bytes sha256(std::string_view bytes) {
  // Fetched once: OpenSSL 3 looks an algorithm up at each implicit use.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                                         &EVP_MD_free};
  sha256_bytes out{};
  unsigned length = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm.get(), nullptr);
  // Without SHA-256 no key can be told from another: go no further.
  if (done != 1 || length != out.size()) std::abort();
  return out;
}

std::string to_key_hash(const sha256_bytes& hash) {
  std::string out{hash_prefix};
  for (const auto byte : hash) {
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 0x0FU];
  }
  return out;
}

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

std::string_view scope_name(core::scope which) {
  for (const auto& [value, name] : scope_names) {
    if (value == which) return name;
  }
  return "admin";
}

std::optional<core::scope> scope_from(std::string_view name) {
  for (const auto& [value, known] : scope_names) {
    if (known == name) return value;
  }
  return std::nullopt;
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

#include "server/base/digest.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace mofa {

sha256_bytes sha256(std::string_view bytes) {
  // Fetched once: OpenSSL 3 looks an algorithm up at each implicit use.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                                         &EVP_MD_free};
  sha256_bytes out{};
  unsigned length = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm.get(), nullptr);
  // Without SHA-256 no key can be told from another, and no body: go no further.
  if (done != 1 || length != out.size()) std::abort();
  return out;
}

std::string to_hex(const sha256_bytes& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * hash.size());
  for (const auto byte : hash) {
    out += digits[byte >> 4U];
    out += digits[byte & 0x0FU];
  }
  return out;
}

}  // namespace mofa

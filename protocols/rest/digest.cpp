#include "protocols/rest/digest.hpp"

#include <openssl/evp.h>

#include <array>

namespace mofa::rest {

std::string sha256_hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &length, EVP_sha256(), nullptr) != 1) return {};
  std::string out;
  out.reserve(std::size_t{2} * length);
  for (unsigned i = 0; i < length; ++i) {
    out += digits[hash[i] >> 4];
    out += digits[hash[i] & 0x0f];
  }
  return out;
}

}  // namespace mofa::rest

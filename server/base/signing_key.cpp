#include "server/base/signing_key.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <climits>
#include <utility>

namespace mofa {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using bio = std::unique_ptr<BIO, freed_by<&BIO_free_all>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<&EVP_MD_CTX_free>>;
using ecdsa_signature = std::unique_ptr<ECDSA_SIG, freed_by<&ECDSA_SIG_free>>;
using pkey = std::unique_ptr<EVP_PKEY, freed_by<&EVP_PKEY_free>>;

constexpr std::size_t half_bytes = 32;
constexpr std::size_t signature_bytes = 2 * half_bytes;

/// OpenSSL asks the terminal for a password if nobody else answers.
int no_password(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

error failure() {
  ERR_clear_error();
  return {errc::internal, "OpenSSL could not sign"};
}

/// R and S as 32 bytes each, from the DER that OpenSSL writes (RFC 7518, section 3.4).
result<std::string> raw_from_der(std::string_view der) {
  const auto* at = bytes_of(der);
  const ecdsa_signature parts{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  if (!parts) return failure();
  std::string out(signature_bytes, '\0');
  const int half = static_cast<int>(half_bytes);
  const bool fits = BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), bytes_of(out), half) == half &&
                    BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), bytes_of(out) + half_bytes, half) == half;
  if (!fits) return failure();
  return out;
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1 &&
         std::string_view{name.data(), length} == "prime256v1";
}

}  // namespace

struct signing_key::pair {
  pkey key;
  bool is_ed25519 = false;
};

result<signing_key> signing_key::from_pem(std::string_view text) {
  if (text.size() > INT_MAX) return error{errc::invalid, "is too long for a key"};
  const bio source{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  bool encrypted = false;
  pkey key{source ? PEM_read_bio_PrivateKey(source.get(), nullptr, &no_password, &encrypted) : nullptr};
  ERR_clear_error();
  if (encrypted) return error{errc::invalid, "is encrypted; give the private key without a password"};
  if (!key) return error{errc::invalid, "holds no private key in PEM form"};
  const bool is_ed25519 = EVP_PKEY_is_a(key.get(), "ED25519") == 1;
  if (!is_ed25519 && !is_p256(key.get())) {
    const auto* kind = EVP_PKEY_get0_type_name(key.get());
    return error{errc::invalid, std::string{"is a key of another kind ("} + (kind != nullptr ? kind : "unknown") +
                                    "); it must be P-256 (ES256) or Ed25519 (EdDSA)"};
  }
  return signing_key{std::make_shared<const pair>(pair{std::move(key), is_ed25519})};
}

std::string_view signing_key::algorithm() const { return pair_->is_ed25519 ? "EdDSA" : "ES256"; }

result<std::string> signing_key::sign(std::string_view bytes) const {
  const digest_context context{EVP_MD_CTX_new()};
  // Ed25519 hashes by itself.
  const auto* digest = pair_->is_ed25519 ? nullptr : EVP_sha256();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, pair_->key.get()) != 1) return failure();
  std::size_t length = 0;
  if (EVP_DigestSign(context.get(), nullptr, &length, bytes_of(bytes), bytes.size()) != 1) return failure();
  std::string out(length, '\0');
  if (EVP_DigestSign(context.get(), bytes_of(out), &length, bytes_of(bytes), bytes.size()) != 1) return failure();
  out.resize(length);
  if (!pair_->is_ed25519) return raw_from_der(out);
  return out;
}

}  // namespace mofa

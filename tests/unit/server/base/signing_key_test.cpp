#include "server/base/signing_key.hpp"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "server/base/digest.hpp"
#include "tests/unit/server/base/private_keys.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

// Made for this test, as all that follow. The first is p256_pem as `openssl ecparam -genkey` writes it.
const std::string p256_sec1_pem =
    "-----BEGIN EC PARAMETERS-----\n"
    "BggqhkjOPQMBBw==\n"
    "-----END EC PARAMETERS-----\n"
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEINjI6BSjG1+d6VkueQffTdb01V5jr2Gxax42lnL8IcdMoAoGCCqGSM49\n"
    "AwEHoUQDQgAEvH9RxHmWvpFR/aW8GiuVe3hs8cEPqEmCn6RDE6PaEe8NGbaTESZB\n"
    "UaSnFIAd0cNpxKthsG/6kc/IwAJEaNsXFg==\n"
    "-----END EC PRIVATE KEY-----\n";
const std::string p384_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBTN0DNpCR2MQM1mWYc\n"
    "XNEhoEWQaCwXWl+A0gKo331moWQn+Xh2Hjgnbc+RCazWEiGhZANiAATTuSx4t4rQ\n"
    "0Ms0m/vztGoXXSR6gPftUMRPvKpsKzEAWcX/7whIQI1zOU2XehcPXFcArrZ7oWY3\n"
    "kdxpLNkDXPLkOzE6OHA8wKPJRrxC0UL6gRHmxtZ2GNaCXXZsYThGuPI=\n"
    "-----END PRIVATE KEY-----\n";
const std::string x25519_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEIDj4CjjZlvVEhxQm+FYJA/lSQTiWShoxksETbKHKxV9a\n"
    "-----END PRIVATE KEY-----\n";
const std::string encrypted_pem =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj5tllbWNae2QICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBiL5fe5NVnGNTwA6PbI0WoEgZBd\n"
    "qYLOU0p+EPaNC2wSavuTezWtRt15qzlx5lOmX1Fm1dBtM4fMuZSQHVN3CJSLtR5h\n"
    "Z/DmTia24UfH7aFpsVFU83bFPZOabo38rilt4AJPcmUuoQFmmLd7qwY+ADltqX1J\n"
    "ObkSbkTLIDqIapNlU3+fm2J1jmw6ebNDtnlF9AmNnAIRjzqNiuSJv5IDfx0gnrk=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 0x0FU];
  }
  return out;
}

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// What others verify with.
std::string public_pem_of(std::string_view private_pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> source{
      BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size())), &BIO_free_all};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
      PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> into{BIO_new(BIO_s_mem()), &BIO_free_all};
  REQUIRE(key);
  REQUIRE(PEM_write_bio_PUBKEY(into.get(), key.get()) == 1);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(into.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

/// Whether OpenSSL takes R and S for the ECDSA signature of the text.
bool verifies_es256(const std::string& public_pem, std::string_view text, std::string_view raw) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> source{
      BIO_new_mem_buf(public_pem.data(), static_cast<int>(public_pem.size())), &BIO_free_all};
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr),
                                                                &EVP_PKEY_free};
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts{ECDSA_SIG_new(), &ECDSA_SIG_free};
  ECDSA_SIG_set0(parts.get(), BN_bin2bn(bytes(raw), 32, nullptr), BN_bin2bn(bytes(raw) + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(parts.get(), &der);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  const bool good = EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                    EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(length), bytes(text), text.size()) == 1;
  OPENSSL_free(der);
  return good;
}

}  // namespace

TEST_CASE("Ed25519 signs as RFC 8037 shows") {
  const auto key = signing_key::from_pem(ed25519_pem);
  REQUIRE(key);
  CHECK(key->algorithm() == "EdDSA");
  // Appendix A.4: {"alg":"EdDSA"} and "Example of Ed25519 signing".
  const auto signature = key->sign("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
  REQUIRE(signature);
  CHECK(hex(*signature) ==
        "860c98d2297f3060a33f42739672d61b53cf3adefed3d3c672f320dc021b411e"
        "9d59b8628dc351e248b88b29468e0e41855b0fb7d83bb15be902bfccb8cd0a02");
  CHECK(key->sign("").has_value());
}

TEST_CASE("a signature of P-256 is R and S, 32 bytes each, and verifies") {
  const auto key = signing_key::from_pem(p256_pem);
  REQUIRE(key);
  CHECK(key->algorithm() == "ES256");
  const auto open = public_pem_of(p256_pem);
  // Often enough that R or S begins with a zero byte in one of them.
  for (int i = 0; i < 400; ++i) {
    const auto text = "bytes " + std::to_string(i);
    const auto signature = key->sign(text);
    REQUIRE(signature);
    REQUIRE(signature->size() == 64);
    REQUIRE(verifies_es256(open, text, *signature));
    auto flipped = *signature;
    flipped[static_cast<std::size_t>(i) % 64] ^= 1;
    REQUIRE_FALSE(verifies_es256(open, text, flipped));
  }
}

TEST_CASE("both forms of a P-256 key are read, also behind the name of its curve") {
  const auto pkcs8 = signing_key::from_pem(p256_pem);
  const auto sec1 = signing_key::from_pem(p256_sec1_pem);
  REQUIRE(pkcs8);
  REQUIRE(sec1);
  const auto open = public_pem_of(p256_pem);
  CHECK(verifies_es256(open, "text", *pkcs8->sign("text")));
  CHECK(verifies_es256(open, "text", *sec1->sign("text")));
}

TEST_CASE("several threads sign with one key") {
  const auto key = signing_key::from_pem(ed25519_pem);
  REQUIRE(key);
  const auto expected = *key->sign("the same");
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 4; ++i)
    all.push_back(std::async(std::launch::async, [&] {
      for (int n = 0; n < 200; ++n)
        if (*key->sign("the same") != expected) return false;
      return true;
    }));
  for (auto& each : all) CHECK(each.get());
}

TEST_CASE("what is no usable key is refused with its reason") {
  const auto why = [](std::string_view text) {
    const auto key = signing_key::from_pem(text);
    return key ? std::string{"taken"} : key.error().detail;
  };
  CHECK(why("") == "holds no private key in PEM form");
  CHECK(why("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----\n") == "holds no private key in PEM form");
  CHECK(why(public_pem_of(p256_pem)) == "holds no private key in PEM form");
  CHECK(why(encrypted_pem) == "is encrypted; give the private key without a password");
  CHECK(why(p384_pem) == "is a key of another kind (EC); it must be P-256 (ES256) or Ed25519 (EdDSA)");
  CHECK(why(x25519_pem) == "is a key of another kind (X25519); it must be P-256 (ES256) or Ed25519 (EdDSA)");
}

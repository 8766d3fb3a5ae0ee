#include "server/app/card_key.hpp"

#include <doctest/doctest.h>

#include "server/app/doctor_checks.hpp"
#include "tests/unit/server/app/scratch.hpp"
#include "tests/unit/server/base/private_keys.hpp"

namespace mofa::app {
namespace {

using test::ed25519_pem;
using test::p256_pem;

settings::configuration with_key(const std::filesystem::path& file) {
  settings::configuration out;
  out.a2a.card.signing_key = file;
  out.a2a.card.key_id = "2026";
  return out;
}

}  // namespace

TEST_CASE("without a configured key cards are not signed, and the doctor says nothing") {
  const auto got = card_signer_of({});
  REQUIRE(got);
  CHECK_FALSE(got->has_value());
  CHECK(check_cards({}).empty());
}

TEST_CASE("the configured key signs under its kid, and the same again for the same") {
  const test::scratch place;
  for (const bool edwards : {true, false}) {
    const auto file = place / "card.pem";
    place.write("card.pem", edwards ? ed25519_pem : p256_pem);
    const auto got = card_signer_of(with_key(file).a2a.card);
    REQUIRE(got);
    REQUIRE(got->has_value());
    const auto& signer = **got;
    CHECK(signer.algorithm == (edwards ? "EdDSA" : "ES256"));
    CHECK(signer.key_id == "2026");
    CHECK(signer.sign("a")->size() == 64);
    CHECK(*signer.sign("a") == *signer.sign("a"));
    CHECK(*signer.sign("a") != *signer.sign("b"));
    const auto found = check_cards(with_key(file));
    REQUIRE(found.size() == 1);
    CHECK(found[0].how == verdict::good);
  }
}

TEST_CASE("a key that cannot be used is named with its setting and file") {
  const test::scratch place;
  const auto file = place / "card.pem";
  place.write("card.pem", "no key");
  const auto none = card_signer_of(with_key(file).a2a.card);
  REQUIRE_FALSE(none);
  CHECK(none.error().detail == "a2a.card.signing_key: " + file.string() + " holds no private key in PEM form");
  const auto missing = check_cards(with_key("nowhere/card.pem"));
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].how == verdict::bad);
  CHECK(missing[0].detail == "a2a.card.signing_key: nowhere/card.pem: cannot be read");
  CHECK(missing[0].fix == "openssl genpkey -algorithm ED25519 -out nowhere/card.pem");
  auto off = with_key("nowhere/card.pem");
  off.a2a.enabled = false;
  CHECK(check_cards(off).empty());
}

}  // namespace mofa::app

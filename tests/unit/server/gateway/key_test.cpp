#include "server/gateway/key.hpp"

#include <doctest/doctest.h>

#include "server/gateway/keyring.hpp"

using namespace mofa;

TEST_CASE("the hash of a key is read back from its line, and nothing else is") {
  const auto hash = sha256("abc");
  const auto text = gateway::to_key_hash(hash);
  CHECK(text == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(gateway::parse_key_hash(text) == hash);
  CHECK_FALSE(gateway::parse_key_hash(text.substr(7)));
  CHECK_FALSE(gateway::parse_key_hash(text + "0"));
  CHECK_FALSE(gateway::parse_key_hash(text.substr(0, text.size() - 1)));
  CHECK_FALSE(gateway::parse_key_hash("sha256:" + std::string(64, 'x')));
  CHECK_FALSE(gateway::parse_key_hash("md5:" + std::string(64, '0')));
}

TEST_CASE("a new key has 256 random bits behind its prefix, and opens what its hash locks") {
  const auto one = gateway::generate_key();
  const auto other = gateway::generate_key();
  REQUIRE(one);
  REQUIRE(other);
  CHECK(one->secret.substr(0, 5) == "mofa_");
  CHECK(one->secret.size() == 5 + 43);
  CHECK(one->secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 5) ==
        std::string::npos);
  CHECK(one->secret != other->secret);

  gateway::key held;
  held.name = "ci";
  held.hash = *gateway::parse_key_hash(one->hash);
  const gateway::keyring ring{{held}};
  http::request ask;
  ask.headers = {{"x-api-key", one->secret}};
  CHECK(ring.identify(ask, time_point{}));
  ask.headers = {{"x-api-key", other->secret}};
  CHECK_FALSE(ring.identify(ask, time_point{}));
}

TEST_CASE("a key is good until the moment it expires") {
  gateway::key held;
  held.name = "ci";
  held.hash = sha256("mofa_a");
  held.expires = time_point{milliseconds{1000}};
  const gateway::keyring ring{{held}};
  http::request ask;
  ask.headers = {{"x-api-key", "mofa_a"}};
  CHECK(ring.identify(ask, time_point{milliseconds{999}}));
  CHECK_FALSE(ring.identify(ask, time_point{milliseconds{1000}}));
}

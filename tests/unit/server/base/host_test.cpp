#include "server/base/host.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

bool in(std::string_view network, std::string_view address) {
  const auto range = ip_network::parse(network);
  const auto one = ip_address::parse(address);
  REQUIRE(range);
  REQUIRE(one);
  return range->contains(*one);
}

}  // namespace

TEST_CASE("an address is read and written in its usual form only") {
  for (const auto* text : {"192.0.2.1", "0.0.0.0", "::", "2001:db8::1", "::ffff:192.0.2.1"}) {
    const auto read = ip_address::parse(text);
    REQUIRE(read);
    CHECK(read->text() == text);
  }
  for (const auto* text :
       {"", "127.1", "0x7f.0.0.1", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "[::1]", "fe80::1%eth0", "::g", "a"}) {
    CAPTURE(std::string{text});
    CHECK_FALSE(ip_address::parse(text));
  }
  CHECK_FALSE(ip_address::parse(std::string_view{"1.2.3.4\0x", 9}));
  CHECK(ip_address::parse("192.0.2.1") == ip_address::v4(192, 0, 2, 1));
  CHECK(ip_address::parse("::ffff:192.0.2.1") != ip_address::v4(192, 0, 2, 1));
}

TEST_CASE("a network holds what begins with its bits, of its own family") {
  CHECK(in("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(in("10.0.0.0/8", "11.0.0.0"));
  CHECK(in("100.64.0.0/10", "100.127.255.255"));
  CHECK_FALSE(in("100.64.0.0/10", "100.128.0.0"));
  CHECK(in("0.0.0.0/0", "255.255.255.255"));
  CHECK_FALSE(in("0.0.0.0/0", "::1"));
  CHECK(in("192.0.2.1", "192.0.2.1"));
  CHECK_FALSE(in("192.0.2.1", "192.0.2.0"));
  CHECK(in("fc00::/7", "fdff::1"));
  CHECK_FALSE(in("fc00::/7", "fe00::1"));
  for (const auto* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.1/8", "::/129", "a/8"}) {
    CAPTURE(std::string{text});
    CHECK_FALSE(ip_network::parse(text));
  }
}

TEST_CASE("a name of a host is made of labels") {
  for (const auto* text : {"a", "localhost", "a-b.c_d.example", "example.org.", "1.2.x", "xn--bcher-kva.example"}) {
    CAPTURE(std::string{text});
    CHECK(is_host_name(text));
  }
  for (const auto* text : {"", ".", "a..b", ".a", "a b", "*.a", "127.1", "127.0.0.1", "12", "a/b", "a:1", "b\u00fccher"}) {
    CAPTURE(std::string{text});
    CHECK_FALSE(is_host_name(text));
  }
  CHECK(is_host_name(std::string(63, 'a')));
  CHECK_FALSE(is_host_name(std::string(64, 'a')));
}

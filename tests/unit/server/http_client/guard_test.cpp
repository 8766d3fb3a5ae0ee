#include "server/http_client/guard.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mofa;
using http_client::guard;

namespace {

guard allowing(std::vector<std::string> allow) {
  auto made = guard::make(allow);
  REQUIRE(made);
  return *made;
}

/// The reason against the address; "" when there is none.
std::string reason(const guard& judge, std::string_view address) {
  const auto parsed = ip_address::parse(address);
  REQUIRE(parsed);
  const auto refused = judge.judge(*parsed);
  return refused ? std::string{refused->reason} : "";
}

struct example {
  const char* address;
  const char* reason;
};

}  // namespace

TEST_CASE("public addresses are not refused") {
  const auto judge = allowing({});
  for (const auto* each : {"1.1.1.1",
                           "93.184.216.34",
                           "9.255.255.255",
                           "11.0.0.0",
                           "100.63.255.255",
                           "100.128.0.0",
                           "126.255.255.255",
                           "128.0.0.0",
                           "169.253.255.255",
                           "169.255.0.0",
                           "172.15.255.255",
                           "172.32.0.0",
                           "192.0.1.0",
                           "192.167.255.255",
                           "192.169.0.0",
                           "198.17.255.255",
                           "198.20.0.0",
                           "223.255.255.255",
                           "2606:4700:4700::1111",
                           "2a00:1450:4001::200e",
                           "2001:4860:4860::8888",
                           "2620:fe::fe"}) {
    CAPTURE(std::string{each});
    CHECK(reason(judge, each).empty());
  }
}

TEST_CASE("every special address is refused with its reason, at both ends of its range") {
  const auto judge = allowing({});
  for (const auto& [address, why] : std::initializer_list<example>{
           {"0.0.0.0", "unspecified"},
           {"0.255.255.255", "unspecified"},
           {"10.0.0.0", "private"},
           {"10.255.255.255", "private"},
           {"100.64.0.0", "shared (CGNAT)"},
           {"100.127.255.255", "shared (CGNAT)"},
           {"100.100.100.200", "metadata"},
           {"127.0.0.1", "loopback"},
           {"127.255.255.255", "loopback"},
           {"168.63.129.16", "metadata"},
           {"169.254.0.1", "link-local"},
           {"169.254.169.254", "metadata"},
           {"172.16.0.0", "private"},
           {"172.31.255.255", "private"},
           {"192.0.0.192", "reserved"},
           {"192.0.2.1", "documentation"},
           {"192.88.99.1", "reserved"},
           {"192.168.0.0", "private"},
           {"192.168.255.255", "private"},
           {"198.18.0.0", "benchmark"},
           {"198.19.255.255", "benchmark"},
           {"198.51.100.7", "documentation"},
           {"203.0.113.7", "documentation"},
           {"224.0.0.1", "multicast"},
           {"239.255.255.255", "multicast"},
           {"240.0.0.1", "reserved"},
           {"255.255.255.255", "reserved"},
           {"::", "unspecified"},
           {"::1", "loopback"},
           {"64:ff9b:2::1", "reserved"},
           {"100::1", "discard-only"},
           {"2001:2::1", "benchmark"},
           {"2001:10::1", "reserved"},
           {"2001:db8::1", "documentation"},
           {"3fff::1", "documentation"},
           {"4000::1", "reserved"},
           {"5f00::1", "reserved"},
           {"fc00::1", "private (unique local)"},
           {"fdff::1", "private (unique local)"},
           {"fd00:ec2::254", "metadata"},
           {"fd20:ce::254", "metadata"},
           {"fe80::1", "link-local"},
           {"febf::1", "link-local"},
           {"fec0::1", "private (site-local)"},
           {"ff02::1", "multicast"},
       }) {
    CAPTURE(std::string{address});
    CHECK(reason(judge, address) == why);
  }
}

TEST_CASE("a form that stands for another address is refused, whatever it stands for") {
  const auto judge = allowing({});
  for (const auto& [address, why] : std::initializer_list<example>{
           {"::ffff:127.0.0.1", "IPv4-mapped"},
           {"::ffff:1.1.1.1", "IPv4-mapped"},
           {"::127.0.0.1", "IPv4-compatible"},
           {"::ffff:0:127.0.0.1", "translated"},
           {"64:ff9b::7f00:1", "NAT64"},
           {"64:ff9b::1.1.1.1", "NAT64"},
           {"64:ff9b:1::7f00:1", "NAT64"},
           {"2002:7f00:1::", "6to4"},
           {"2001:0:4136:e378:8000:63bf:80ff:fffe", "Teredo"},
       }) {
    CAPTURE(std::string{address});
    CHECK(reason(judge, address) == why);
  }
}

TEST_CASE("what an address carries is judged, too, even where its own network is allowed") {
  const auto judge = allowing({"::/0"});
  for (const auto& [address, why] : std::initializer_list<example>{
           {"::ffff:169.254.169.254", "metadata"},
           {"::10.0.0.1", "private"},
           {"::ffff:0:192.168.1.1", "private"},
           {"64:ff9b::7f00:1", "loopback"},
           {"64:ff9b:1::7f00:1", "loopback"},
           {"64:ff9b:1:7f00:0:1::", "loopback"},
           {"2002:a00:1::", "private"},
           {"2001:0:4136:e378:8000:63bf:80ff:fffe", "loopback"},
           {"2606:4700::5efe:10.0.0.1", "private"},
           {"2606:4700::200:5efe:10.0.0.1", "private"},
           {"::ffff:1.1.1.1", ""},
           {"64:ff9b::1.1.1.1", ""},
           {"::1", ""},
       }) {
    CAPTURE(std::string{address});
    CHECK(reason(judge, address) == why);
  }
  const auto refused = judge.judge(*ip_address::parse("64:ff9b::7f00:1"));
  REQUIRE(refused);
  CHECK(refused->address.text() == "127.0.0.1");
}

TEST_CASE("the operator allows networks and addresses") {
  const auto judge = allowing({"10.1.0.0/16", "192.168.7.7", "fd12::/16"});
  CHECK(reason(judge, "10.1.2.3").empty());
  CHECK(reason(judge, "10.2.0.0") == "private");
  CHECK(reason(judge, "192.168.7.7").empty());
  CHECK(reason(judge, "192.168.7.8") == "private");
  CHECK(reason(judge, "fd12::1").empty());
  CHECK(reason(judge, "fd13::1") == "private (unique local)");
  CHECK(reason(judge, "::ffff:10.1.2.3") == "IPv4-mapped");
}

TEST_CASE("the operator allows hosts and what is below a suffix, in any case, with or without the last dot") {
  const auto judge = allowing({"Intranet", "*.corp.example"});
  CHECK(judge.allows_name("intranet"));
  CHECK(judge.allows_name("INTRANET."));
  CHECK_FALSE(judge.allows_name("intranet.example"));
  CHECK(judge.allows_name("a.corp.example"));
  CHECK(judge.allows_name("A.B.Corp.Example."));
  CHECK_FALSE(judge.allows_name("corp.example"));
  CHECK_FALSE(judge.allows_name("evilcorp.example"));
  CHECK_FALSE(judge.allows_name("a.corp.example.org"));
}

TEST_CASE("an entry that is neither a network nor a host is an error that names it") {
  for (const auto* each :
       {"", "10.0.0.0/33", "10.0.0.1/8", "*", "*.", "*.*.a", "a b", "http://a", "a/8", "127.1", "[::1]"}) {
    CAPTURE(std::string{each});
    const auto made = guard::make({each});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::invalid);
    CHECK(made.error().detail.find("http_client.allow: '" + std::string{each} + "'") == 0);
  }
}

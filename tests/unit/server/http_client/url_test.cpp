#include "server/http_client/url.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using http_client::read_location;
using http_client::read_url;
using http_client::shown_url;

TEST_CASE("a URL is taken apart, and brought into its normal form") {
  const auto url = read_url("HTTPS://User:secret@Example.ORG:8443/a/../b?q=1#part");
  REQUIRE(url);
  CHECK(url->host == "example.org");
  CHECK(url->origin == "https://example.org:8443");
  CHECK(url->shown == "https://example.org:8443/b");
  CHECK(url->text == "https://User:secret@example.org:8443/b?q=1");
  CHECK(url->encrypted);
  CHECK(url->has_credentials);
  CHECK_FALSE(url->address);
}

TEST_CASE("every way to write an IPv4 address is that address") {
  for (const auto* host : {"127.0.0.1", "127.1", "0x7f000001", "0x7f.1", "2130706433", "0177.0.0.1", "017700000001",
                           "127.0.0.0x1", "%31%32%37.0.0.1"}) {
    CAPTURE(std::string{host});
    const auto url = read_url(std::string{"http://"} + host + "/x");
    REQUIRE(url);
    REQUIRE(url->address);
    CHECK(url->address->text() == "127.0.0.1");
    CHECK(url->text == "http://127.0.0.1/x");
  }
}

TEST_CASE("an IPv6 address stands in brackets and has no zone") {
  const auto url = read_url("http://[::ffff:127.0.0.1]:81/");
  REQUIRE(url);
  REQUIRE(url->address);
  CHECK(url->address->is_v6);
  CHECK(url->address->text() == "::ffff:127.0.0.1");
  CHECK_FALSE(read_url("http://[fe80::1%25eth0]/"));
}

TEST_CASE("a name beyond ASCII is given as IDNA writes it") {
  const auto url = read_url("http://xn--bcher-kva.example/\u00fc");
  REQUIRE(url);
  CHECK(url->host == "xn--bcher-kva.example");
  CHECK(url->text == "http://xn--bcher-kva.example/%c3%bc");
  const auto other = read_url("http://b\u00fccher.example/");
  REQUIRE_FALSE(other);
  CHECK(other.error().detail == "the URL 'http://b??cher.example/' has no host that can be asked (in ASCII: xn--…)");
}

TEST_CASE("what is no URL of the web is refused, and said how it was written without what may be secret") {
  for (const auto* text :
       {"", "example.org", "/path", "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "http://",
        "http://a b/", "http://example.org:99999/", "http://exa\tmple.org/", "http://127.0.0.1.:1/", "http://user@/",
        "javascript:alert(1)", "http://127\u30020\u30020\u30021/", "http://\uff11\uff12\uff17.0.0.1/", "http://a..b/",
        "http://$/", "http://127.0.0.1%00.example/"}) {
    CAPTURE(std::string{text});
    const auto url = read_url(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().code == errc::invalid);
  }
  CHECK(shown_url("ftp://user:secret@h/p?token=1#x") == "ftp://h/p");
  CHECK(shown_url("a\nb\xff") == "a?b?");
  CHECK(shown_url(std::string(500, 'a')).size() == 200);
}

TEST_CASE("a location is read relative to where it was sent from") {
  const auto base = read_url("https://example.org/a/b?c");
  REQUIRE(base);
  const auto to = [&](std::string_view location) {
    const auto read = read_location(*base, location);
    return read ? read->text : std::string{to_string(read.error().code)};
  };
  CHECK(to("d") == "https://example.org/a/d");
  CHECK(to("/d") == "https://example.org/d");
  CHECK(to("//other.example/") == "https://other.example/");
  CHECK(to("http://127.1/") == "http://127.0.0.1/");
  CHECK(to("file:///etc/passwd") == "invalid");
}

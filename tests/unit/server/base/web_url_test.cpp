#include "server/base/web_url.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mofa;

TEST_CASE("web URLs are absolute, of http or https, and name a host") {
  for (const std::string text :
       {"http://example.org", "https://example.org/hook?a=b#c", "HTTPS://Example.org", "http://127.0.0.1:8080/",
        "https://[::1]:443/x", "https://[2001:db8::1]", "http://localhost:1", "https://a-b.example:65535/%20",
        "http://example.org/@x", "http://h?q"}) {
    CAPTURE(text);
    CHECK(is_web_url(text));
  }
  for (const std::string text : {"",
                                 "http://",
                                 "http:///path",
                                 "ftp://example.org",
                                 "file:///etc/passwd",
                                 "example.org",
                                 "//example.org",
                                 "http:/example.org",
                                 "http://user:secret@example.org/",
                                 "http://user@example.org",
                                 "http://example.org:0",
                                 "http://example.org:65536",
                                 "http://example.org:",
                                 "http://example.org:80x",
                                 "http://exa mple.org",
                                 "http://example.org/a b",
                                 "http://example.org/\r\nX: y",
                                 "http://example.org/\t",
                                 "http://ex\xc3\xa4mple.org",
                                 "http://[::1",
                                 "http://[127.0.0.1]",
                                 "http://[::1]x",
                                 "http://:80",
                                 "http://a\\b",
                                 "https://[",
                                 "https://:99",
                                 "https://a:99999",
                                 "http://%zz",
                                 "https://a..b",
                                 "https://-",
                                 "https://a.-b.example",
                                 "https://a-.example",
                                 "https://127.1",
                                 "javascript:alert(1)",
                                 " http://example.org"}) {
    CAPTURE(text);
    CHECK_FALSE(is_web_url(text));
  }
}

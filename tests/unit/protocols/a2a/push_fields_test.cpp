#include "protocols/a2a/push_fields.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "server/base/limits.hpp"

using namespace mofa;
using core::json;

TEST_CASE("schemes of authentication are tokens") {
  for (const std::string text : {"Bearer", "Basic", "AWS4-HMAC-SHA256", "x", "a.b_c~"}) {
    CAPTURE(text);
    CHECK(a2a::is_auth_scheme(text));
  }
  for (const std::string text : {"", "Bearer x", "Bearer\r\nX", "Bearer:", "\"Bearer\"", "B\xc3\xa4rer", "a,b"}) {
    CAPTURE(text);
    CHECK_FALSE(a2a::is_auth_scheme(text));
  }
  CHECK(a2a::is_auth_scheme(std::string(64, 'a')));
  CHECK_FALSE(a2a::is_auth_scheme(std::string(65, 'a')));
}

TEST_CASE("text of headers has no control characters and no space at its ends") {
  for (const std::string text : {"", "a", "a b", "eyJ.a-b_c.d==", "user:pass word", "\xc3\xa4"}) {
    CAPTURE(text);
    CHECK(a2a::is_header_text(text));
  }
  const std::string zero{"a\0b", 3};
  for (const std::string& text :
       std::vector<std::string>{"a\r\nX: y", "a\n", "a\rb", "\ta", "a\tb", zero, "a\x7f", " a", "a "}) {
    CAPTURE(text);
    CHECK_FALSE(a2a::is_header_text(text));
  }
}

TEST_CASE("the target of a configuration is read whole, with one error for each wrong member") {
  const auto read = [](const json& value, core::push_config& out) {
    core::field_errors errors;
    a2a::proto_fields fields{value, "/c", errors};
    a2a::read_push_target(fields, out);
    std::vector<std::string> paths;
    for (const auto& each : errors) paths.push_back(each.path);
    return paths;
  };
  core::push_config good;
  CHECK(read({{"id", "p"}, {"url", "https://example.org/"}, {"token", "t"}}, good).empty());
  CHECK(good.id == "p");
  CHECK(good.url == "https://example.org/");
  CHECK(good.token == "t");

  using paths = std::vector<std::string>;
  core::push_config bad;
  CHECK(read(json::object(), bad) == paths{"/c/url"});
  CHECK(read({{"url", ""}}, bad) == paths{"/c/url"});
  CHECK(read({{"url", 5}}, bad) == paths{"/c/url"});
  CHECK(read({{"url", "ftp://x"}}, bad) == paths{"/c/url"});
  CHECK(read({{"url", "http://x/" + std::string(limits::reference_bytes, 'x')}}, bad) == paths{"/c/url"});
  CHECK(read({{"url", "http://x"}, {"id", std::string(limits::client_id_bytes + 1, 'x')}}, bad) == paths{"/c/id"});
  CHECK(read({{"url", "http://x"}, {"token", "a\r\nb"}}, bad) == paths{"/c/token"});
  CHECK(bad.token.empty());
  CHECK(read({{"url", "http://x"}, {"token", std::string(a2a::push_token_bytes + 1, 'x')}}, bad) == paths{"/c/token"});
}

TEST_CASE("credentials are text for a header, within their bound") {
  const auto read = [](const json& value) {
    core::field_errors errors;
    a2a::proto_fields fields{value, "", errors};
    auto out = a2a::read_push_credentials(fields);
    return std::pair{out, errors.size()};
  };
  CHECK(read({{"credentials", "secret"}}) == std::pair{std::string{"secret"}, std::size_t{0}});
  CHECK(read(json::object()) == std::pair{std::string{}, std::size_t{0}});
  CHECK(read({{"credentials", "se\ncret"}}) == std::pair{std::string{}, std::size_t{1}});
  CHECK(read({{"credentials", std::string(a2a::push_credentials_bytes + 1, 'x')}}) ==
        std::pair{std::string{}, std::size_t{1}});
}

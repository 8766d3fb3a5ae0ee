#include "protocols/http/message.hpp"

#include <doctest/doctest.h>

#include "protocols/http/percent.hpp"

using namespace mofa;

TEST_CASE("a header is found by its lower-case name, the first one when there are several") {
  http::request ask;
  ask.headers = {{"accept", "a"}, {"prefer", "wait=1"}, {"accept", "b"}};
  CHECK(ask.header("accept") == "a");
  CHECK(ask.header("prefer") == "wait=1");
  CHECK_FALSE(ask.header("Accept").has_value());
}

TEST_CASE("a parameter that the route does not have is empty") {
  http::request ask;
  ask.parameters = {{"id", "7"}};
  CHECK(ask.parameter("id") == "7");
  CHECK(ask.parameter("name").empty());
}

TEST_CASE("a query value is percent-decoded, and a plus sign in it is a space") {
  http::request ask;
  ask.query = "q=a%26b+c&limit=5&empty=&flag&n%61me=x&limit=6";
  CHECK(ask.query_value("q") == "a&b c");
  CHECK(ask.query_value("limit") == "5");
  CHECK(ask.query_value("empty") == "");
  CHECK(ask.query_value("flag") == "");
  CHECK(ask.query_value("name") == "x");
  CHECK_FALSE(ask.query_value("missing").has_value());
  CHECK_FALSE(ask.query_value("").has_value());
}

TEST_CASE("an empty query has no values") {
  http::request ask;
  CHECK_FALSE(ask.query_value("q").has_value());
}

TEST_CASE("percent-encoding is decoded in either case of its digits") {
  CHECK(*http::percent_decode("a%2Fb%2fc") == "a/b/c");
  CHECK(*http::percent_decode("%C3%A9%e2%82%ac%F0%9F%A6%8A") == "é€🦊");
  CHECK(*http::percent_decode("a+b") == "a+b");
  CHECK(*http::percent_decode("a+b%2B", http::plus_sign::space) == "a b+");
  CHECK(*http::percent_decode("") == "");
}

TEST_CASE("percent-encoding without two hex digits is an error") {
  for (const char* bad : {"%", "%4", "%4x", "%x4", "a%", "%%41", "%-1", "% 1"}) {
    CAPTURE(bad);
    const auto decoded = http::percent_decode(bad);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == errc::invalid_syntax);
  }
}

TEST_CASE("decoded text is UTF-8 without NUL, or an error") {
  // a NUL, a lone continuation, an overlong slash, an overlong three-byte form, a surrogate, beyond U+10FFFF, cut sequences
  for (const char* bad :
       {"%00", "%80", "%C0%AF", "%E0%80%AF", "%ED%A0%80", "%F4%90%80%80", "%C3", "%E2%82", "%F0%9F%A6", "%FF"}) {
    CAPTURE(bad);
    CHECK_FALSE(http::percent_decode(bad));
  }
  CHECK(http::percent_decode("%ED%9F%BF"));
  CHECK(http::percent_decode("%F4%8F%BF%BF"));
}

TEST_CASE("a query is valid when all of it decodes") {
  CHECK(http::is_valid_query(""));
  CHECK(http::is_valid_query("a=1&b=%20"));
  CHECK_FALSE(http::is_valid_query("a=1&b=%2"));
  CHECK_FALSE(http::is_valid_query("a%=1"));
}

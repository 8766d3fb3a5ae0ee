#include "protocols/openai/failure.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace std::chrono_literals;

namespace {

// 1994-11-06T08:49:00Z
const time_point now{std::chrono::seconds{784'111'740}};

}  // namespace

TEST_CASE("the reason is found in every form of an error body") {
  CHECK(openai::failure_message(
            R"({"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}})") ==
        "Rate limit reached (rate_limit_exceeded)");
  CHECK(openai::failure_message(R"({"error":{"message":"Overloaded","type":"server_error","code":null}})") ==
        "Overloaded (server_error)");
  CHECK(openai::failure_message(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})") ==
        "Overloaded (overloaded_error)");
  CHECK(openai::failure_message(R"({"error":{"message":"bad","code":400}})") == "bad (400)");
  CHECK(openai::failure_message(R"({"error":"model not found"})") == "model not found");
  CHECK(openai::failure_message(R"({"message":"no such route"})") == "no such route");
  CHECK(openai::failure_message("upstream\r\nconnect error ") == "upstream  connect error");
  for (const auto* empty : {"", "{}", "[]", R"({"error":{}})", R"({"error":null})"}) {
    CHECK(openai::failure_message(empty) == "no reason was given");
  }
}

TEST_CASE("a reason is one bounded line of UTF-8") {
  CHECK(openai::failure_message(std::string(9'000, 'x')).size() == 500);
  CHECK(openai::failure_message("a\xff\x01z") == "a? z");
  // 499 bytes and a character of two: the half that would be left goes.
  CHECK(openai::failure_message(std::string(499, 'x') + "\xC3\xA9") == std::string(499, 'x'));
}

TEST_CASE("Retry-After is a number of seconds") {
  CHECK(openai::parse_retry_after("120", now) == 120s);
  CHECK(openai::parse_retry_after(" 0 ", now) == 0s);
}

TEST_CASE("Retry-After is a date in any of the three forms") {
  CHECK(openai::parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == 37s);
  CHECK(openai::parse_retry_after("Sun Nov  6 08:49:37 1994", now) == 37s);
  CHECK(openai::parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT",
                                  time_point{std::chrono::sys_days{std::chrono::year{2094} / 11 / 6}} + 8h + 49min) == 37s);
  CHECK(openai::parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now + 36s + 1ms) == 1s);
  CHECK(openai::parse_retry_after("Sun, 06 Nov 1994 08:48:00 GMT", now) == 0s);
}

TEST_CASE("what is neither a number nor a date is nothing") {
  for (const auto* wrong :
       {"", "soon", "-1", "1.5", "12x", "99999999999", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"}) {
    CAPTURE(wrong);
    CHECK_FALSE(openai::parse_retry_after(wrong, now));
  }
}

#include "server/base/http_date.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

constexpr time_point some_time{std::chrono::seconds{784'111'777}};  // 1994-11-06T08:49:37Z

}  // namespace

TEST_CASE("an HTTP date has the second, in GMT") {
  CHECK(to_http_date(some_time) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(to_http_date(some_time + milliseconds{999}) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(to_http_date(time_point{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(to_http_date(*parse_rfc3339("2026-02-28T23:59:59.999Z")) == "Sat, 28 Feb 2026 23:59:59 GMT");
}

TEST_CASE("an HTTP date is read in its three forms, and nothing else is one") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == some_time);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == some_time);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == *parse_rfc3339("2094-11-06T08:49:37Z"));
  for (const auto* wrong : {"", "now", "784111777", "1994-11-06T08:49:37Z", "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Foo 1994 08:49:37 GMT"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_http_date(wrong));
  }
}

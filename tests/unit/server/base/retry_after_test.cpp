#include "server/base/retry_after.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace std::chrono_literals;

namespace {

// 1994-11-06T08:49:00Z
const time_point now{std::chrono::seconds{784'111'740}};

}  // namespace

TEST_CASE("Retry-After is a number of seconds") {
  CHECK(parse_retry_after("120", now) == 120s);
  CHECK(parse_retry_after(" 0 ", now) == 0s);
}

TEST_CASE("Retry-After is a date in any of the three forms") {
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == 37s);
  CHECK(parse_retry_after("Sun Nov  6 08:49:37 1994", now) == 37s);
  CHECK(parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT",
                          time_point{std::chrono::sys_days{std::chrono::year{2094} / 11 / 6}} + 8h + 49min) == 37s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now + 36s + 1ms) == 1s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:48:00 GMT", now) == 0s);
}

TEST_CASE("a Retry-After that is neither a number nor a date is nothing") {
  for (const auto* wrong :
       {"", "soon", "-1", "1.5", "12x", "99999999999", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_retry_after(wrong, now));
  }
}

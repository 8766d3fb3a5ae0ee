#include "server/base/clock.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

std::string again(std::string_view text) {
  const auto at = parse_rfc3339(text);
  return at ? to_rfc3339(*at) : "none";
}

}  // namespace

TEST_CASE("a moment is written with three decimals in UTC") {
  CHECK(to_rfc3339(time_point{}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339(time_point{milliseconds{1'769'850'000'123}}) == "2026-01-31T09:00:00.123Z");
  CHECK(to_rfc3339(time_point{milliseconds{-1}}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("RFC 3339 is read with any offset and any number of decimals") {
  CHECK(again("2026-01-31T09:00:00Z") == "2026-01-31T09:00:00.000Z");
  CHECK(again("2026-01-31t09:00:00.5z") == "2026-01-31T09:00:00.500Z");
  CHECK(again("2026-01-31T09:00:00.123456789+02:30") == "2026-01-31T06:30:00.123Z");
  CHECK(again("2026-01-31T23:30:00-01:00") == "2026-02-01T00:30:00.000Z");
  CHECK(again("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
}

TEST_CASE("what is no moment is refused") {
  for (const auto* bad : {"", "2026-01-31", "2026-01-31T09:00:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
                          "2026-01-31T24:00:00Z", "2026-01-31T09:60:00Z", "2026-01-31T09:00:00.Z", "2026-01-31T09:00:00Zx",
                          "2026-01-31 09:00:00Z", "26-01-31T09:00:00Z", "2026-01-31T09:00:00+2:00"}) {
    CAPTURE(bad);
    CHECK(again(bad) == "none");
  }
}

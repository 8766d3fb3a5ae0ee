#include "actors/delivery/patience.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace std::chrono_literals;
using delivery::verdict;

namespace {

verdict of_status(int status) { return delivery::judge(core::push_answer{status, 9s, true}); }
verdict of_failure(errc code) { return delivery::judge(fail(code, "https://one.example: no")); }

}  // namespace

TEST_CASE("2xx is taken, 408, 429 and 5xx may be taken later, other 4xx never, and where nobody is nothing ever will be") {
  for (const auto status : {200, 201, 202, 204, 299}) CHECK(of_status(status).what == verdict::kind::taken);
  for (const auto status : {408, 429, 500, 502, 503, 504, 599}) {
    CAPTURE(status);
    CHECK(of_status(status).what == verdict::kind::again);
    CHECK(of_status(status).retry_after == 9s);
  }
  for (const auto status : {400, 402, 405, 409, 413, 422, 499}) {
    CAPTURE(status);
    CHECK(of_status(status).what == verdict::kind::refused);
    CHECK(of_status(status).answered == true);
  }
  for (const auto status : {100, 300, 301, 302, 307, 308, 401, 403, 404, 410, 600}) {
    CAPTURE(status);
    CHECK(of_status(status).what == verdict::kind::wrong);
    CHECK(of_status(status).answered == true);
  }
  CHECK(of_status(302).reason == "http_3xx");
  CHECK(of_status(404).reason == "http_4xx");
  CHECK(of_status(400).reason == "http_4xx");
}

TEST_CASE("who gives a status and hangs is believed, and has not answered") {
  for (const auto code : {200, 503, 404}) {
    CHECK(delivery::judge(core::push_answer{code, {}, false}).what == of_status(code).what);
    CHECK(delivery::judge(core::push_answer{code, {}, false}).answered == false);
    CHECK(of_status(code).answered == true);
  }
}

TEST_CASE("no answer may be one later, but for what cannot be sent at all") {
  for (const auto code : {errc::timeout, errc::unavailable, errc::upstream_failed, errc::internal}) {
    CHECK(of_failure(code).what == verdict::kind::again);
    CHECK(of_failure(code).answered == false);
  }
  for (const auto code : {errc::invalid, errc::address_refused, errc::unsupported}) {
    CHECK(of_failure(code).what == verdict::kind::wrong);
    CHECK_FALSE(of_failure(code).answered.has_value());
    CHECK(of_failure(code).reason == to_string(code));
  }
}

TEST_CASE("pauses double up to the longest one, and half of each is left to chance") {
  delivery::options how;
  how.first_pause = 100ms;
  how.longest_pause = 1'000ms;
  const auto longest = [&](int attempt) { return delivery::pause_after(attempt, std::nullopt, how, 1.0); };
  CHECK(longest(1) == 100ms);
  CHECK(longest(2) == 200ms);
  CHECK(longest(4) == 800ms);
  CHECK(longest(5) == 1'000ms);
  CHECK(longest(1'000) == 1'000ms);
  CHECK(delivery::pause_after(2, std::nullopt, how, 0.0) == 100ms);
  CHECK(delivery::pause_after(2, std::nullopt, how, 0.5) == 150ms);
}

TEST_CASE("a receiver that asks for a longer pause gets it, up to a bound") {
  delivery::options how;
  how.first_pause = 2'000ms;
  CHECK(delivery::pause_after(1, 7s, how, 1.0) == 7s);
  CHECK(delivery::pause_after(1, 0s, how, 1.0) == 2s);
  CHECK(delivery::pause_after(1, 86'400s, how, 1.0) == 1h);
}

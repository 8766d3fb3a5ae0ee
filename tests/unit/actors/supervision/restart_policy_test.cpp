#include "actors/supervision/restart_policy.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace mofa;
using namespace mofa::supervision;
using action = decision::action;

namespace {

time_point at(int ms) { return time_point{milliseconds{1'700'000'000'000 + ms}}; }

restart_rule rule(int intensity, int period_ms, int least_ms = 50, int most_ms = 5'000) {
  return {intensity, milliseconds{period_ms}, milliseconds{least_ms}, milliseconds{most_ms}};
}

}  // namespace

TEST_CASE("the first crash in the window restarts at once") {
  restart_window window{rule(5, 1'000)};
  CHECK(window.on_crash(at(0), 7) == decision{action::restart_now, milliseconds{0}});
  CHECK(window.on_crash(at(10), 7).what == action::restart_after);
}

TEST_CASE("with intensity 2 the third crash within the period gives up") {
  restart_window window{rule(2, 1'000)};
  CHECK(window.on_crash(at(0), 1).what == action::restart_now);
  CHECK(window.on_crash(at(100), 1).what == action::restart_after);
  CHECK(window.on_crash(at(200), 1).what == action::give_up);
  CHECK(window.restarts_in_window(at(200)) == 2);
}

TEST_CASE("with intensity 0 the first crash gives up") {
  restart_window window{rule(0, 1'000)};
  CHECK(window.on_crash(at(0), 1).what == action::give_up);
  CHECK(window.restarts_in_window(at(0)) == 0);
}

TEST_CASE("crashes older than the period leave the window, those exactly as old do not") {
  restart_window window{rule(2, 1'000)};
  CHECK(window.on_crash(at(0), 1).what == action::restart_now);
  CHECK(window.on_crash(at(600), 1).what == action::restart_after);
  CHECK(window.restarts_in_window(at(1'000)) == 2);
  CHECK(window.restarts_in_window(at(1'001)) == 1);
  CHECK(window.on_crash(at(1'001), 1).what == action::restart_after);
  CHECK(window.on_crash(at(1'002), 1).what == action::give_up);
  CHECK(window.on_crash(at(5'000), 1).what == action::restart_now);
}

TEST_CASE("delays double up to the cap and have between half and all of their step") {
  const int steps[] = {50, 100, 200, 400, 500, 500};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    restart_window window{rule(10, 60'000, 50, 500)};
    CHECK(window.on_crash(at(0), seed).what == action::restart_now);
    for (const int step : steps) {
      const auto decided = window.on_crash(at(1), seed);
      REQUIRE(decided.what == action::restart_after);
      CHECK(decided.delay >= milliseconds{step / 2});
      CHECK(decided.delay <= milliseconds{step});
    }
  }
}

TEST_CASE("the jitter comes from the seed: the same seed the same delay, many seeds the whole range") {
  std::set<milliseconds::rep> seen;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    restart_window one{rule(5, 60'000, 100, 100)};
    restart_window two{rule(5, 60'000, 100, 100)};
    (void)one.on_crash(at(0), seed);
    (void)two.on_crash(at(0), seed);
    const auto decided = one.on_crash(at(1), seed);
    CHECK(decided == two.on_crash(at(1), seed));
    seen.insert(decided.delay.count());
  }
  CHECK(*seen.begin() == 50);
  CHECK(*seen.rbegin() == 100);
  CHECK(seen.size() > 45);
}

TEST_CASE("a backoff of nothing stays nothing, and a huge one does not overflow") {
  restart_window none{rule(100, 60'000, 0, 5'000)};
  restart_window huge{{1'000, milliseconds{60'000}, milliseconds{1}, milliseconds::max()}};
  for (int i = 0; i < 100; ++i) {
    CHECK(none.on_crash(at(i), 3).delay == milliseconds{0});
    CHECK(huge.on_crash(at(i), 3).delay >= milliseconds{0});
  }
  CHECK(huge.on_crash(at(100), 3).delay > milliseconds{1'000'000'000});
}

TEST_CASE("a clock that goes back keeps the crashes in the window") {
  restart_window window{rule(2, 1'000)};
  (void)window.on_crash(at(5'000), 1);
  CHECK(window.on_crash(at(0), 1).what == action::restart_after);
  CHECK(window.on_crash(at(0), 1).what == action::give_up);
}

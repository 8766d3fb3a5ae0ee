#include "server/models/remote/breaker.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace std::chrono_literals;

namespace {

const time_point begin{1'000'000s};

auto make() { return std::make_shared<models::breaker>(3, 30'000ms); }

void fail_once(models::breaker& what, time_point at) {
  auto leave = what.enter(at);
  REQUIRE(leave);
  leave->failed(at);
}

}  // namespace

TEST_CASE("the circuit opens after so many failures in a row, and says when it is tried again") {
  const auto circuit = make();
  for (int i = 0; i < 3; ++i) fail_once(*circuit, begin);
  const auto refused = circuit->enter(begin + 500ms);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().detail == "left alone after 3 failures in a row; it is tried again in 30 s");
  CHECK(refused.error().retry_after == 30s);
}

TEST_CASE("a success in between starts the count anew, a call without a verdict does not") {
  const auto circuit = make();
  fail_once(*circuit, begin);
  fail_once(*circuit, begin);
  circuit->enter(begin)->succeeded();
  fail_once(*circuit, begin);
  fail_once(*circuit, begin);
  CHECK(circuit->enter(begin));
  fail_once(*circuit, begin);
  CHECK_FALSE(circuit->enter(begin));
}

TEST_CASE("after the pause one call is a trial: its success closes the circuit") {
  const auto circuit = make();
  for (int i = 0; i < 3; ++i) fail_once(*circuit, begin);
  CHECK_FALSE(circuit->enter(begin + 29'999ms));
  auto trial = circuit->enter(begin + 30s);
  REQUIRE(trial);
  CHECK(circuit->enter(begin + 30s).error().retry_after == 1s);  // one is enough
  trial->succeeded();
  CHECK(circuit->enter(begin + 30s));
  CHECK(circuit->enter(begin + 30s));
}

TEST_CASE("a trial that fails opens the circuit again at once") {
  const auto circuit = make();
  for (int i = 0; i < 3; ++i) fail_once(*circuit, begin);
  fail_once(*circuit, begin + 30s);
  CHECK_FALSE(circuit->enter(begin + 59s));
  CHECK(circuit->enter(begin + 60s));
}

TEST_CASE("a trial that is let go leaves room for the next one") {
  const auto circuit = make();
  for (int i = 0; i < 3; ++i) fail_once(*circuit, begin);
  { const auto dropped = circuit->enter(begin + 30s); }
  CHECK(circuit->enter(begin + 30s));
}

TEST_CASE("a clock that is set back does not keep the circuit open") {
  const auto circuit = make();
  for (int i = 0; i < 3; ++i) fail_once(*circuit, begin);
  CHECK(circuit->enter(begin - 1h));
}

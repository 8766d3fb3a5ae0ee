#include "server/models/patient/breaker.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace std::chrono_literals;

namespace {

const time_point begin{1'000'000s};

auto make() { return std::make_shared<models::breaker>(3, 30'000ms); }

/// Whether that opened it.
bool fail_once(models::breaker& what, time_point at) {
  auto leave = what.enter(at);
  REQUIRE(leave);
  return leave->failed(at);
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

TEST_CASE("only the failure that opens the circuit says so: the last in a row, or a trial") {
  const auto circuit = make();
  auto late = circuit->enter(begin);
  CHECK_FALSE(fail_once(*circuit, begin));
  CHECK_FALSE(fail_once(*circuit, begin));
  CHECK(fail_once(*circuit, begin));
  CHECK_FALSE(late->failed(begin));  // it was under way when the circuit opened
  CHECK(fail_once(*circuit, begin + 30s));
}

TEST_CASE("an open circuit tells for how long it is open yet") {
  const auto circuit = make();
  CHECK(circuit->open_for(begin) == 0ms);
  for (int i = 0; i < 3; ++i) fail_once(*circuit, begin);
  CHECK(circuit->open_for(begin + 1s) == 29s);
  CHECK(circuit->open_for(begin + 31s) == 0ms);
  // A clock that was set back must not keep it open for long.
  CHECK(circuit->open_for(begin - 1h) == 0ms);
}

#include "server/app/a2a.hpp"

#include <doctest/doctest.h>

namespace mofa::app {
namespace {

struct set_clock final : clock {
  time_point at{std::chrono::hours{1}};
  time_point now() const override { return at; }
};

}  // namespace

TEST_CASE("cards change when keys come or go, and at no other time") {
  set_clock time;
  const auto parts = a2a_parts::make({}, time, nullptr);
  REQUIRE(parts);
  bool with_keys = false;
  time.at += milliseconds{5};
  const auto start = time.at;
  const auto look = (*parts)->cards([&with_keys] { return with_keys; }).server;
  for (int i = 0; i < 2; ++i) {
    time.at += milliseconds{7};
    const auto got = look();
    CHECK_FALSE(got.with_keys);
    CHECK(got.started == start);
    CHECK(got.changed == start);
    CHECK(got.now == time.at);
  }
  for (const bool now : {true, false}) {
    with_keys = now;
    const auto changed = time.at += milliseconds{3};
    CHECK(look().with_keys == now);
    CHECK(look().changed == changed);
    time.at += milliseconds{3};
    CHECK(look().changed == changed);
    CHECK(look().started == start);
  }
}

TEST_CASE("an agent that should answer at the origin and is not there is told, as an alarm only when it was asked for") {
  settings::a2a_settings from;
  CHECK_FALSE(missing_default_agent(from, {"assistant", "echo"}));
  const auto shipped = missing_default_agent(from, {"echo"});
  REQUIRE(shipped);
  CHECK(shipped->name == "assistant");
  CHECK(shipped->as_shipped);
  from.default_agent = "ecko";
  const auto wrong = missing_default_agent(from, {"assistant", "echo"});
  REQUIRE(wrong);
  CHECK_FALSE(wrong->as_shipped);
  CHECK(wrong->detail.starts_with("no agent 'ecko' for a2a.default_agent"));
  CHECK(wrong->fix == "did you mean 'echo'?");
  from.enabled = false;
  CHECK_FALSE(missing_default_agent(from, {"echo"}));
  from.enabled = true;
  from.default_agent.clear();
  CHECK_FALSE(missing_default_agent(from, {"echo"}));
}

}  // namespace mofa::app

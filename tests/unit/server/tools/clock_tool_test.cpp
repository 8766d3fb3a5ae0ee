#include "server/tools/clock_tool.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace mofa;
using core::json;

namespace {

class stopped_clock final : public mofa::clock {
 public:
  time_point now() const override { return time_point{milliseconds{1'700'000'000'123}}; }
};

result<json> call(const json& arguments) {
  stopped_clock source;
  tools::clock_tool tool{source};
  std::optional<result<json>> answer;
  int answers = 0;
  tool.invoke({"task/3", arguments}, [&](result<json> value) {
    answer = std::move(value);
    ++answers;
  });
  REQUIRE(answers == 1);
  return *answer;
}

}  // namespace

TEST_CASE("the clock tells the time as text and as a number") {
  for (const auto& arguments : {json::object(), json{{"timezone", "UTC"}}}) {
    const auto answer = call(arguments);
    REQUIRE(answer);
    CHECK(*answer == json{{"now", "2023-11-14T22:13:20.123Z"}, {"unix_ms", 1'700'000'000'123}});
  }
}

TEST_CASE("the clock refuses other time zones, unknown members and arguments that are no object") {
  const auto zone = call({{"timezone", "CET"}});
  REQUIRE_FALSE(zone);
  CHECK(zone.error().code == errc::invalid);
  CHECK(zone.error().detail == "clock: timezone: must be 'UTC', the only time zone of this server");

  const auto unknown = call({{"timezon", "UTC"}});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().detail == "clock: timezon: unknown member 'timezon'; did you mean 'timezone'?");
  CHECK(unknown.error().fields.at(0).path == "/timezon");

  CHECK(call("now").error().detail == "clock: arguments: must be an object");
  CHECK_FALSE(call(json::array()));
  CHECK_FALSE(call({{"timezone", 1}}));
}

TEST_CASE("the clock may be asked again after a crash") {
  stopped_clock source;
  CHECK(tools::clock_tool{source}.idempotent());
}

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

}  // namespace

TEST_CASE("the clock tells the time as text and as a number") {
  stopped_clock source;
  tools::clock_tool tool{source};
  for (const auto& arguments : {json::object(), json{{"timezone", "UTC"}}}) {
    std::optional<result<json>> answer;
    int answers = 0;
    tool.invoke({"task/3", arguments, {}, "context"}, [&](result<json> value) {
      answer = std::move(value);
      ++answers;
    });
    REQUIRE(answers == 1);
    REQUIRE(*answer);
    CHECK(**answer == json{{"now", "2023-11-14T22:13:20.123Z"}, {"unix_ms", 1'700'000'000'123}});
  }
}

TEST_CASE("the clock may be asked again after a crash") {
  stopped_clock source;
  CHECK(tools::clock_tool{source}.idempotent());
}

#include "tests/unit/protocols/openai/dialect_harness.hpp"

using namespace mofa;
using namespace mofa::openai::testing;
using core::json;

TEST_CASE("every agent of every page is a model") {
  harness call;
  call.agents.names = {"assistant", "echo", "weather"};
  const auto got = call("GET", "/v1/models");
  REQUIRE(got.status == 200);
  CHECK(got.content_type == "application/json");
  const auto list = json::parse(got.body);
  CHECK(list["object"] == "list");
  REQUIRE(list["data"].size() == 3);
  CHECK(list["data"][0] == json{{"id", "assistant"}, {"object", "model"}, {"created", 0}, {"owned_by", "mofa"}});
  CHECK(list["data"][2]["id"] == "weather");
  CHECK(call.agents.asked == std::vector<std::string>(3, "list limit=200"));
}

TEST_CASE("the list fails in OpenAI's form") {
  harness call;
  call.agents.failure = fail(errc::unavailable, "restarting");
  const auto got = call("GET", "/v1/models");
  CHECK(error_of(got, 503)["code"] == "unavailable");
  CHECK(header_of(got, "Retry-After") == "1");
  CHECK(error_of(call("GET", "/v1/models", "", {}, "limit=1"), 400)["code"] == "unknown_parameter");
}

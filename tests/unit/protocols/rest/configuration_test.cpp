#include <doctest/doctest.h>

#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

namespace {

struct operator_harness : harness {
  operator_harness() { table = rest::configuration_routes(configuration); }
};

ask reload(std::string body = {}) {
  return {.method = "POST", .pattern = "/api/v1/configuration:reload", .body = std::move(body)};
}

}  // namespace

TEST_CASE("a reload tells what changed, what waits, and what is broken") {
  operator_harness call;
  CHECK(call.json(reload()) ==
        core::json{{"applied", {"log.level"}},
                   {"restart_required", {"listen"}},
                   {"definitions",
                    {{"changed", {"echo"}},
                     {"added", {"new"}},
                     {"removed", {"old"}},
                     {"errors", {{{"file", "agents/a.yaml"}, {"message", "agents/a.yaml:1:1: \"odd\""}}}}}}});
  CHECK(call.json(reload("{}"))["applied"].size() == 1);
  CHECK(call.configuration.reloads == 2);
}

TEST_CASE("a configuration with mistakes is answered with all of them") {
  operator_harness call;
  call.configuration.failure = error{errc::invalid, "nothing has changed", {{"", "mofa.yaml:1:1: one"}, {"", "two"}}};
  const auto problem = call.problem(reload(), 422, "invalid");
  CHECK(problem["detail"] == "nothing has changed");
  CHECK(problem["errors"].size() == 2);
  CHECK(problem["errors"][0] == core::json{{"path", ""}, {"message", "mofa.yaml:1:1: one"}});
}

TEST_CASE("a reload takes neither a query nor a body that says something, and asks for the scope admin") {
  operator_harness call;
  auto with_query = reload();
  with_query.query = "dry=true";
  call.problem(with_query, 422, "invalid");
  call.problem(reload(R"({"only":"log"})"), 422, "invalid");
  call.problem(reload("{"), 400, "invalid_syntax");
  CHECK(call.configuration.reloads == 0);
  REQUIRE(call.table.size() == 1);
  CHECK(call.table[0].scope == core::scope::admin);
}

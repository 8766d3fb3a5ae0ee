#include "server/tools/calculator.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "protocols/schema/schema.hpp"
#include "server/tools/registry.hpp"

using namespace mofa;
using core::json;

namespace {

result<json> call(const json& arguments) {
  const auto tools = tools::registry::make({std::make_shared<tools::calculator>()}, schema::compile);
  REQUIRE(tools);
  std::optional<result<json>> answer;
  (*tools->find("calculator"))->invoke({"task/3", arguments, {}, "context"}, [&](result<json> value) {
    answer = std::move(value);
  });
  REQUIRE(answer);
  return *answer;
}

json value(const char* expression) {
  auto answer = call({{"expression", expression}});
  REQUIRE(answer);
  return *std::move(answer);
}

}  // namespace

TEST_CASE("the calculator answers with a number and its text") {
  CHECK(value("17*23") == json{{"result", 391}, {"text", "391"}});
  CHECK(value("17*23")["result"].is_number_integer());
  CHECK(value("0.1+0.2").dump() == R"({"result":0.3,"text":"0.3"})");
  CHECK(value("2^62").dump() == R"({"result":4611686018427387904,"text":"4611686018427387904"})");
}

TEST_CASE("the calculator says when it has rounded") {
  const json rounded{
      {"result", 0.333333333333333}, {"text", "0.333333333333333"}, {"note", "rounded to 15 significant digits"}};
  CHECK(value("1/3") == rounded);
  CHECK(value("9223372036854775807 + 1")["result"] == 9.22337203685478e+18);
  CHECK(value("9223372036854775807 + 1").contains("note"));
}

TEST_CASE("the calculator's errors name the tool and the column") {
  const auto divided = call({{"expression", "1/0"}});
  REQUIRE_FALSE(divided);
  CHECK(divided.error().code == errc::invalid);
  CHECK(divided.error().detail == "calculator: division by zero at column 2");
  CHECK(divided.error().fields.at(0).path == "/expression");
}

TEST_CASE("the calculator takes one expression of at most 1000 characters") {
  CHECK(call(json::object()).error().detail == "calculator: arguments: missing member 'expression'");
  CHECK(call({{"expression", 1}}).error().detail == "calculator: expression: must be a string, not an integer");
  CHECK(call({{"expression", std::string(1001, '1')}}).error().detail ==
        "calculator: expression: must have at most 1000 characters, not 1001");
  CHECK(call({{"expression", std::string(999, ' ') + "1"}}));
  CHECK_FALSE(call({{"expression", "1"}, {"precision", 3}}));
}

TEST_CASE("the calculator may be asked again after a crash") { CHECK(tools::calculator{}.idempotent()); }

#include "server/tools/registry.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "protocols/schema/schema.hpp"
#include "server/tools/clock_tool.hpp"

using namespace mofa;

namespace {

class named_tool final : public core::tool {
 public:
  named_tool(std::string name, bool idempotent) : name_(std::move(name)), idempotent_(idempotent) {}
  std::string_view name() const noexcept override { return name_; }
  std::string_view description() const noexcept override { return "a tool of a test"; }
  const core::json& parameters() const noexcept override {
    static const core::json any{{"type", "object"}};
    return any;
  }
  bool idempotent() const noexcept override { return idempotent_; }
  core::running_call_ptr invoke(core::tool_call, callback<void(result<core::json>)> done) override {
    done(core::json(name_));
    return nullptr;
  }

 private:
  std::string name_;
  bool idempotent_;
};

auto make(std::vector<core::tool_ptr> all) { return tools::registry::make(std::move(all), schema::compile); }

core::tool_ptr tool(std::string name, bool idempotent = true) {
  return std::make_shared<named_tool>(std::move(name), idempotent);
}

}  // namespace

TEST_CASE("a tool is found by its name") {
  const auto tools = make({tool("clock"), tool("calculator")});
  REQUIRE(tools);
  const auto found = tools->find("clock");
  REQUIRE(found);
  CHECK((*found)->name() == "clock");
}

TEST_CASE("an unknown tool is answered with a near one, or with all there are") {
  const auto tools = make({tool("clock"), tool("calculator")});
  REQUIRE(tools);
  CHECK(tools->find("clok").error().code == errc::not_found);
  CHECK(tools->find("clok").error().detail == "unknown tool 'clok'; did you mean 'clock'?");
  CHECK(tools->find("http_get").error().detail == "unknown tool 'http_get'; known: calculator, clock");
  CHECK(make({})->find("clock").error().detail == "unknown tool 'clock'; there are none");
}

TEST_CASE("two tools of one name are refused") {
  const auto tools = make({tool("clock"), tool("clock")});
  REQUIRE_FALSE(tools);
  CHECK(tools.error().code == errc::conflict);
  CHECK(tools.error().detail == "two tools are named 'clock'");
}

TEST_CASE("the registry tells which calls may be made again") {
  const auto tools = make({tool("clock", true), tool("pay", false)});
  REQUIRE(tools);
  CHECK(tools->idempotent_by_name() == std::map<std::string, bool, std::less<>>{{"clock", true}, {"pay", false}});
  CHECK(tools->all().size() == 2);
}

namespace {

/// Answers with its arguments, and counts.
class strict_tool final : public core::tool {
 public:
  explicit strict_tool(core::json parameters) : parameters_(std::move(parameters)) {}
  std::string_view name() const noexcept override { return "strict"; }
  std::string_view description() const noexcept override { return "takes what its schema says"; }
  const core::json& parameters() const noexcept override { return parameters_; }
  bool idempotent() const noexcept override { return false; }
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override {
    ++calls;
    done(core::json{{"got", call.arguments}, {"effect", call.effect_id}});
    return nullptr;
  }
  int calls = 0;

 private:
  core::json parameters_;
};

result<core::json> call(const tools::registry& from, std::string_view name, core::json arguments) {
  std::optional<result<core::json>> answer;
  int answers = 0;
  const auto running =
      (*from.find(name))->invoke({"task/1", std::move(arguments), {}, "context"}, [&](result<core::json> value) {
        answer = std::move(value);
        ++answers;
      });
  REQUIRE(answers == 1);
  return *answer;
}

}  // namespace

TEST_CASE("a tool is called only with arguments that fit its schema") {
  const auto inner = std::make_shared<strict_tool>(core::json::parse(
      R"({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": false})"));
  const auto tools = make({inner});
  REQUIRE(tools);

  const auto good = call(*tools, "strict", {{"n", 7}});
  REQUIRE(good);
  CHECK(*good == core::json{{"got", {{"n", 7}}}, {"effect", "task/1"}});
  CHECK(inner->calls == 1);

  const auto missing = call(*tools, "strict", core::json::object());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == errc::invalid);
  CHECK(missing.error().detail == "strict: arguments: missing member 'n'");
  REQUIRE(missing.error().fields.size() == 1);
  CHECK(missing.error().fields[0].path == "");

  const auto wrong = call(*tools, "strict", {{"n", "7"}, {"m", 1}});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().detail == "strict: n: must be an integer, not a string (and 1 more)");
  CHECK(wrong.error().fields.at(1).path == "/m");
  CHECK(call(*tools, "strict", "text").error().detail == "strict: arguments: must be an object, not a string");
  CHECK(inner->calls == 1);
}

TEST_CASE("a checked tool is the tool in everything else") {
  const core::json parameters{{"type", "object"}};
  const auto tools = make({std::make_shared<strict_tool>(parameters)});
  const auto found = *tools->find("strict");
  CHECK(found->name() == "strict");
  CHECK(found->description() == "takes what its schema says");
  CHECK(found->parameters() == parameters);
  CHECK_FALSE(found->idempotent());
}

TEST_CASE("a tool whose parameters are no schema is refused by name") {
  const auto tools = make({std::make_shared<strict_tool>(core::json::parse(R"({"properties": {"n": {"type": "int"}}})"))});
  REQUIRE_FALSE(tools);
  CHECK(tools.error().code == errc::invalid);
  CHECK(
      tools.error().detail ==
      "tool 'strict': parameters: /properties/n/type: must be one of array, boolean, integer, null, number, object, string");
}

TEST_CASE("the clock's schema takes UTC and nothing else") {
  const system_clock time;
  const auto tools = make({std::make_shared<tools::clock_tool>(time)});
  REQUIRE(tools);
  CHECK(call(*tools, "clock", core::json::object()));
  CHECK(call(*tools, "clock", {{"timezone", "UTC"}}));
  CHECK(call(*tools, "clock", {{"timezone", "CET"}}).error().detail == "clock: timezone: must be 'UTC'");
  CHECK(call(*tools, "clock", {{"timezon", "UTC"}}).error().detail ==
        "clock: timezon: unknown member 'timezon'; did you mean 'timezone'?");
  CHECK_FALSE(call(*tools, "clock", "now"));
}

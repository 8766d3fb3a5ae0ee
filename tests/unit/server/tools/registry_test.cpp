#include "server/tools/registry.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

class named_tool final : public core::tool {
 public:
  named_tool(std::string name, bool idempotent) : name_(std::move(name)), idempotent_(idempotent) {}
  std::string_view name() const noexcept override { return name_; }
  std::string_view description() const noexcept override { return "a tool of a test"; }
  bool idempotent() const noexcept override { return idempotent_; }
  void invoke(core::tool_call, callback<void(result<core::json>)> done) override { done(core::json(name_)); }

 private:
  std::string name_;
  bool idempotent_;
};

core::tool_ptr tool(std::string name, bool idempotent = true) {
  return std::make_shared<named_tool>(std::move(name), idempotent);
}

}  // namespace

TEST_CASE("a tool is found by its name") {
  const auto tools = tools::registry::make({tool("clock"), tool("calculator")});
  REQUIRE(tools);
  const auto found = tools->find("clock");
  REQUIRE(found);
  CHECK((*found)->name() == "clock");
}

TEST_CASE("an unknown tool is answered with a near one, or with all there are") {
  const auto tools = tools::registry::make({tool("clock"), tool("calculator")});
  REQUIRE(tools);
  CHECK(tools->find("clok").error().code == errc::not_found);
  CHECK(tools->find("clok").error().detail == "unknown tool 'clok'; did you mean 'clock'?");
  CHECK(tools->find("http_get").error().detail == "unknown tool 'http_get'; known: calculator, clock");
  CHECK(tools::registry::make({})->find("clock").error().detail == "unknown tool 'clock'; there are none");
}

TEST_CASE("two tools of one name are refused") {
  const auto tools = tools::registry::make({tool("clock"), tool("clock")});
  REQUIRE_FALSE(tools);
  CHECK(tools.error().code == errc::conflict);
  CHECK(tools.error().detail == "two tools are named 'clock'");
}

TEST_CASE("the registry tells which calls may be made again") {
  const auto tools = tools::registry::make({tool("clock", true), tool("pay", false)});
  REQUIRE(tools);
  CHECK(tools->idempotent_by_name() == std::map<std::string, bool, std::less<>>{{"clock", true}, {"pay", false}});
  CHECK(tools->all().size() == 2);
}

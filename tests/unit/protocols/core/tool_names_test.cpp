#include "protocols/core/tool_names.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

core::tool_description tool(std::string name) { return {std::move(name), "", nullptr}; }

}  // namespace

TEST_CASE("a name that foreign models take stays, others are cleaned and found again") {
  const core::tool_names names{{tool("http_get"), tool("agent:researcher"), tool("agent:?skill=math")}};
  CHECK(names.foreign("http_get") == "http_get");
  CHECK(names.foreign("agent:researcher") == "agent_researcher");
  CHECK(names.foreign("agent:?skill=math") == "agent__skill_math");
  for (const auto* own : {"http_get", "agent:researcher", "agent:?skill=math"}) CHECK(names.own(names.foreign(own)) == own);
}

TEST_CASE("two tools never get one name, however long they are") {
  const std::string longest(100, 'x');
  const core::tool_names names{{tool("a:b"), tool("a_b"), tool("a?b"), tool(longest), tool(longest + "y")}};
  CHECK(names.foreign("a:b") == "a_b");
  CHECK(names.foreign("a_b") == "a_b_2");
  CHECK(names.foreign("a?b") == "a_b_3");
  CHECK(names.own("a_b_2") == "a_b");
  CHECK(names.foreign(longest).size() == 64);
  CHECK(names.foreign(longest + "y").size() == 64);
  CHECK(names.own(names.foreign(longest + "y")) == longest + "y");
}

TEST_CASE("a tool that is no longer offered is cleaned too, and what a model made up stays as it is") {
  const core::tool_names names{{}};
  CHECK(names.foreign("agent:old") == "agent_old");
  CHECK(names.foreign("") == "_");
  CHECK(names.own("invented") == "invented");
}

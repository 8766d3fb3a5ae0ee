#include "server/app/new_agent.hpp"

#include <doctest/doctest.h>

#include "actors/kernel.hpp"
#include "protocols/document/document.hpp"
#include "server/app/check_bench.hpp"

namespace mofa::app {
namespace {

TEST_CASE("the example of every kind is a definition that runs, under the name that was asked for") {
  const auto bench = check_bench::make({}, {});
  REQUIRE_MESSAGE(bench, bench.error().detail);
  const catalog::catalog kinds{(**bench)->kinds};
  REQUIRE(example_kinds().size() >= 2);
  for (const auto& kind : example_kinds()) {
    for (const std::string name : {"greeter", "42", "no"}) {
      CAPTURE(kind);
      CAPTURE(name);
      const auto text = example_definition(name, kind);
      REQUIRE(text);
      const auto source = document::read_yaml(*text, "new.yaml");
      REQUIRE_MESSAGE(source, source.error().detail);
      const auto made = kinds.compile(source->value);
      REQUIRE_MESSAGE(made, document::explain(*source, made.error()));
      CHECK(made->definition->name == name);
      CHECK(made->definition->kind == kind);
      CHECK(made->definition->skills.size() == 1);
    }
  }
}

TEST_CASE("a name that no agent may have is refused, saying why") {
  const auto spaced = example_definition("My Agent", "scenario");
  REQUIRE_FALSE(spaced);
  CHECK(spaced.error().detail.find("name 'My Agent' must be") == 0);
  const auto reserved = example_definition("tasks", "llm");
  REQUIRE_FALSE(reserved);
  CHECK(reserved.error().detail.find("reserved") != std::string::npos);
}

}  // namespace
}  // namespace mofa::app

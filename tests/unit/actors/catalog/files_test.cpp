#include <doctest/doctest.h>

#include "actors/catalog/catalog.hpp"
#include "actors/scenario/kind.hpp"
#include "tests/support/actor_store.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;

namespace {

const time_point start{std::chrono::seconds{1'700'000'000}};

struct filed {
  memory_store store;
  catalog::catalog agents{{scenario::make_kind({})}};

  static json document(const std::string& name, const std::string& says) {
    return {{"name", name}, {"kind", "scenario"}, {"otherwise", {{{"complete", {{"text", says}}}}}}};
  }
  result<catalog::applied> take(const std::string& name, const std::string& says, const std::string& file) {
    auto made = agents.compile(document(name, says));
    if (!made) FAIL(made.error().detail);
    return agents.take_file(std::move(*made), file, store, start);
  }
  bool leaves(const std::string& name, const std::string& file) {
    const auto left = agents.let_file_leave(name, file, store);
    REQUIRE(left);
    return *left;
  }
};

}  // namespace

TEST_CASE("a file that is new makes an agent, its change a version, and the same again nothing") {
  filed with;
  const auto made = with.take("a", "x", "a.yaml");
  REQUIRE(made);
  CHECK(made->fresh);
  CHECK(made->changed);
  CHECK(made->now.source == "a.yaml");
  const auto changed = with.take("a", "y", "a.yaml");
  REQUIRE(changed);
  CHECK_FALSE(changed->fresh);
  CHECK(changed->changed);
  CHECK(changed->now.current.definition->version == 2);
  CHECK_FALSE(with.take("a", "y", "a.yaml")->changed);
  // Another file takes it over without a new version.
  const auto moved = with.take("a", "y", "b.yaml");
  CHECK_FALSE(moved->changed);
  CHECK(with.agents.find("a")->source == "b.yaml");
  CHECK(with.store.marks.empty());
}

TEST_CASE("what is wrong with a file is kept beside its last good version until it is mended") {
  filed with;
  REQUIRE(with.take("a", "x", "a.yaml"));
  with.agents.note_error("a", "a.yaml", "a.yaml:1:1: nonsense");
  CHECK(with.agents.find("a")->error == "a.yaml:1:1: nonsense");
  CHECK(with.agents.find("a")->current.definition->version == 1);
  with.agents.note_error("a", "other.yaml", "not its file");
  with.agents.note_error("b", "a.yaml", "no such agent");
  CHECK(with.agents.find("a")->error == "a.yaml:1:1: nonsense");
  REQUIRE(with.take("a", "y", "a.yaml"));
  CHECK(with.agents.find("a")->error.empty());
}

TEST_CASE("an agent that came through the API keeps its name until it leaves") {
  filed with;
  REQUIRE(with.agents.apply({filed::document("a", "x"), std::nullopt, std::nullopt}, with.store, start));
  const auto refused = with.take("a", "y", "a.yaml");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
  CHECK(refused.error().detail.find("DELETE /api/v1/agents/a") != std::string::npos);
  CHECK(with.agents.find("a")->source.empty());
  CHECK_FALSE(with.leaves("a", "a.yaml"));
  REQUIRE(with.agents.let_leave("a", std::nullopt, with.store));
  REQUIRE(with.take("a", "y", "a.yaml"));
  CHECK(with.agents.find("a")->source == "a.yaml");
  CHECK_FALSE(with.store.marks.contains("a"));
}

TEST_CASE("an agent whose file is gone leaves, also over a restart, and its file calls it back") {
  filed with;
  REQUIRE(with.take("a", "x", "a.yaml"));
  CHECK_FALSE(with.leaves("a", "b.yaml"));
  CHECK(with.leaves("a", "a.yaml"));
  CHECK_FALSE(with.leaves("a", "a.yaml"));
  CHECK(with.agents.find("a")->leaving);
  CHECK(with.agents.changeable("a", std::nullopt).error().code == errc::conflict);
  // The next life of the process, without the file.
  catalog::catalog next{{scenario::make_kind({})}};
  REQUIRE(next.restore(with.store));
  REQUIRE(next.find("a"));
  CHECK(next.find("a")->leaving);
  // It comes back in time.
  auto made = next.compile(filed::document("a", "x"));
  const auto back = next.take_file(std::move(*made), "a.yaml", with.store, start);
  REQUIRE(back);
  CHECK(back->changed);
  CHECK_FALSE(back->fresh);
  CHECK(back->now.current.definition->version == 1);
  CHECK_FALSE(next.find("a")->leaving);
  CHECK(with.store.marks.empty());
  CHECK_FALSE(next.begin_to_go("a"));
}

TEST_CASE("one that goes is not called back, goes once, and leaves its name free") {
  filed with;
  REQUIRE(with.take("a", "x", "a.yaml"));
  CHECK_FALSE(with.agents.begin_to_go("a"));
  REQUIRE(with.leaves("a", "a.yaml"));
  CHECK(with.agents.begin_to_go("a"));
  CHECK_FALSE(with.agents.begin_to_go("a"));
  CHECK(with.take("a", "x", "a.yaml").error().code == errc::unavailable);
  REQUIRE(with.agents.forget("a", with.store));
  CHECK_FALSE(with.agents.find("a"));
  CHECK(with.take("a", "x", "a.yaml")->fresh);
}

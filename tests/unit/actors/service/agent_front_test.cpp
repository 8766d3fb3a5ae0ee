#include "actors/service/agent_front.hpp"

#include <doctest/doctest.h>

#include "actors/agent/agent_actor.hpp"
#include "actors/scenario/kind.hpp"
#include "tests/support/journal_world.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;

namespace {

json document(const std::string& says) {
  return {{"name", "subject"}, {"kind", "scenario"}, {"otherwise", {{{"complete", {{"text", says}}}}}}};
}

/// The front with a supervisor of agents that may be away, as while it restarts.
struct front_world : journal_world {
  front_world() {
    supervision::supervisor_spec spec;
    spec.name = spec.path = "agents";
    tree = keep(supervision::spawn_supervisor(system, std::move(spec), env));
    run();
  }
  ~front_world() { end(); }

  supervision::child_spec child_of(const std::string& name) {
    supervision::child_spec out;
    out.name = name;
    out.when = supervision::restart::transient;
    out.start = [this, name] {
      ++started;
      const auto depth = std::make_shared<std::atomic<std::int64_t>>(0);
      auto made = keep(agent::spawn_agent(system, name, definitions, env, where, depth,
                                          std::make_shared<agent::standing_orders>(), [] {}));
      where.put_agent(name, made, depth);
      return caf::actor_cast<caf::actor>(made);
    };
    return out;
  }
  template <class T, class Ask>
  result<T> answer_to(Ask ask) {
    std::optional<result<T>> out;
    ask(core::completion<T>{[&](result<T> got) { out.emplace(std::move(got)); }});
    run();
    REQUIRE(out);
    return *std::move(out);
  }
  result<service::taken_file> take(const std::string& says) {
    auto made = definitions.compile(document(says));
    REQUIRE(made);
    return answer_to<service::taken_file>(
        [&](auto done) { front.take_file(std::move(*made), "subject.yaml", std::move(done)); });
  }
  result<core::agent_info> apply(const std::string& says, bool known) {
    core::definition_change what;
    what.document = document(says);
    if (known) what.name = "subject";
    return answer_to<core::agent_info>([&](auto done) { front.apply(std::move(what), std::move(done)); });
  }
  core::agent_state state() {
    const auto got = answer_to<core::agent_info>([&](auto done) { front.get("subject", std::move(done)); });
    REQUIRE(got);
    return got->state;
  }

  catalog::catalog definitions{{scenario::make_kind({})}};
  actors::supervisor_actor tree;
  bool away = false;
  int started = 0;
  service::agent_front front{bridge(),
                             where,
                             definitions,
                             {[this] { return tree; }, [this] { return away ? actors::supervisor_actor{} : tree; },
                              [this](const std::string& name) { return child_of(name); },
                              [](const std::string&, callback<void(result<bool>)> done) { done(false); }},
                             time};
};

}  // namespace

TEST_CASE("an agent of a file that could not be started is started by the next try, and told of changes from then on") {
  front_world world;
  world.away = true;
  const auto refused = world.take("x");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(world.state() == core::agent_state::failed);
  // Still nobody is there to start it: that is no success.
  CHECK_FALSE(world.take("x"));
  world.away = false;
  REQUIRE(world.take("x"));
  CHECK(world.started == 1);
  CHECK(world.state() == core::agent_state::ready);
  REQUIRE(world.take("y"));
  CHECK(world.started == 1);
  CHECK(world.state() == core::agent_state::ready);
}

TEST_CASE("an agent of a request that could not be started is started by the next one") {
  front_world world;
  world.away = true;
  CHECK_FALSE(world.apply("x", false));
  CHECK_FALSE(world.apply("y", true));
  world.away = false;
  const auto made = world.apply("y", true);
  REQUIRE(made);
  CHECK(made->state == core::agent_state::ready);
  CHECK(world.state() == core::agent_state::ready);
  CHECK(world.started == 1);
}

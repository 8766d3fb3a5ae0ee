#include "actors/directory/directory.hpp"

#include <doctest/doctest.h>
#include <caf/event_based_actor.hpp>

#include "tests/support/actor_world.hpp"

using namespace mofa;
using namespace mofa::test;
using depth_counter = directory::directory::depth_counter;

namespace {

depth_counter new_depth() { return std::make_shared<std::atomic<std::int64_t>>(0); }

/// Somebody who takes nothing; `held` lives as long as the actor.
template <class Handle>
Handle somebody(actor_world& world, std::shared_ptr<int> held = nullptr) {
  auto made = world.system.spawn([held](caf::event_based_actor*) -> caf::behavior { return {[held](actors::tick) {}}; });
  world.run();
  return caf::actor_cast<Handle>(made);
}

}  // namespace

TEST_CASE("who is not there is an empty handle") {
  const directory::directory where;
  CHECK_FALSE(where.journal());
  CHECK_FALSE(where.feeds());
  CHECK_FALSE(where.clockwork());
  CHECK_FALSE(where.effects());
  CHECK_FALSE(where.reader());
  CHECK_FALSE(where.agent("a"));
}

TEST_CASE("each service is found as it was last written, and the others stay") {
  actor_world world;
  directory::directory where;
  const auto journal = world.keep(somebody<actors::journal_actor>(world));
  const auto feeds = world.keep(somebody<actors::feeds_actor>(world));
  const auto clockwork = world.keep(somebody<actors::clockwork_actor>(world));
  const auto effects = world.keep(somebody<actors::effects_actor>(world));
  where.update([&](directory::services& s) {
    s.journal = journal;
    s.feeds = feeds;
    s.clockwork = clockwork;
  });
  where.update([&](directory::services& s) { s.effects = effects; });
  CHECK(where.journal() == journal);
  CHECK(where.feeds() == feeds);
  CHECK(where.clockwork() == clockwork);
  CHECK(where.effects() == effects);

  const auto restarted = world.keep(somebody<actors::journal_actor>(world));
  where.update([&](directory::services& s) { s.journal = restarted; });
  CHECK(where.journal() == restarted);
  CHECK(where.feeds() == feeds);
  where.clear();
}

TEST_CASE("readers are given out in turn") {
  actor_world world;
  directory::directory where;
  std::vector<actors::reader_actor> all;
  for (int i = 0; i < 3; ++i) all.push_back(world.keep(somebody<actors::reader_actor>(world)));
  where.update([&](directory::services& s) { s.readers = all; });
  std::map<caf::actor_id, int> given;
  for (int i = 0; i < 9; ++i) ++given[where.reader()->id()];
  REQUIRE(given.size() == 3);
  for (const auto& [reader, times] : given) CHECK(times == 3);
  where.clear();
}

TEST_CASE("an agent is found by its name, after a restart as the new actor") {
  actor_world world;
  directory::directory where;
  const auto first = world.keep(somebody<actors::agent_actor>(world));
  const auto second = world.keep(somebody<actors::agent_actor>(world));
  const auto other = world.keep(somebody<actors::agent_actor>(world));
  where.put_agent("a", first, new_depth());
  where.put_agent("b", other, new_depth());
  CHECK(where.agent("a") == first);
  where.put_agent("a", second, new_depth());
  CHECK(where.agent("a") == second);
  CHECK(where.agent("b") == other);
  CHECK_FALSE(where.agent("c"));
  where.clear();
}

TEST_CASE("only a handle to send to is counted, at the actor that is there now") {
  actor_world world;
  directory::directory where;
  const auto handle = world.keep(somebody<actors::agent_actor>(world));
  const auto first = new_depth();
  const auto second = new_depth();
  where.put_agent("a", handle, first);
  CHECK(where.agent("a") == handle);
  CHECK(*first == 0);
  CHECK(where.agent_to_send("a") == handle);
  CHECK(where.agent_to_send("a") == handle);
  CHECK_FALSE(where.agent_to_send("b"));
  CHECK(*first == 2);
  // A new actor begins with an empty mailbox.
  where.put_agent("a", handle, second);
  CHECK(where.agent_to_send("a") == handle);
  CHECK(*first == 2);
  CHECK(*second == 1);
  where.clear();
}

TEST_CASE("after clear() nobody is found, and nothing keeps the actors alive") {
  actor_world world;
  directory::directory where;
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = held;
  where.update([&](directory::services& s) {
    s.journal = somebody<actors::journal_actor>(world, held);
    s.readers = {somebody<actors::reader_actor>(world, held)};
  });
  where.put_agent("a", somebody<actors::agent_actor>(world, held), new_depth());
  held.reset();
  world.run();
  CHECK_FALSE(alive.expired());
  where.clear();
  world.run();
  CHECK(alive.expired());
  CHECK_FALSE(where.journal());
  CHECK_FALSE(where.reader());
  CHECK_FALSE(where.agent("a"));
}

#include "tests/unit/actors/storage/storage_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

TEST_CASE("units that wait together are one append, each with its own answer after the commit") {
  storage_world world;
  const auto a = task_id::make(world.time.now());
  const auto b = task_id::make(world.time.now());
  const auto first = world.append(unit_of(a, 0, 2));
  const auto second = world.append(unit_of(a, 2, 1));
  const auto third = world.append(unit_of(b, 0, 1));
  world.store.before_commit = [&] { CHECK_FALSE((first->has_value() || second->has_value() || third->has_value())); };
  world.run();
  CHECK(world.store.groups == std::vector<std::size_t>{3});
  for (const auto& one : {first, second, third}) {
    REQUIRE(one->has_value());
    CHECK((**one)->value);
  }
  CHECK(world.store.tasks.at(a).row.last_seq == 3);
}

TEST_CASE("a stale unit fails alone, and is not published") {
  storage_world world;
  const auto a = task_id::make(world.time.now());
  const auto b = task_id::make(world.time.now());
  const auto sink_a = world.subscribe(1, a, 0, 10);
  const auto sink_b = world.subscribe(2, b, 0, 10);
  world.run();
  const auto good = world.append(unit_of(a, 0, 1));
  const auto stale = world.append(unit_of(b, 7, 1));
  const auto also_good = world.append(unit_of(a, 1, 1));
  world.run();
  CHECK(world.store.groups == std::vector<std::size_t>{3});
  CHECK((**good)->value);
  CHECK((**also_good)->value);
  REQUIRE_FALSE((**stale)->value);
  CHECK((**stale)->value.error().code == errc::conflict);
  CHECK(sink_a->got == counted(1, 2));
  CHECK(sink_b->got.empty());
}

TEST_CASE("what comes after a commit is the next group") {
  storage_world world;
  const auto a = task_id::make(world.time.now());
  world.append(unit_of(a, 0, 1));
  world.run();
  world.append(unit_of(a, 1, 1));
  world.append(unit_of(a, 2, 1));
  world.run();
  CHECK(world.store.groups == std::vector<std::size_t>{1, 2});
}

TEST_CASE("a group has a largest size") {
  storage_world world;
  const auto a = task_id::make(world.time.now());
  for (std::uint64_t i = 0; i < 600; ++i) world.append(unit_of(a, i, 1));
  world.run();
  CHECK(world.store.groups == std::vector<std::size_t>{512, 88});
}

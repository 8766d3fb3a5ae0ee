#include "tests/unit/actors/delivery/delivery_world.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

/// A world without deliveries: what is registered stays as it is.
struct front_world : delivery_world {
  task_id task = new_task(true);
  front_world() { happens(task, "s"); }

  result<core::push_config> get(const core::caller& who, const std::string& id) {
    return answer_to<core::push_config>([&](auto done) { front.get(who, task, id, std::move(done)); });
  }
  result<core::page<core::push_config>> list(const core::caller& who, int limit = 50, const std::string& cursor = {}) {
    return answer_to<core::page<core::push_config>>([&](auto done) {
      front.list(who, task, {limit, cursor}, std::move(done));
    });
  }
};

template <class T>
bool is_not_found(const result<T>& what) {
  return !what && what.error().code == errc::not_found;
}

}  // namespace

TEST_CASE("a configuration without an id gets one, and is kept with what its task says") {
  front_world world;
  const auto made = world.create(world.config(world.task, ""), 7);
  REQUIRE(made);
  CHECK(parse_uuid(made->id));
  const auto& row = world.store.kept_pushes.rows.at({world.task, made->id});
  CHECK(row.tenant == "default");
  CHECK(row.owner == "alice");
  CHECK(row.context_id == "ctx");
  CHECK(row.cursor == 7);
  CHECK_FALSE(row.done);
  const auto found = world.get(world.alice, made->id);
  REQUIRE(found);
  CHECK(found->url == "https://one.example/hook");
}

TEST_CASE("configurations are listed by their ids, page by page, and removed for good") {
  front_world world;
  for (const auto* id : {"c", "a", "b"}) REQUIRE(world.create(world.config(world.task, id)));
  const auto first = world.list(world.alice, 2);
  REQUIRE(first);
  REQUIRE(first->items.size() == 2);
  CHECK(first->items[0].id == "a");
  CHECK(first->items[1].id == "b");
  const auto second = world.list(world.alice, 2, first->next_cursor);
  REQUIRE(second);
  REQUIRE(second->items.size() == 1);
  CHECK(second->items[0].id == "c");
  CHECK(second->next_cursor.empty());
  CHECK(world.remove(world.task, "a"));
  CHECK(world.remove(world.task, "a"));
  CHECK(is_not_found(world.get(world.alice, "a")));
  CHECK(world.list(world.alice)->items.size() == 2);
}

TEST_CASE("a task of somebody else has no configurations, whatever is asked") {
  front_world world;
  REQUIRE(world.create(world.config(world.task, "p")));
  for (const auto& who : {core::caller{"default", "bob", 0}, core::caller{"other", "alice", 0}}) {
    CHECK(is_not_found(world.get(who, "p")));
    CHECK(is_not_found(world.list(who)));
    CHECK(
        is_not_found(world.answer_to<void>([&](auto done) { world.front.remove(who, world.task, "p", std::move(done)); })));
    CHECK(is_not_found(world.answer_to<core::push_config>(
        [&](auto done) { world.front.create(who, world.config(world.task, "q"), 0, std::move(done)); })));
  }
  CHECK(world.store.kept_pushes.rows.size() == 1);
}

TEST_CASE("a task that there is not has no configurations") {
  delivery_world world;
  const auto none = world.create(world.config(world.new_task(), "p"));
  CHECK(is_not_found(none));
  CHECK(world.store.kept_pushes.rows.empty());
}

TEST_CASE("what the store refuses is the answer") {
  front_world world;
  world.store.kept_pushes.refusal = fail(errc::storage_full, "the disk is full");
  const auto made = world.create(world.config(world.task, "p"));
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::storage_full);
}

TEST_CASE("who may be registered is known without the store: nobody where nobody delivers, else as the sender says") {
  delivery_world world;
  world.store.kept_pushes.refusal = fail(errc::io, "the disk does not answer");
  const service::push_front nobody{world.tasks, world.where, world.env, nullptr};
  const auto task = world.new_task();
  const auto refused = nobody.check(world.config(task, "p"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unsupported);
  CHECK(world.front.check(world.config(task, "p")));
  const auto unfit = world.front.check(world.config(task, "p", "refused:"));
  REQUIRE_FALSE(unfit);
  CHECK(unfit.error().code == errc::invalid);
}

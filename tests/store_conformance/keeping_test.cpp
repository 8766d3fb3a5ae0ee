// Keeping: what is deleted on demand or by age, and versions of definitions.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/store_backends.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;
using core::task_state;

namespace {

template <class Backend>
struct owned {
  Backend backend;
  std::unique_ptr<core::store> store = backend.open();
  std::uint64_t epoch = *store->acquire_ownership();

  task_id put(task_state state, std::int64_t at, std::optional<task_id> parent = {}, const std::string& context = {}) {
    task_story story{epoch, after(at)};
    story.row.parent_id = parent;
    if (!context.empty()) story.row.context_id = context;
    REQUIRE(append_one(*store, story.step(state, {"submitted", "status_changed"})));
    return story.id();
  }
  bool has(const task_id& which) {
    const bool there = store->load(which).has_value();
    CHECK(store->events(which, 0, 10)->size() == (there ? 2 : 0));
    return there;
  }
};

}  // namespace

TEST_CASE_TEMPLATE("an ended task is removed with its children and everything of theirs", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto parent = on.put(task_state::completed, 0);
  const auto child = on.put(task_state::failed, 1, parent);
  const auto grandchild = on.put(task_state::canceled, 2, child);
  const auto other = on.put(task_state::completed, 3);
  REQUIRE(on.store->remove(caller_of("local"), parent));
  CHECK_FALSE(on.has(parent));
  CHECK_FALSE(on.has(child));
  CHECK_FALSE(on.has(grandchild));
  CHECK(on.has(other));
  CHECK(on.store->remove(caller_of("local"), parent).error().code == errc::not_found);
}

TEST_CASE_TEMPLATE("a task that runs, or whose child runs, is not removed", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto running = on.put(task_state::input_required, 0);
  const auto parent = on.put(task_state::completed, 1);
  const auto child = on.put(task_state::working, 2, parent);
  CHECK(on.store->remove(caller_of("local"), running).error().code == errc::task_not_terminal);
  CHECK(on.store->remove(caller_of("local"), parent).error().code == errc::task_not_terminal);
  CHECK(on.has(running));
  CHECK(on.has(parent));
  CHECK(on.has(child));
}

TEST_CASE_TEMPLATE("a context is removed when all its tasks have ended", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto ended = on.put(task_state::completed, 0, {}, "c");
  const auto child = on.put(task_state::completed, 1, ended, "of its own");
  task_story last{on.epoch, after(2)};
  last.row.context_id = "c";
  REQUIRE(append_one(*on.store, last.step(task_state::working, {"submitted"})));
  CHECK(on.store->remove_context(caller_of("local"), "c").error().code == errc::task_not_terminal);
  CHECK(on.has(ended));
  REQUIRE(append_one(*on.store, last.step(task_state::completed, {"replied"})));
  REQUIRE(on.store->remove_context(caller_of("local"), "c"));
  CHECK_FALSE(on.has(ended));
  CHECK_FALSE(on.has(child));
  CHECK_FALSE(on.has(last.id()));
  CHECK(on.store->context(caller_of("local"), "c").error().code == errc::not_found);
  CHECK(on.store->remove_context(caller_of("local"), "c").error().code == errc::not_found);
}

TEST_CASE_TEMPLATE("the sweep takes what ended before its bounds, and nothing else", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto old_completed = on.put(task_state::completed, 10);
  const auto old_failed = on.put(task_state::failed, 11);
  const auto older_failed = on.put(task_state::rejected, 1);
  const auto old_open = on.put(task_state::working, 2);
  const auto at_bound = on.put(task_state::completed, 20);
  const auto recent = on.put(task_state::completed, 30);
  task_story long_lived{on.epoch, after(3)};
  REQUIRE(append_one(*on.store, long_lived.step(task_state::working, {"submitted"})));
  long_lived.row.updated_at = after(40);
  REQUIRE(append_one(*on.store, long_lived.step(task_state::completed, {"status_changed"})));

  const auto swept = on.store->sweep(after(20), after(5), after(0), 100);
  REQUIRE(swept);
  CHECK(*swept == 2);
  CHECK_FALSE(on.has(old_completed));
  CHECK_FALSE(on.has(older_failed));
  for (const auto& kept : {old_failed, old_open, at_bound, recent, long_lived.id()}) CHECK(on.has(kept));
  CHECK(*on.store->sweep(after(20), after(5), after(0), 100) == 0);
}

TEST_CASE_TEMPLATE("the sweep takes children with their parent, but leaves a child to a parent that is open", Backend,
                   MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto parent = on.put(task_state::completed, 0);
  const auto late_child = on.put(task_state::failed, 50, parent);
  const auto open_child = on.put(task_state::working, 51, parent);
  const auto open_parent = on.put(task_state::working, 1);
  const auto awaited = on.put(task_state::completed, 2, open_parent);
  CHECK(*on.store->sweep(after(20), after(20), after(0), 100) == 2);
  CHECK_FALSE(on.has(parent));
  CHECK_FALSE(on.has(late_child));
  CHECK(on.has(open_child));
  CHECK(on.has(open_parent));
  CHECK(on.has(awaited));
}

TEST_CASE_TEMPLATE("the sweep stops at its limit and goes on the next time", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto parent = on.put(task_state::completed, 0);
  for (int i = 1; i < 5; ++i) on.put(task_state::completed, i, parent);
  for (int i = 5; i < 8; ++i) on.put(task_state::completed, i);
  std::size_t total = 0;
  for (const std::size_t expected : {3u, 3u, 2u, 0u}) {
    const auto swept = on.store->sweep(after(20), after(20), after(0), 3);
    REQUIRE(swept);
    CHECK(*swept == expected);
    total += *swept;
    CHECK(on.store->list(admin_of(), {}, {})->items.size() == 8 - total);
  }
}

TEST_CASE_TEMPLATE("idempotency records are forgotten by their own age", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  for (const int at : {1, 2}) {
    task_story story{on.epoch, after(100)};
    auto unit = story.whole();
    unit.idempotency = {"default", "local", {"k" + std::to_string(at), "op", "h"}, after(at)};
    REQUIRE(append_one(*on.store, unit));
  }
  CHECK(*on.store->sweep(after(0), after(0), after(2), 100) == 0);
  CHECK_FALSE(*on.store->find_idempotent("default", "local", "op", "k1"));
  CHECK(*on.store->find_idempotent("default", "local", "op", "k2"));
}

TEST_CASE_TEMPLATE("a definition is a new version only when it differs from the newest", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  CHECK(*on.store->put_definition("echo", "one", "h1", after(1)) == 1);
  CHECK(*on.store->put_definition("echo", "one", "h1", after(2)) == 1);
  CHECK(*on.store->put_definition("echo", "two", "h2", after(3)) == 2);
  CHECK(*on.store->put_definition("echo", "one", "h1", after(4)) == 3);
  CHECK(*on.store->put_definition("other", "x", "h1", after(5)) == 1);

  const auto second = on.store->definition("echo", 2);
  REQUIRE(second);
  CHECK(second->name == "echo");
  CHECK(second->version == 2);
  CHECK(second->body == "two");
  CHECK(second->hash == "h2");
  CHECK(second->created_at == after(3));
  CHECK(on.store->definition("echo", 4).error().code == errc::not_found);
  CHECK(on.store->definition("nobody", 1).error().code == errc::not_found);

  const auto versions = on.store->definition_versions("echo");
  REQUIRE(versions);
  REQUIRE(versions->size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK((*versions)[i].version == 3 - static_cast<int>(i));
    CHECK((*versions)[i].body.empty());
  }
  CHECK((*versions)[0].hash == "h1");
  CHECK(on.store->definition_versions("nobody")->empty());
}

TEST_CASE_TEMPLATE("what was committed is there when the database is opened again", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto id = on.put(task_state::completed, 0);
  REQUIRE(on.store->put_definition("echo", "one", "h1", after(1)));
  on.store = on.backend.open();
  CHECK(on.has(id));
  CHECK(on.store->definition("echo", 1)->body == "one");
  CHECK(*on.store->acquire_ownership() == on.epoch + 1);
}

TEST_CASE_TEMPLATE("an agent has open tasks until the last of them has ended", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  CHECK_FALSE(*on.store->has_open_tasks("echo"));
  on.put(task_state::completed, 0);
  CHECK_FALSE(*on.store->has_open_tasks("echo"));
  on.put(task_state::input_required, 1);
  CHECK(*on.store->has_open_tasks("echo"));
  CHECK_FALSE(*on.store->has_open_tasks("other"));
}

TEST_CASE_TEMPLATE("marked agents are found again with their newest definitions", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  REQUIRE(on.store->put_definition("b", "one", "h1", after(1)));
  REQUIRE(on.store->put_definition("b", "two", "h2", after(2)));
  REQUIRE(on.store->put_definition("a", "x", "h3", after(3)));
  REQUIRE(on.store->put_definition("file", "y", "h4", after(3)));
  CHECK(on.store->marked_agents()->empty());
  REQUIRE(on.store->mark_agent("b", core::agent_mark::kept));
  REQUIRE(on.store->mark_agent("a", core::agent_mark::kept));
  REQUIRE(on.store->mark_agent("a", core::agent_mark::leaving));
  const auto found = on.store->marked_agents();
  REQUIRE(found);
  REQUIRE(found->size() == 2);
  CHECK((*found)[0].newest.name == "a");
  CHECK((*found)[0].mark == core::agent_mark::leaving);
  CHECK((*found)[1].newest.body == "two");
  CHECK((*found)[1].newest.version == 2);
  CHECK((*found)[1].mark == core::agent_mark::kept);
  REQUIRE(on.store->mark_agent("b", std::nullopt));
  CHECK(on.store->marked_agents()->size() == 1);
}

// Push configurations: kept with the number of the last event delivered, found again by a start, and gone with their task.
#include <doctest/doctest.h>

#include "server/base/limits.hpp"
#include "tests/support/store_backends.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;
using core::push_fate;
using core::task_state;

namespace {

template <class Backend>
struct pushing {
  Backend backend;
  std::unique_ptr<core::store> store = backend.open();
  std::uint64_t epoch = *store->acquire_ownership();
  core::caller local = caller_of("local");

  core::push_store& pushes() { return store->pushes(); }

  task_id task(std::int64_t at = 0, task_state state = task_state::completed, const std::string& context = "c") {
    task_story story{epoch, after(at)};
    story.row.context_id = context;
    REQUIRE(append_one(*store, story.step(state, {"submitted"})));
    return story.id();
  }
  static core::open_push push(task_id task, const std::string& id, std::uint64_t cursor = 0) {
    core::open_push out;
    out.config = {id, task, "https://example.org/" + id, "token of " + id, "Bearer", "secret of " + id, "v1"};
    out.tenant = "default";
    out.owner = "local";
    out.context_id = "c";
    out.cursor = cursor;
    return out;
  }
  void put(task_id task, const std::string& id, std::uint64_t cursor = 0) {
    REQUIRE(pushes().put(push(task, id, cursor), after(0)));
  }
  core::push_edition edition(task_id task, const std::string& id) {
    const auto found = pushes().find(task, id);
    REQUIRE(found);
    return found->edition;
  }
  void move(task_id task, const std::string& id, std::uint64_t cursor, push_fate fate = push_fate::open) {
    move(task, id, edition(task, id), cursor, fate);
  }
  void move(task_id task, const std::string& id, core::push_edition which, std::uint64_t cursor, push_fate fate) {
    const core::push_move to{task, id, which, cursor, fate};
    REQUIRE(pushes().move({&to, 1}));
  }
  bool has(task_id task, const std::string& id) {
    const auto found = pushes().find(task, id);
    if (!found) CHECK(found.error().code == errc::not_found);
    return found.has_value();
  }
  /// "a@3 b@0": those not done with their cursors, over all pages.
  std::string open(std::size_t limit = 100) {
    std::string out;
    std::optional<std::pair<task_id, std::string>> last;
    for (;;) {
      const auto page = pushes().open(last, limit);
      REQUIRE(page);
      CHECK(page->size() <= limit);
      for (const auto& each : *page) {
        out += (out.empty() ? "" : " ") + each.config.id + '@' + std::to_string(each.cursor);
        last = {each.config.task, each.config.id};
      }
      if (page->size() < limit) return out;
    }
  }
};

void check_same(const core::push_config& a, const core::push_config& b) {
  CHECK(a.id == b.id);
  CHECK(a.task == b.task);
  CHECK(a.url == b.url);
  CHECK(a.token == b.token);
  CHECK(a.scheme == b.scheme);
  CHECK(a.credentials == b.credentials);
  CHECK(a.dialect == b.dialect);
}

}  // namespace

TEST_CASE_TEMPLATE("a push configuration is found as it was put, also by the next process", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  const auto what = on.push(task, "a", 4);
  REQUIRE(on.pushes().put(what, after(0)));
  const auto next = on.backend.open();
  for (auto* store : {on.store.get(), next.get()}) {
    const auto found = store->pushes().find(task, "a");
    REQUIRE(found);
    check_same(found->config, what.config);
    CHECK(found->tenant == "default");
    CHECK(found->owner == "local");
    CHECK(found->context_id == "c");
    CHECK(found->cursor == 4);
  }
  CHECK_FALSE(on.has(task, "A"));
  CHECK_FALSE(on.has(on.task(1), "a"));
}

TEST_CASE_TEMPLATE("one that is put again is replaced, and goes on where it was", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  on.put(task, "a", 2);
  on.move(task, "a", 5);
  core::open_push other = on.push(task, "a", 9);
  other.config = {"a", task, "https://elsewhere.example", "", "", "", "v0_3"};
  REQUIRE(on.pushes().put(other, after(1)));
  const auto found = on.pushes().find(task, "a");
  REQUIRE(found);
  check_same(found->config, other.config);
  CHECK(found->cursor == 5);
  CHECK(on.pushes().list(task, {})->items.size() == 1);
}

TEST_CASE_TEMPLATE("one that was given up begins again when it is put again", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  for (const auto fate : {push_fate::done, push_fate::given_up}) {
    on.put(task, "a");
    on.move(task, "a", 3, fate);
    CHECK(on.open() == "");
    on.put(task, "a", 9);
    CHECK(on.open() == "a@3");
    CHECK(on.has(task, "a"));
  }
}

TEST_CASE_TEMPLATE("one that was given up is not shown, and one that is done is", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  for (const std::string id : {"a", "b", "c"}) on.put(task, id);
  on.move(task, "a", 3, push_fate::done);
  on.move(task, "b", 3, push_fate::given_up);
  CHECK(on.has(task, "a"));
  CHECK_FALSE(on.has(task, "b"));
  const auto all = on.pushes().list(task, {2, ""});
  REQUIRE(all);
  REQUIRE(all->items.size() == 2);
  CHECK(all->items[0].id == "a");
  CHECK(all->items[1].id == "c");
  CHECK(all->next_cursor.empty());
}

TEST_CASE_TEMPLATE("those that were given up make room for others, when there is none", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto full = on.task(0), other = on.task(1);
  on.put(other, "kept");
  on.move(other, "kept", 5, push_fate::given_up);
  for (std::size_t i = 0; i < limits::push_configs_max; ++i) on.put(full, std::to_string(i));
  on.move(full, "7", 5, push_fate::given_up);
  on.move(full, "8", 5, push_fate::done);
  on.put(full, "one more");
  CHECK_FALSE(on.pushes().put(on.push(full, "7"), after(0)));  // there is nothing left of it
  CHECK(on.has(full, "8"));
  on.put(other, "kept");
  CHECK(on.pushes().find(other, "kept")->cursor == 5);
}

TEST_CASE_TEMPLATE("a task has so many push configurations, and no more", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto full = on.task(0), other = on.task(1);
  for (std::size_t i = 0; i < limits::push_configs_max; ++i) on.put(full, std::to_string(i));
  const auto refused = on.pushes().put(on.push(full, "one more"), after(0));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::limit_exceeded);
  CHECK_FALSE(on.has(full, "one more"));
  on.put(full, "7");
  on.put(other, "one more");
  REQUIRE(on.pushes().remove(full, "7"));
  on.put(full, "one more");
}

TEST_CASE_TEMPLATE("a task's push configurations come by id, in pages", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task(0), other = on.task(1);
  for (const std::string id : {"d", "a", "e", "c", "b"}) on.put(task, id);
  on.put(other, "x");
  for (const int limit : {1, 2, 4, 5, 100}) {
    std::string seen;
    core::page_request want{limit, ""};
    do {
      const auto page = on.pushes().list(task, want);
      REQUIRE(page);
      REQUIRE_FALSE(page->items.empty());
      CHECK(page->items.size() <= static_cast<std::size_t>(limit));
      for (const auto& each : page->items) seen += each.id;
      want.cursor = page->next_cursor;
    } while (!want.cursor.empty());
    CHECK(seen == "abcde");
  }
  check_same(on.pushes().list(other, {})->items.at(0), on.push(other, "x").config);
  CHECK(on.pushes().list(on.task(2), {})->items.empty());
  CHECK(on.pushes().list(task, {0, ""}).error().code == errc::invalid);
}

TEST_CASE_TEMPLATE("one is removed, and removing it again does no harm", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  on.put(task, "a");
  on.put(task, "b");
  REQUIRE(on.pushes().remove(task, "a"));
  REQUIRE(on.pushes().remove(task, "a"));
  CHECK_FALSE(on.has(task, "a"));
  CHECK(on.open() == "b@0");
}

TEST_CASE_TEMPLATE("those that are not done come by task and id, in pages", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto first = on.task(0), second = on.task(1);
  on.put(second, "c", 7);
  on.put(second, "a");
  on.put(first, "b", 3);
  on.put(first, "d");
  on.put(first, "done");
  on.move(first, "done", 1, push_fate::done);
  for (const std::size_t limit : {1u, 2u, 3u, 4u, 100u}) CHECK(on.open(limit) == "b@3 d@0 a@0 c@7");
  const auto page = on.pushes().open(std::pair{first, std::string{"b"}}, 1);
  REQUIRE(page);
  REQUIRE(page->size() == 1);
  check_same(page->front().config, on.push(first, "d").config);
  CHECK(page->front().owner == "local");
  CHECK(page->front().context_id == "c");
}

TEST_CASE_TEMPLATE("a cursor moves forward only, and one that is done is done until it is put again", Backend,
                   MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  on.put(task, "a", 2);
  on.move(task, "a", 5);
  on.move(task, "a", 4);
  CHECK(on.open() == "a@5");
  on.move(task, "a", 3, push_fate::done);
  CHECK(on.open() == "");
  on.move(task, "a", 6);
  const auto done = on.pushes().find(task, "a");
  REQUIRE(done);
  CHECK(done->cursor == 6);
  CHECK(done->done);
  on.put(task, "a");
  CHECK(on.open() == "a@6");
}

TEST_CASE_TEMPLATE("what becomes of a push configuration does not become of one that was put since", Backend,
                   MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  for (const auto fate : {push_fate::done, push_fate::given_up, push_fate::gone}) {
    on.put(task, "a");
    const auto before = on.edition(task, "a");
    on.put(task, "a");
    on.move(task, "a", before, 3, fate);
    CHECK(on.open() == "a@3");  // it has been told, whoever it was
    on.move(task, "a", 3, fate);
    CHECK(on.open() == "");
    CHECK(on.has(task, "a") == (fate == push_fate::done));
    REQUIRE(on.pushes().remove(task, "a"));
  }
}

TEST_CASE_TEMPLATE("a push configuration that is made again is not moved by what was meant for the one before", Backend,
                   MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task();
  on.put(task, "a", 2);
  const auto before = on.edition(task, "a");
  REQUIRE(on.pushes().remove(task, "a"));
  on.put(task, "a", 4);
  for (const auto fate : {push_fate::open, push_fate::done, push_fate::given_up, push_fate::gone})
    on.move(task, "a", before, 9, fate);
  CHECK(on.open() == "a@4");
}

TEST_CASE_TEMPLATE("several move at once, and what is not there stays away", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto task = on.task(0), other = on.task(1);
  on.put(task, "a");
  on.put(task, "b");
  on.put(other, "a");
  const auto here = on.edition(task, "a"), there = on.edition(other, "a");
  const std::vector<core::push_move> to{{task, "a", here, 2, push_fate::open},
                                        {task, "gone", here, 9, push_fate::open},
                                        {other, "a", there, 3, push_fate::done},
                                        {task, "a", here, 4, push_fate::open}};
  REQUIRE(on.pushes().move(to));
  REQUIRE(on.pushes().move({}));
  CHECK(on.open() == "a@4 b@0");
  CHECK(on.pushes().find(other, "a")->cursor == 3);
  CHECK_FALSE(on.has(task, "gone"));
}

TEST_CASE_TEMPLATE("push configurations go with their task, however it goes", Backend, MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto removed = on.task(0), with_context = on.task(1, task_state::completed, "d"), swept = on.task(2),
             kept = on.task(100);
  for (const auto& task : {removed, with_context, swept, kept}) {
    on.put(task, "a");
    on.put(task, "b");
    on.move(task, "b", 1, push_fate::done);
  }
  const auto gone = [&](const task_id& task) { return !on.has(task, "a") && !on.has(task, "b"); };
  REQUIRE(on.store->remove(on.local, removed));
  CHECK(gone(removed));
  REQUIRE(on.store->remove_context(on.local, "d"));
  CHECK(gone(with_context));
  CHECK_FALSE(gone(swept));
  CHECK(*on.store->sweep(after(50), after(50), after(0), 10) == 1);
  CHECK(gone(swept));
  CHECK(on.has(kept, "a"));
  CHECK(on.has(kept, "b"));
}

TEST_CASE_TEMPLATE("push configurations of tasks that were in memory only end with the process", Backend,
                   MOFA_STORE_BACKENDS) {
  pushing<Backend> on;
  const auto in_memory = task_id::make(after(0)), kept = on.task(1, task_state::working);
  task_story late{on.epoch, after(2)};
  for (const auto& task : {in_memory, kept, late.id()}) {
    on.put(task, "open");
    on.put(task, "done");
    on.move(task, "done", 1, push_fate::done);
  }
  // Its first unit is committed after its configurations.
  REQUIRE(append_one(*on.store, late.step(task_state::working, {"submitted"})));
  CHECK(on.has(in_memory, "open"));
  on.store = on.backend.open();
  CHECK(on.has(in_memory, "open"));
  REQUIRE(on.store->acquire_ownership());
  for (const std::string id : {"open", "done"}) {
    CHECK_FALSE(on.has(in_memory, id));
    CHECK(on.has(kept, id));
    CHECK(on.has(late.id(), id));
  }
  CHECK(on.open() == "open@0 open@0");
}

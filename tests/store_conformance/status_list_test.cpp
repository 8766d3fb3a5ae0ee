// Lists by status: the newest status first, counted, and in pages that hold while tasks go on.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/store_backends.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;
using core::task_state;

namespace {

using ids = std::vector<task_id>;

core::task_filter by_status(core::task_filter filter = {}) {
  filter.by_status = true;
  filter.counted = true;
  return filter;
}

template <class Backend>
struct listing {
  Backend backend;
  std::unique_ptr<core::store> store = backend.open();
  std::uint64_t epoch = *store->acquire_ownership();

  /// Moves the task on to a state that it has since `at`.
  void step(task_story& story, task_state state, std::int64_t at) {
    story.row.updated_at = after(at);
    REQUIRE(append_one(*store, story.step(state, {"status_changed"})));
  }
  task_story made(std::int64_t created, task_state state, std::int64_t status_at) {
    task_story story{epoch, after(created)};
    step(story, state, status_at);
    return story;
  }

  core::page<core::task_row> page(const core::caller& who, const core::task_filter& filter, const core::page_request& want) {
    auto got = store->list(who, filter, want);
    REQUIRE(got);
    return *std::move(got);
  }
  /// Over all pages of that size; each must say how many there are.
  ids all(const core::caller& who, const core::task_filter& filter, int limit) {
    ids seen;
    core::page_request want{limit, ""};
    std::vector<std::int64_t> totals;
    do {
      const auto got = page(who, filter, want);
      for (const auto& row : got.items) seen.push_back(row.id);
      totals.push_back(got.total);
      want.cursor = got.next_cursor;
    } while (!want.cursor.empty());
    for (const auto total : totals) CHECK(total == static_cast<std::int64_t>(seen.size()));
    return seen;
  }
};

}  // namespace

TEST_CASE_TEMPLATE("by status: open and ended tasks, the newest status first, ties by id, all counted", Backend,
                   MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  const auto oldest = on.made(0, task_state::working, 50);
  const auto ended = on.made(1, task_state::completed, 30), tied = on.made(2, task_state::input_required, 30),
             tied_too = on.made(3, task_state::failed, 30), last = on.made(4, task_state::submitted, 4);
  const ids expected{oldest.id(), tied_too.id(), tied.id(), ended.id(), last.id()};
  for (const int limit : {1, 2, 3, 4, 5, 100}) {
    CHECK(on.all(caller_of("local"), by_status(), limit) == expected);
    CHECK(on.all(admin_of(), by_status(), limit) == expected);
  }
  const auto page = on.page(caller_of("local"), by_status(), {});
  REQUIRE(page.items.size() == 5);
  CHECK(page.items[0].status.state == task_state::working);
  CHECK(page.items[0].status.timestamp == after(50));
  CHECK(page.items[1].status.timestamp == after(30));
  CHECK(page.items[1].agent == "echo");
  auto not_counted = by_status();
  not_counted.counted = false;
  const auto same = on.page(caller_of("local"), not_counted, {});
  CHECK(same.items.size() == 5);
  CHECK(same.total == -1);
  CHECK(on.page(caller_of("local"), {}, {}).total == -1);
}

TEST_CASE_TEMPLATE("by status: a caller sees and counts their own, an admin those of the tenant", Backend,
                   MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  const auto put = [&](const std::string& owner, const std::string& tenant, task_state state, std::int64_t at) {
    task_story story{on.epoch, after(0)};
    story.row.owner = owner;
    story.row.tenant = tenant;
    on.step(story, state, at);
    return story.id();
  };
  const auto a1 = put("ann", "default", task_state::completed, 1), b2 = put("bob", "default", task_state::completed, 2),
             a3 = put("ann", "default", task_state::working, 3), b4 = put("bob", "default", task_state::working, 4),
             a5 = put("ann", "default", task_state::failed, 5), e6 = put("ann", "other", task_state::failed, 6);
  for (const int limit : {1, 2, 100}) {
    for (const bool of_agent : {true, false}) {
      auto filter = by_status();
      if (of_agent) filter.agent = "echo";
      CHECK(on.all(caller_of("ann"), filter, limit) == ids{a5, a3, a1});
      CHECK(on.all(caller_of("bob"), filter, limit) == ids{b4, b2});
      CHECK(on.all(admin_of(), filter, limit) == ids{a5, b4, a3, b2, a1});
      CHECK(on.all(caller_of("ann", "other"), filter, limit) == ids{e6});
      CHECK(on.all(caller_of("nobody"), filter, limit).empty());
    }
  }
}

TEST_CASE_TEMPLATE("by status: who sees all owners sees their tasks in one order, of few owners as of many", Backend,
                   MOFA_STORE_BACKENDS) {
  for (const int owners : {1, 3, 16, 17, 30}) {
    CAPTURE(owners);
    listing<Backend> on;
    ids expected, completed;
    for (int i = 0; i < 60; ++i) {
      task_story story{on.epoch, after(i)};
      story.row.owner = "owner" + std::to_string(i * 7 % owners);
      on.step(story, i % 4 == 0 ? task_state::working : task_state::completed, 1'000 - i);
      expected.push_back(story.id());
      if (i % 4 != 0) completed.push_back(story.id());
    }
    core::task_filter filter;
    filter.agent = "echo";
    for (const int limit : {7, 100}) CHECK(on.all(admin_of(), by_status(filter), limit) == expected);
    filter.state = task_state::completed;
    CHECK(on.all(admin_of(), by_status(filter), 11) == completed);
    filter.state = task_state::working;
    CHECK(on.page(admin_of(), by_status(filter), {}).total == 15);
    filter.context_id = "none";
    CHECK(on.all(admin_of(), by_status(filter), 11).empty());
  }
}

TEST_CASE_TEMPLATE("by status: each filter, and all of them together", Backend, MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  const auto parent = task_id::make(after(5));
  // Made in this order, with statuses in the other.
  task_story plain{on.epoch, after(0)}, special{on.epoch, after(10)}, working{on.epoch, after(20)};
  special.row.agent = "weather";
  special.row.context_id = "c";
  special.row.parent_id = parent;
  special.row.labels = {{"team \"a\".b", "x'y"}, {"n", "1"}};
  working.row.labels = {{"n", "2"}};
  on.step(plain, task_state::completed, 300);
  on.step(special, task_state::failed, 200);
  on.step(working, task_state::working, 100);
  const auto only = [&](const core::task_filter& filter) {
    const auto own = on.all(caller_of("local"), by_status(filter), 2);
    CHECK(own == on.all(admin_of(), by_status(filter), 2));
    return own;
  };
  using filter = core::task_filter;
  const auto with = [](auto member, auto value, filter base = {}) {
    base.*member = value;
    return base;
  };
  const ids is_plain{plain.id()}, is_special{special.id()}, is_working{working.id()};
  CHECK(only({}) == ids{plain.id(), special.id(), working.id()});
  CHECK(only(with(&filter::agent, "weather")) == is_special);
  CHECK(only(with(&filter::agent, "echo")) == ids{plain.id(), working.id()});
  CHECK(only(with(&filter::context_id, "c")) == is_special);
  CHECK(only(with(&filter::parent_id, parent)) == is_special);
  CHECK(only(with(&filter::state, task_state::failed)) == is_special);
  CHECK(only(with(&filter::state, task_state::working)) == is_working);
  CHECK(only(with(&filter::state, task_state::completed)) == is_plain);
  CHECK(only(with(&filter::state, task_state::submitted)).empty());
  CHECK(only(with(&filter::label, std::pair{"team \"a\".b", "x'y"})) == is_special);
  CHECK(only(with(&filter::label, std::pair{"n", "2"})) == is_working);
  CHECK(only(with(&filter::label, std::pair{"n", "3"})).empty());
  CHECK(only(with(&filter::since, after(10))) == ids{special.id(), working.id()});
  CHECK(only(with(&filter::since, after(11))) == is_working);
  CHECK(only(with(&filter::status_since, after(200))) == ids{plain.id(), special.id()});
  CHECK(only(with(&filter::status_since, after(201))) == is_plain);
  CHECK(only(with(&filter::status_since, after(301))).empty());
  CHECK(only(with(&filter::status_since, after(100), with(&filter::state, task_state::working))) == is_working);
  CHECK(only(with(&filter::status_since, after(101), with(&filter::state, task_state::working))).empty());
  CHECK(only({"weather", "c", task_state::failed, std::pair{"n", "1"}, parent, after(10), after(200)}) == is_special);
  CHECK(only({"weather", "c", task_state::failed, std::pair{"n", "1"}, parent, after(10), after(201)}).empty());
  CHECK(only(with(&filter::context_id, "c", with(&filter::agent, "echo"))).empty());
  CHECK(only(with(&filter::parent_id, parent, with(&filter::state, task_state::completed))).empty());
}

TEST_CASE_TEMPLATE("tasks of a context and children of a task come by status, too", Backend, MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  const auto parent = task_id::make(after(0));
  ids made;
  std::int64_t at = 30;
  for (const auto state : {task_state::completed, task_state::working, task_state::failed}) {
    task_story story{on.epoch, after(1)};
    story.row.context_id = "c";
    story.row.parent_id = parent;
    on.step(story, state, --at);
    made.push_back(story.id());
  }
  on.made(2, task_state::completed, 50);
  core::task_filter in_context, of_parent;
  in_context.context_id = "c";
  of_parent.parent_id = parent;
  for (const int limit : {1, 2, 3}) {
    CHECK(on.all(caller_of("local"), by_status(in_context), limit) == made);
    CHECK(on.all(caller_of("local"), by_status(of_parent), limit) == made);
  }
}

TEST_CASE_TEMPLATE("statuses since a moment, the newest task first", Backend, MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  const auto first = on.made(0, task_state::completed, 300), second = on.made(1, task_state::working, 200),
             third = on.made(2, task_state::completed, 100);
  const auto since = [&](std::int64_t at, core::task_filter filter = {}) {
    filter.status_since = after(at);
    ids out;
    for (const auto& row : on.page(caller_of("local"), filter, {}).items) out.push_back(row.id);
    return out;
  };
  CHECK(since(100) == ids{third.id(), second.id(), first.id()});
  CHECK(since(101) == ids{second.id(), first.id()});
  CHECK(since(300) == ids{first.id()});
  core::task_filter working;
  working.state = task_state::working;
  CHECK(since(200, working) == ids{second.id()});
  CHECK(since(201, working).empty());
}

TEST_CASE_TEMPLATE("pages by status hold while statuses change: whoever does not move is seen exactly once", Backend,
                   MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  std::vector<task_story> stories;
  // Pairs with the same time.
  for (int i = 0; i < 12; ++i) stories.push_back(on.made(i, task_state::working, 100 + i / 2));
  ids seen;
  core::page_request want{3, ""};
  std::int64_t now = 1000;
  // Before each further page a task ends that was shown already, one that was not, and a new one comes.
  std::vector<std::size_t> moving{11, 0, 8, 1, 5, 2};
  std::size_t moved = 0;
  for (;;) {
    const auto page = on.page(caller_of("local"), by_status(), want);
    for (const auto& row : page.items) seen.push_back(row.id);
    want.cursor = page.next_cursor;
    if (want.cursor.empty()) break;
    for (int i = 0; i < 2 && moved < moving.size(); ++i) on.step(stories[moving[moved++]], task_state::completed, ++now);
    ++now;
    on.made(now, task_state::submitted, now);
  }
  CHECK(moved == moving.size());
  for (std::size_t i = 0; i < stories.size(); ++i) {
    const auto times = std::count(seen.begin(), seen.end(), stories[i].id());
    const bool stayed = std::find(moving.begin(), moving.end(), i) == moving.end();
    CHECK(times <= 1);
    if (stayed) CHECK(times == 1);
  }
  // What came meanwhile has newer statuses than the first page.
  CHECK(seen.size() <= stories.size());
}

TEST_CASE_TEMPLATE("an ended task is found where its end puts it, and is gone when it is removed", Backend,
                   MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  auto first = on.made(0, task_state::working, 10);
  const auto second = on.made(1, task_state::working, 20);
  CHECK(on.all(caller_of("local"), by_status(), 1) == ids{second.id(), first.id()});
  on.step(first, task_state::canceled, 30);
  CHECK(on.all(caller_of("local"), by_status(), 1) == ids{first.id(), second.id()});
  REQUIRE(on.store->remove(caller_of("local"), first.id()));
  CHECK(on.all(caller_of("local"), by_status(), 1) == ids{second.id()});
}

TEST_CASE_TEMPLATE("the count is right however tasks end, and however they go", Backend, MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  const auto counted = [&](std::optional<task_state> state, const std::string& owner = "local") {
    core::task_filter filter;
    filter.agent = "echo";
    filter.state = state;
    return on.page(caller_of(owner), by_status(filter), {1, ""}).total;
  };
  auto first = on.made(0, task_state::working, 10);
  CHECK(counted(task_state::completed) == 0);
  on.step(first, task_state::completed, 20);
  const auto second = on.made(1, task_state::completed, 30), third = on.made(2, task_state::failed, 40);
  task_story other{on.epoch, after(3)};
  other.row.owner = "bob";
  on.step(other, task_state::completed, 50);
  CHECK(counted(task_state::completed) == 2);
  CHECK(counted(task_state::failed) == 1);
  CHECK(counted(std::nullopt) == 3);
  CHECK(counted(std::nullopt, "bob") == 1);
  REQUIRE(on.store->remove(caller_of("local"), second.id()));
  CHECK(counted(task_state::completed) == 1);
  // A sweep takes those that have ended before a moment.
  REQUIRE(*on.store->sweep(after(25), after(0), after(0), 100) == 1);
  CHECK(counted(task_state::completed) == 0);
  CHECK(counted(std::nullopt) == 1);
  REQUIRE(on.store->remove_context(caller_of("local"), third.row.context_id));
  CHECK(counted(std::nullopt) == 0);
  CHECK(counted(std::nullopt, "bob") == 1);
}

TEST_CASE_TEMPLATE("a cursor of one order is invalid in the other", Backend, MOFA_STORE_BACKENDS) {
  listing<Backend> on;
  on.made(0, task_state::working, 10);
  on.made(1, task_state::completed, 20);
  const auto who = caller_of("local");
  const auto of_ids = on.page(who, {}, {1, ""}).next_cursor;
  const auto of_statuses = on.page(who, by_status(), {1, ""}).next_cursor;
  REQUIRE_FALSE(of_ids.empty());
  REQUIRE_FALSE(of_statuses.empty());
  CHECK(on.store->list(who, by_status(), {1, of_ids}).error().code == errc::invalid);
  CHECK(on.store->list(who, {}, {1, of_statuses}).error().code == errc::invalid);
  CHECK(on.store->list(who, by_status(), {1, "x"}).error().code == errc::invalid);
  CHECK(on.store->list(who, by_status(), {0, ""}).error().code == errc::invalid);
}

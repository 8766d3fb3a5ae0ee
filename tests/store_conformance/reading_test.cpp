// Reading: whose tasks a caller sees, filters, pages, contexts and their messages.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/store_backends.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;
using core::task_state;

namespace {

std::vector<task_id> ids_of(const result<core::page<core::task_row>>& page) {
  REQUIRE(page);
  std::vector<task_id> ids;
  for (const auto& row : page->items) ids.push_back(row.id);
  return ids;
}

/// Three tasks of two owners in two tenants.
template <class Backend>
struct populated {
  Backend backend;
  std::unique_ptr<core::store> store = backend.open();
  std::uint64_t epoch = *store->acquire_ownership();
  task_story ann{epoch, after(0)}, bob{epoch, after(1)}, eve{epoch, after(2)};

  populated() {
    ann.row.owner = "ann";
    bob.row.owner = "bob";
    eve.row.owner = "ann";
    eve.row.tenant = "other";
    ann.row.context_id = bob.row.context_id = eve.row.context_id = "shared name";
    for (auto* story : {&ann, &bob, &eve}) REQUIRE(append_one(*store, story->whole()));
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a caller sees their own tasks, an admin those of the tenant, nobody those of another", Backend,
                   MOFA_STORE_BACKENDS) {
  populated<Backend> on;
  CHECK(ids_of(on.store->list(caller_of("ann"), {}, {})) == std::vector{on.ann.id()});
  CHECK(ids_of(on.store->list(caller_of("bob"), {}, {})) == std::vector{on.bob.id()});
  CHECK(ids_of(on.store->list(caller_of("ann", "other"), {}, {})) == std::vector{on.eve.id()});
  CHECK(ids_of(on.store->list(admin_of(), {}, {})) == std::vector{on.bob.id(), on.ann.id()});
  CHECK(ids_of(on.store->list(caller_of("nobody"), {}, {})).empty());

  CHECK(on.store->row(caller_of("ann"), on.ann.id()));
  CHECK(on.store->row(admin_of(), on.ann.id()));
  CHECK(on.store->row(caller_of("bob"), on.ann.id()).error().code == errc::not_found);
  CHECK(on.store->row(caller_of("ann"), on.eve.id()).error().code == errc::not_found);
  CHECK(on.store->row(admin_of("other"), on.ann.id()).error().code == errc::not_found);

  CHECK(on.store->remove(caller_of("bob"), on.ann.id()).error().code == errc::not_found);
  CHECK(on.store->remove(admin_of("other"), on.ann.id()).error().code == errc::not_found);
  CHECK(on.store->load(on.ann.id()));
}

TEST_CASE_TEMPLATE("contexts of one name belong to their owners", Backend, MOFA_STORE_BACKENDS) {
  populated<Backend> on;
  const std::string id = "shared name";
  for (const auto& who : {caller_of("ann"), caller_of("bob"), caller_of("ann", "other")}) {
    const auto found = on.store->context(who, id);
    REQUIRE(found);
    CHECK(found->tasks == 1);
    REQUIRE(on.store->contexts(who, {})->items.size() == 1);
  }
  CHECK(on.store->context(caller_of("eve"), id).error().code == errc::not_found);
  CHECK(on.store->context_events(caller_of("eve"), id, {}).error().code == errc::not_found);
  CHECK(on.store->remove_context(caller_of("eve"), id).error().code == errc::not_found);
  CHECK(on.store->contexts(admin_of(), {})->items.size() == 2);
  const auto messages = on.store->context_events(caller_of("ann"), id, {});
  REQUIRE(messages);
  for (const auto& event : messages->items) CHECK(event->task == on.ann.id());
  REQUIRE(on.store->remove_context(caller_of("bob"), id));
  CHECK(on.store->load(on.bob.id()).error().code == errc::not_found);
  CHECK(on.store->load(on.ann.id()));
  CHECK(on.store->load(on.eve.id()));
}

TEST_CASE_TEMPLATE("lists go newest first through pages without gaps or repetition", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  const auto epoch = *store->acquire_ownership();
  std::vector<task_id> newest_first;
  for (int i = 0; i < 7; ++i) {
    task_story story{epoch, after(i)};
    REQUIRE(append_one(*store, story.whole()));
    newest_first.insert(newest_first.begin(), story.id());
  }
  std::vector<task_id> seen;
  core::page_request want{3, ""};
  for (const std::size_t size : {3u, 3u, 1u}) {
    const auto page = store->list(caller_of("local"), {}, want);
    REQUIRE(page);
    CHECK(page->items.size() == size);
    for (const auto& row : page->items) seen.push_back(row.id);
    want.cursor = page->next_cursor;
  }
  CHECK(want.cursor.empty());
  CHECK(seen == newest_first);
  const auto exact = store->list(caller_of("local"), {}, {7, ""});
  CHECK(exact->items.size() == 7);
  CHECK(exact->next_cursor.empty());
}

TEST_CASE_TEMPLATE("a cursor of another list, or none of ours, is invalid", Backend, MOFA_STORE_BACKENDS) {
  populated<Backend> on;
  task_story second{on.epoch, after(3)};
  second.row.owner = "ann";
  REQUIRE(append_one(*on.store, second.whole()));
  const auto who = caller_of("ann");
  const auto of_tasks = on.store->list(who, {}, {1, ""});
  const auto of_contexts = on.store->contexts(who, {1, ""});
  const auto of_messages = on.store->context_events(who, "shared name", {1, ""});
  REQUIRE_FALSE(of_tasks->next_cursor.empty());
  REQUIRE_FALSE(of_contexts->next_cursor.empty());
  REQUIRE_FALSE(of_messages->next_cursor.empty());
  for (const std::string& wrong :
       {std::string{"x"}, std::string{"' OR 1=1"}, of_contexts->next_cursor, of_messages->next_cursor}) {
    CHECK(on.store->list(who, {}, {1, wrong}).error().code == errc::invalid);
  }
  CHECK(on.store->contexts(who, {1, of_tasks->next_cursor}).error().code == errc::invalid);
  CHECK(on.store->context_events(who, "shared name", {1, of_tasks->next_cursor}).error().code == errc::invalid);
  CHECK(on.store->list(who, {}, {0, ""}).error().code == errc::invalid);
}

TEST_CASE_TEMPLATE("each filter, and all of them together", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  const auto epoch = *store->acquire_ownership();
  task_story plain{epoch, after(0)}, special{epoch, after(10)}, working{epoch, after(20)};
  const auto parent = task_id::make(after(5));
  special.row.agent = "weather";
  special.row.context_id = "c";
  special.row.parent_id = parent;
  special.row.labels = {{"team \"a\".b", "x'y"}, {"n", "1"}};
  working.row.labels = {{"n", "2"}};
  REQUIRE(append_one(*store, plain.whole()));
  REQUIRE(append_one(*store, special.step(task_state::failed, {"submitted", "status_changed"})));
  REQUIRE(append_one(*store, working.step(task_state::working, {"submitted"})));
  const auto only = [&store](const core::task_filter& filter) {
    const auto own = ids_of(store->list(caller_of("local"), filter, {}));
    CHECK(own == ids_of(store->list(admin_of(), filter, {})));
    return own;
  };
  const std::vector is_special{special.id()}, is_working{working.id()}, is_plain{plain.id()};
  using filter = core::task_filter;
  const auto with = [](auto member, auto value, filter base = {}) {
    base.*member = value;
    return base;
  };
  CHECK(only(with(&filter::agent, "weather")) == is_special);
  CHECK(only(with(&filter::context_id, "c")) == is_special);
  CHECK(only(with(&filter::state, task_state::failed)) == is_special);
  CHECK(only(with(&filter::state, task_state::working)) == is_working);
  CHECK(only(with(&filter::state, task_state::completed)) == is_plain);
  CHECK(only(with(&filter::label, std::pair{"team \"a\".b", "x'y"})) == is_special);
  CHECK(only(with(&filter::label, std::pair{"n", "2"})) == is_working);
  CHECK(only(with(&filter::label, std::pair{"n", "3"})).empty());
  CHECK(only(with(&filter::parent_id, parent)) == is_special);
  CHECK(only(with(&filter::since, after(10))) == std::vector{working.id(), special.id()});
  CHECK(only(with(&filter::since, after(11))) == is_working);
  CHECK(only({"weather", "c", task_state::failed, std::pair{"n", "1"}, parent, after(10)}) == is_special);
  CHECK(only(with(&filter::context_id, "c", with(&filter::agent, "echo"))).empty());
  CHECK(only(with(&filter::parent_id, parent, with(&filter::agent, "echo"))).empty());
  CHECK(only(with(&filter::state, task_state::working, with(&filter::agent, "weather"))).empty());
}

TEST_CASE_TEMPLATE("contexts come by their newest task, with what their tasks add up to", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  const auto epoch = *store->acquire_ownership();
  for (const auto& [context, at] :
       std::vector<std::pair<std::string, int>>{{"a", 0}, {"b", 1}, {"c", 2}, {"a", 3}, {"a", 4}}) {
    task_story story{epoch, after(at)};
    story.row.context_id = context;
    story.row.updated_at = after(at + 100);
    REQUIRE(append_one(*store, story.whole()));
  }
  std::vector<std::string> seen;
  core::page_request want{1, ""};
  do {
    const auto page = store->contexts(caller_of("local"), want);
    REQUIRE(page);
    REQUIRE(page->items.size() == 1);
    seen.push_back(page->items[0].id);
    want.cursor = page->next_cursor;
  } while (!want.cursor.empty());
  CHECK(seen == std::vector<std::string>{"a", "c", "b"});
  const auto a = store->context(caller_of("local"), "a");
  REQUIRE(a);
  CHECK(a->tasks == 3);
  CHECK(a->created_at == after(0));
  CHECK(a->updated_at == after(104));
  CHECK(store->context(caller_of("local"), "d").error().code == errc::not_found);
}

TEST_CASE_TEMPLATE("the messages of a context come newest first across its tasks, and nothing else does", Backend,
                   MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  const auto epoch = *store->acquire_ownership();
  task_story one{epoch, after(0)}, two{epoch, after(1)}, apart{epoch, after(2)};
  one.row.context_id = two.row.context_id = "c";
  const core::json message = core::to_json(core::text_message(core::role::user, "m", "hi"));
  REQUIRE(append_one(*store, apart.whole()));
  REQUIRE(append_one(*store, one.step_with(task_state::input_required, {{"submitted", {{"message", message}}, 1},
                                                                        {"effect_requested", {{"message", message}}, 1},
                                                                        {"status_changed", {{"state", "working"}}, 1}})));
  REQUIRE(append_one(*store, two.step_with(task_state::completed, {{"submitted", {{"message", message}}, 1},
                                                                   {"replied", {{"message", message}}, 1},
                                                                   {"status_changed", {{"message", nullptr}}, 1}})));
  one.row.updated_at = after(50);
  REQUIRE(append_one(*store, one.step_with(task_state::completed, {{"message_received", {{"message", message}}, 1},
                                                                   {"message_added", {{"message", message}}, 1},
                                                                   {"status_changed", {{"message", message}}, 1}})));
  using place = std::pair<task_id, std::uint64_t>;
  const std::vector<place> expected{{one.id(), 6}, {one.id(), 5}, {one.id(), 4},
                                    {two.id(), 2}, {two.id(), 1}, {one.id(), 1}};
  for (const int limit : {1, 2, 4, 6, 200}) {
    std::vector<place> seen;
    core::page_request want{limit, ""};
    do {
      const auto page = store->context_events(caller_of("local"), "c", want);
      REQUIRE(page);
      REQUIRE_FALSE(page->items.empty());
      for (const auto& event : page->items) seen.emplace_back(event->task, event->seq);
      want.cursor = page->next_cursor;
    } while (!want.cursor.empty());
    CHECK(seen == expected);
  }
}

// Ownership: of two owners the older can append nothing; unclean stops are counted; open tasks and timers after a restart.
#include <doctest/doctest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/store_backends.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;
using core::task_state;

namespace {

core::append_unit undecided(task_story& story, std::vector<std::string> kinds) {
  auto unit = story.step(task_state::working, kinds);
  unit.row.decided_seq = unit.row.last_seq - 1;
  unit.row.wake = true;
  return unit;
}

int unclean_stops(core::store& in) {
  const auto open = in.open("echo");
  REQUIRE(open);
  REQUIRE(open->wake.size() == 1);
  return open->wake[0].unclean_stops;
}

}  // namespace

TEST_CASE_TEMPLATE("of two owners of one database the older can append nothing", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto older = backend.open();
  const auto newer = backend.open();
  const auto older_epoch = older->acquire_ownership();
  REQUIRE(older_epoch);
  task_story shared{*older_epoch, after(0)}, fresh{*older_epoch, after(1)};
  REQUIRE(append_one(*older, shared.step(task_state::working, {"submitted"})));

  const auto newer_epoch = newer->acquire_ownership();
  REQUIRE(newer_epoch);
  CHECK(*newer_epoch > *older_epoch);
  const std::vector<core::append_unit> late{task_story{shared}.step(task_state::completed, {"replied"}), fresh.whole()};
  for (auto* through : {older.get(), newer.get()}) {
    for (const auto& outcome : through->append(late)) {
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().code == errc::conflict);
    }
  }
  CHECK(newer->load(shared.id())->row.last_seq == 1);
  CHECK(newer->load(fresh.id()).error().code == errc::not_found);

  shared.epoch = *newer_epoch;
  CHECK(append_one(*newer, shared.step(task_state::completed, {"replied"})));
  const auto late_release = older->release_ownership();
  REQUIRE_FALSE(late_release);
  CHECK(late_release.error().code == errc::conflict);
}

TEST_CASE_TEMPLATE("two owners in a race never both append to one task", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto first = backend.open();
  const auto second = backend.open();
  task_story shared{*first->acquire_ownership(), after(0)};
  REQUIRE(append_one(*first, shared.step(task_state::working, {"submitted"})));
  std::atomic<int> appended{0};
  std::atomic<bool> ended{false};
  std::thread old_owner([&, mine = shared]() mutable {
    while (append_one(*first, mine.step(task_state::working, {"a.old"}))) ++appended;
    ended = true;
  });
  while (appended.load() < 20 && !ended.load()) std::this_thread::yield();
  const auto epoch = second->acquire_ownership();
  REQUIRE(epoch);
  const auto at_takeover = second->load(shared.id())->row;
  old_owner.join();
  const auto loaded = second->load(shared.id());
  CHECK(loaded->row.last_seq == at_takeover.last_seq);
  shared.row = loaded->row;
  shared.epoch = *epoch;
  CHECK(append_one(*second, shared.step(task_state::completed, {"a.new"})));
}

TEST_CASE_TEMPLATE("without ownership, and after its release, nothing is appended", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  task_story early{0, after(0)}, guessed{1, after(1)};
  CHECK(append_one(*store, early.whole()).error().code == errc::conflict);
  CHECK(append_one(*store, guessed.whole()).error().code == errc::conflict);
  CHECK(store->release_ownership().error().code == errc::conflict);

  task_story story{*store->acquire_ownership(), after(2)};
  REQUIRE(append_one(*store, story.step(task_state::working, {"submitted"})));
  REQUIRE(store->release_ownership());
  CHECK(append_one(*store, story.step(task_state::completed, {"replied"})).error().code == errc::conflict);
  CHECK(store->load(story.id())->row.last_seq == 1);
}

TEST_CASE_TEMPLATE("unclean stops are counted while a task is undecided, and forgotten when it is decided", Backend,
                   MOFA_STORE_BACKENDS) {
  Backend backend;
  auto store = backend.open();
  task_story story{*store->acquire_ownership(), after(0)};
  REQUIRE(append_one(*store, undecided(story, {"submitted"})));
  CHECK(unclean_stops(*store) == 0);

  for (int stops = 1; stops <= 2; ++stops) {
    store.reset();
    store = backend.open();
    story.epoch = *store->acquire_ownership();
    CHECK(unclean_stops(*store) == stops);
  }
  REQUIRE(append_one(*store, undecided(story, {"message_received"})));
  CHECK(unclean_stops(*store) == 2);

  REQUIRE(store->release_ownership());
  store = backend.open();
  story.epoch = *store->acquire_ownership();
  CHECK(unclean_stops(*store) == 2);

  auto decided = story.step(task_state::working, {"effect_requested"});
  decided.row.wake = true;
  REQUIRE(append_one(*store, decided));
  CHECK(unclean_stops(*store) == 0);
  store = backend.open();
  REQUIRE(store->acquire_ownership());
  CHECK(unclean_stops(*store) == 0);
}

TEST_CASE_TEMPLATE("after a restart an agent finds what needs an actor, and how many sleep", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  const auto epoch = *store->acquire_ownership();
  task_story waits{epoch, after(0)}, asks{epoch, after(1)}, works{epoch, after(2)}, sleeps{epoch, after(3)},
      ended{epoch, after(4)}, other{epoch, after(5)};
  works.row.tenant = "other";
  works.row.owner = "somebody";
  works.row.wake = other.row.wake = true;
  other.row.agent = "another";
  const std::vector<core::append_unit> units{undecided(waits, {"submitted"}),
                                             asks.step(task_state::input_required, {"submitted"}),
                                             works.step(task_state::working, {"submitted", "effect_requested"}),
                                             sleeps.step(task_state::working, {"submitted", "timer_set"}),
                                             ended.whole(),
                                             other.step(task_state::working, {"submitted"})};
  for (const auto& outcome : store->append(units)) REQUIRE(outcome);

  const auto open = store->open("echo");
  REQUIRE(open);
  REQUIRE(open->wake.size() == 2);
  CHECK(open->wake[0].id == waits.id());
  CHECK(open->wake[0].undecided);
  CHECK(open->wake[0].context_id == waits.row.context_id);
  CHECK(open->wake[1].id == works.id());
  CHECK_FALSE(open->wake[1].undecided);
  CHECK(open->wake[1].tenant == "other");
  CHECK(open->wake[1].owner == "somebody");
  CHECK(open->wake[1].state == task_state::working);
  CHECK(open->sleeping == 1);
  CHECK(store->open("nobody")->wake.empty());
}

TEST_CASE_TEMPLATE("a context is kept busy by its oldest task at work", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  const auto epoch = *store->acquire_ownership();
  const auto busy = [&store] { return *store->busy_task("default", "local", "echo", "c"); };
  task_story first{epoch, after(0)}, second{epoch, after(1)};
  first.row.context_id = second.row.context_id = "c";
  CHECK_FALSE(busy());
  REQUIRE(append_one(*store, second.step(task_state::submitted, {"submitted"})));
  CHECK(busy() == second.id());
  REQUIRE(append_one(*store, first.step(task_state::working, {"submitted"})));
  CHECK(busy() == first.id());
  CHECK_FALSE(*store->busy_task("default", "local", "another", "c"));
  CHECK_FALSE(*store->busy_task("default", "another", "echo", "c"));
  CHECK_FALSE(*store->busy_task("other", "local", "echo", "c"));
  REQUIRE(append_one(*store, first.step(task_state::input_required, {"status_changed"})));
  CHECK(busy() == second.id());
  REQUIRE(append_one(*store, second.step(task_state::failed, {"status_changed"})));
  CHECK_FALSE(busy());
}

TEST_CASE_TEMPLATE("timers come by due time, are cleared with the fact that they fired, and go with their task", Backend,
                   MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  const auto epoch = *store->acquire_ownership();
  task_story one{epoch, after(0)}, two{epoch, after(1)};
  const auto named = [](const task_story& of, int nr) { return of.id().str() + "/" + std::to_string(nr); };
  auto sets = one.step(task_state::working, {"submitted", "timer_set", "timer_set", "timer_set", "timer_canceled"});
  sets.timers_set = {{named(one, 2), one.id(), "echo", after(30)},
                     {named(one, 3), one.id(), "echo", after(10)},
                     {named(one, 4), one.id(), "echo", after(5)}};
  sets.timers_cleared = {named(one, 4)};
  auto sets_too = two.step(task_state::working, {"submitted", "timer_set"});
  sets_too.timers_set = {{named(two, 2), two.id(), "echo", after(20)}};
  for (const auto& outcome : store->append(std::vector<core::append_unit>{sets, sets_too})) REQUIRE(outcome);

  const auto due = [&store](time_point until, std::size_t limit) {
    std::vector<std::string> ids;
    const auto found = store->timers(until, limit);
    REQUIRE(found);
    for (const auto& timer : *found) ids.push_back(timer.timer_id);
    return ids;
  };
  CHECK(due(after(100), 10) == std::vector<std::string>{named(one, 3), named(two, 2), named(one, 2)});
  CHECK(due(after(100), 2) == std::vector<std::string>{named(one, 3), named(two, 2)});
  CHECK(due(after(20), 10) == std::vector<std::string>{named(one, 3)});
  const auto first = store->timers(after(11), 1);
  REQUIRE(first->size() == 1);
  CHECK((*first)[0].task == one.id());
  CHECK((*first)[0].agent == "echo");
  CHECK((*first)[0].due == after(10));

  auto fired = one.step(task_state::working, {"timer_fired"});
  fired.timers_cleared = {named(one, 3)};
  REQUIRE(append_one(*store, fired));
  CHECK(due(after(100), 10) == std::vector<std::string>{named(two, 2), named(one, 2)});
  REQUIRE(append_one(*store, one.step(task_state::canceled, {"cancel_requested", "status_changed"})));
  CHECK(due(after(100), 10) == std::vector<std::string>{named(two, 2)});
}

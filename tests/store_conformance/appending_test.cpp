// Appending: all or nothing, order, sequence checks, idempotency, snapshots.
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

template <class Backend>
struct owned {
  Backend backend;
  std::unique_ptr<core::store> store = backend.open();
  std::uint64_t epoch = *store->acquire_ownership();
};

core::idempotency_record key_record(const std::string& key, const std::string& hash) {
  return {"default", "local", {key, "POST /tasks", hash}, after(0)};
}

}  // namespace

TEST_CASE_TEMPLATE("a unit is there whole after its append, byte for byte", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  story.row.agent_version = 7;
  story.row.parent_id = task_id::make(after(0));
  story.row.priority = core::priority::high;
  story.row.usage = {1, 2, 3, 4, 5};
  story.row.labels = {{"team", "a\"b.c"}, {"", "empty"}};
  story.row.durability = core::durability::none;
  story.row.wake = true;
  story.row.status.code = "why";
  story.row.status.message = core::text_message(core::role::agent, "m1", "Grüße \n\"quoted\"");
  auto unit =
      story.step_with(task_state::working, {{"submitted", {{"text", "ü\n"}}, 1}, {"scenario.note", {{"n", 1.5}}, 3}});
  unit.row.decided_seq = 1;
  REQUIRE(append_one(*on.store, unit));

  const auto loaded = on.store->load(story.id());
  REQUIRE(loaded);
  const auto& row = loaded->row;
  CHECK(row.id == story.id());
  CHECK(row.tenant == "default");
  CHECK(row.owner == "local");
  CHECK(row.agent == "echo");
  CHECK(row.agent_version == 7);
  CHECK(row.context_id == story.row.context_id);
  CHECK(row.parent_id == story.row.parent_id);
  CHECK(row.status.state == task_state::working);
  CHECK(row.status.code == "why");
  REQUIRE(row.status.message);
  CHECK(core::to_json(*row.status.message) == core::to_json(*story.row.status.message));
  CHECK(row.status.timestamp == after(0));
  CHECK(row.priority == core::priority::high);
  CHECK(row.created_at == after(0));
  CHECK(row.updated_at == after(0));
  CHECK(row.usage.input_tokens == 1);
  CHECK(row.usage.output_tokens == 2);
  CHECK(row.usage.cost_microusd == 3);
  CHECK(row.usage.model_calls == 4);
  CHECK(row.usage.tool_calls == 5);
  CHECK(row.labels == story.row.labels);
  CHECK(row.last_seq == 2);
  CHECK(row.decided_seq == 1);
  CHECK(row.wake);
  CHECK(row.durability == core::durability::none);
  REQUIRE(loaded->events.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(core::to_json_text(*loaded->events[i]) == core::to_json_text(*unit.events[i]));
  }
  CHECK_FALSE(loaded->snapshot);
}

TEST_CASE_TEMPLATE("a task that nobody made is not found", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  const auto loaded = on.store->load(task_id::make(after(0)));
  REQUIRE_FALSE(loaded);
  CHECK(loaded.error().code == errc::not_found);
  CHECK(on.store->events(task_id::make(after(0)), 0, 10)->empty());
}

TEST_CASE_TEMPLATE("a unit with a stale number leaves nothing behind and the others of its call are committed", Backend,
                   MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story first{on.epoch, after(0)}, second{on.epoch, after(1)}, third{on.epoch, after(2)};
  REQUIRE(append_one(*on.store, second.step(task_state::working, {"submitted"})));
  task_story stale = second;
  REQUIRE(append_one(*on.store, second.step(task_state::working, {"message_received"})));

  auto refused = stale.step(task_state::completed, {"timer_fired", "replied"});
  refused.timers_set = {{"t/1", stale.id(), "echo", after(9)}};
  refused.snapshot = core::snapshot{2, "{}"};
  refused.idempotency = key_record("k", "h");
  const std::vector<core::append_unit> units{first.whole(), refused, third.whole()};
  const auto outcomes = on.store->append(units);
  REQUIRE(outcomes.size() == 3);
  CHECK(outcomes[0]);
  REQUIRE_FALSE(outcomes[1]);
  CHECK(outcomes[1].error().code == errc::conflict);
  CHECK(outcomes[2]);

  CHECK(on.store->load(first.id())->events.size() == 3);
  CHECK(on.store->load(third.id())->events.size() == 3);
  const auto kept = on.store->load(second.id());
  REQUIRE(kept);
  CHECK(kept->row.last_seq == 2);
  CHECK(kept->row.status.state == task_state::working);
  REQUIRE(kept->events.size() == 2);
  CHECK(kept->events[1]->kind == "message_received");
  CHECK_FALSE(kept->snapshot);
  CHECK(on.store->timers(after(100), 10)->empty());
  CHECK_FALSE(*on.store->find_idempotent("default", "local", "POST /tasks", "k"));
}

TEST_CASE_TEMPLATE("a number ahead of the journal is refused", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  (void)story.step(task_state::working, {"submitted"});  // never appended
  const auto outcome = append_one(*on.store, story.step(task_state::completed, {"replied"}));
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == errc::conflict);
  CHECK(on.store->load(story.id()).error().code == errc::not_found);
}

TEST_CASE_TEMPLATE("a task is created once", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  const auto unit = story.whole();
  REQUIRE(append_one(*on.store, unit));
  const auto again = append_one(*on.store, unit);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::conflict);
  CHECK(on.store->load(story.id())->events.size() == 3);
}

TEST_CASE_TEMPLATE("two units for one task in one call follow each other", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  const auto begin = story.step(task_state::working, {"submitted"});
  const auto end = story.step(task_state::completed, {"replied", "status_changed"});
  const std::vector<core::append_unit> units{begin, end};
  const auto outcomes = on.store->append(units);
  CHECK(outcomes[0]);
  CHECK(outcomes[1]);
  const auto loaded = on.store->load(story.id());
  REQUIRE(loaded);
  CHECK(loaded->row.status.state == task_state::completed);
  REQUIRE(loaded->events.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(loaded->events[i]->seq == i + 1);
}

TEST_CASE_TEMPLATE("nothing follows the end of a task", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  REQUIRE(append_one(*on.store, story.whole()));
  const auto late = append_one(*on.store, story.step(task_state::working, {"message_received"}));
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::conflict);
  CHECK(on.store->load(story.id())->row.status.state == task_state::completed);
}

TEST_CASE_TEMPLATE("a unit that contradicts itself is refused alone", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story good{on.epoch, after(0)}, hole{on.epoch, after(1)}, foreign{on.epoch, after(2)}, empty{on.epoch, after(3)};
  auto with_hole = hole.whole();
  with_hole.events.erase(with_hole.events.begin() + 1);
  auto with_foreign = foreign.whole();
  with_foreign.row.id = task_id::make(after(4));
  const std::vector<core::append_unit> units{with_hole, good.whole(), with_foreign, empty.step(task_state::working, {})};
  const auto outcomes = on.store->append(units);
  CHECK(outcomes[1]);
  for (const std::size_t bad : {0u, 2u, 3u}) {
    REQUIRE_FALSE(outcomes[bad]);
    CHECK(outcomes[bad].error().code == errc::internal);
  }
  CHECK(on.store->list(admin_of(), {}, {})->items.size() == 1);
}

TEST_CASE_TEMPLATE("a key makes one task, whoever repeats it", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story first{on.epoch, after(0)}, twin{on.epoch, after(1)}, other{on.epoch, after(2)}, free{on.epoch, after(3)};
  auto made = first.whole(), repeated = twin.whole(), changed = other.whole(), elsewhere = free.whole();
  made.idempotency = repeated.idempotency = key_record("k", "hash");
  changed.idempotency = key_record("k", "another hash");
  elsewhere.idempotency = key_record("k", "hash");
  elsewhere.idempotency->principal = "somebody else";

  const std::vector<core::append_unit> units{made, repeated, changed, elsewhere};
  const auto outcomes = on.store->append(units);
  CHECK(outcomes[0]);
  CHECK(outcomes[1].error().code == errc::conflict);
  CHECK(outcomes[2].error().code == errc::idempotency_mismatch);
  CHECK(outcomes[3]);
  CHECK(append_one(*on.store, repeated).error().code == errc::conflict);
  CHECK(append_one(*on.store, changed).error().code == errc::idempotency_mismatch);
  CHECK(on.store->load(twin.id()).error().code == errc::not_found);
  CHECK(on.store->load(other.id()).error().code == errc::not_found);

  const auto hit = on.store->find_idempotent("default", "local", "POST /tasks", "k");
  REQUIRE(hit);
  REQUIRE(*hit);
  CHECK((*hit)->task == first.id());
  CHECK((*hit)->body_hash == "hash");
  CHECK_FALSE(*on.store->find_idempotent("default", "local", "POST /other", "k"));
  CHECK_FALSE(*on.store->find_idempotent("other", "local", "POST /tasks", "k"));
}

TEST_CASE_TEMPLATE("a snapshot replaces the events up to it when a task is loaded, and stays after its end", Backend,
                   MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  REQUIRE(append_one(*on.store, story.step(task_state::working, {"submitted", "status_changed"})));
  auto passivated = story.step(task_state::working, {});
  passivated.snapshot = core::snapshot{2, R"({"at":2})"};
  REQUIRE(append_one(*on.store, passivated));
  CHECK(on.store->load(story.id())->events.empty());

  auto ended = story.step(task_state::completed, {"message_received", "status_changed"});
  ended.snapshot = core::snapshot{3, R"({"at":3})"};
  REQUIRE(append_one(*on.store, ended));
  const auto loaded = on.store->load(story.id());
  REQUIRE(loaded->snapshot);
  CHECK(loaded->snapshot->seq == 3);
  CHECK(loaded->snapshot->body == R"({"at":3})");
  REQUIRE(loaded->events.size() == 1);
  CHECK(loaded->events[0]->seq == 4);
  CHECK(on.store->events(story.id(), 0, 100)->size() == 4);
}

TEST_CASE_TEMPLATE("events are read in pages, oldest first, from any number", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  const auto unit = story.step(task_state::working, {"submitted", "a.one", "a.two", "a.three", "a.four"});
  REQUIRE(append_one(*on.store, unit));
  const auto page = on.store->events(story.id(), 1, 3);
  REQUIRE(page);
  REQUIRE(page->size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(core::to_json_text(*(*page)[i]) == core::to_json_text(*unit.events[i + 1]));
  CHECK(on.store->events(story.id(), 5, 3)->empty());
}

TEST_CASE_TEMPLATE("an empty call has no outcomes", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  CHECK(on.store->append({}).empty());
}

TEST_CASE_TEMPLATE("reads in many threads see whole units while one thread writes", Backend, MOFA_STORE_BACKENDS) {
  owned<Backend> on;
  task_story story{on.epoch, after(0)};
  REQUIRE(append_one(*on.store, story.step(task_state::working, {"submitted"})));
  constexpr int wanted = 30;
  std::atomic<int> torn{0};
  std::atomic<bool> written{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&, of = story.id()] {
      std::uint64_t seen = 0;
      do {
        const auto loaded = on.store->load(of);
        const bool whole = loaded && loaded->row.last_seq == loaded->events.size() && loaded->row.last_seq % 2 == 1;
        if (!whole || loaded->row.last_seq < seen) ++torn;
        if (loaded) seen = loaded->row.last_seq;
        if (!on.store->list(caller_of("local"), {}, {})) ++torn;
      } while (!written.load());
    });
  }
  int appended = 0;
  for (int i = 0; i < wanted; ++i) {
    if (append_one(*on.store, story.step(task_state::working, {"a.one", "a.two"}))) ++appended;
  }
  written = true;
  for (auto& reader : readers) reader.join();
  CHECK(appended == wanted);
  CHECK(torn.load() == 0);
}

// A disk that is full or fails: each unit is refused with the right error, nothing of it is written, and the store goes on.
#include <doctest/doctest.h>

#include "server/store/sqlite/open.hpp"
#include "tests/support/faulty_vfs.hpp"
#include "tests/support/store_scratch.hpp"
#include "tests/support/store_workload.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

constexpr int groups = 5;

/// A database on a disk that can fail.
struct faulty_database {
  scratch_folder folder;
  std::string file = folder.file("mofa.db");
  faulty_vfs disk;
  std::unique_ptr<core::store> store = open();

  std::unique_ptr<core::store> open() {
    store::open_options options;
    options.vfs = disk.name();
    options.readers = 1;
    options.checkpoint_pages = 20;
    auto opened = store::open_sqlite(file, options);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().detail));
    return *std::move(opened);
  }
  /// As after kill -9, or a power cut.
  void crash(survival kept) {
    disk.cut_power();
    store.reset();
    disk.restore(kept, 1);
    store = open();
  }
};

/// The fault strikes at the n-th operation of a run; the errors that it may end in. Whether it did strike.
bool strike(fault what, std::uint64_t nth, bool for_good, survival kept, std::initializer_list<errc> allowed) {
  CAPTURE(static_cast<int>(what));
  CAPTURE(nth);
  CAPTURE(for_good);
  CAPTURE(static_cast<int>(kept));
  faulty_database on;
  store_workload work{nth};
  REQUIRE(work.own(*on.store));
  on.disk.inject(what, nth, for_good);
  work.run(*on.store, groups);
  const bool struck = on.disk.struck();
  on.disk.heal();
  for (const auto& [code, count] : work.failures()) {
    CAPTURE(to_string(code));
    CHECK(std::find(allowed.begin(), allowed.end(), code) != allowed.end());
  }
  const auto failures = work.failures();
  if (kept == survival::flushed) {  // the store goes on, before the crash
    work.run(*on.store, groups);
    CHECK(work.failures() == failures);
    CHECK(work.check(*on.store) == "");
  }
  on.crash(kept);
  CHECK(work.check(*on.store) == "");
  REQUIRE(work.own(*on.store));
  work.run(*on.store, groups);
  CHECK(work.failures() == failures);
  CHECK(work.check(*on.store) == "");
  on.store.reset();
  CHECK(integrity_of(on.file, on.disk.name()) == "ok");
  return struck;
}

void strike_everywhere(fault what, bool for_good, std::initializer_list<errc> allowed) {
  std::uint64_t nth = 1;
  while (strike(what, nth, for_good, nth % 2 == 0 ? survival::flushed : survival::all, allowed)) ++nth;
  CHECK(nth > groups);
}

}  // namespace

TEST_CASE("a full disk refuses units as storage_full, at whichever write") {
  strike_everywhere(fault::disk_full, false, {errc::storage_full});
  strike_everywhere(fault::disk_full, true, {errc::storage_full});
}

TEST_CASE("a disk that fills up within a write leaves no part of a unit") {
  strike_everywhere(fault::short_write, false, {errc::storage_full});
}

TEST_CASE("a write that fails is an io error; when writes go on failing the outcome may be unknown") {
  strike_everywhere(fault::write_error, false, {errc::io});
  strike_everywhere(fault::write_error, true, {errc::io, errc::unknown_outcome});
}

TEST_CASE("a flush that fails is an io error; when flushes go on failing the outcome may be unknown") {
  strike_everywhere(fault::sync_error, false, {errc::io});
  strike_everywhere(fault::sync_error, true, {errc::io, errc::unknown_outcome});
}

TEST_CASE("a read that fails is an io error") { strike_everywhere(fault::read_error, false, {errc::io}); }

TEST_CASE("a commit whose flush failed does not come back after a kill") {
  faulty_database on;
  task_story story{*on.store->acquire_ownership(), after(0)};
  on.disk.inject(fault::sync_error, 1);
  const auto outcome = append_one(*on.store, story.whole());
  REQUIRE(on.disk.struck());
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == errc::io);
  on.crash(survival::all);
  CHECK(on.store->load(story.id()).error().code == errc::not_found);
}

TEST_CASE("while flushes fail, every unit of the call has an unknown outcome") {
  faulty_database on;
  const auto epoch = *on.store->acquire_ownership();
  on.disk.inject(fault::sync_error, 1, true);
  task_story one{epoch, after(0)}, two{epoch, after(1)};
  for (const auto& outcome : on.store->append(std::vector<core::append_unit>{one.whole(), two.whole()})) {
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == errc::unknown_outcome);
  }
  on.disk.heal();
  task_story three{epoch, after(2)};
  CHECK(append_one(*on.store, three.whole()));
}

TEST_CASE("reads go on while the disk is full") {
  faulty_database on;
  task_story story{*on.store->acquire_ownership(), after(0)}, refused{story.epoch, after(1)};
  REQUIRE(append_one(*on.store, story.whole()));
  on.disk.inject(fault::disk_full, 1, true);
  CHECK(append_one(*on.store, refused.whole()).error().code == errc::storage_full);
  CHECK(on.store->put_definition("echo", "{}", "h", after(0)).error().code == errc::storage_full);
  CHECK(on.store->load(story.id())->events.size() == 3);
  CHECK(on.store->list(caller_of("local"), {}, {})->items.size() == 1);
  on.disk.heal();
  CHECK(append_one(*on.store, refused.whole()).has_value() == false);  // its numbers are stale by now
  task_story later{story.epoch, after(2)};
  CHECK(append_one(*on.store, later.whole()));
}

TEST_CASE("messages of topics that the disk refuses are not kept, and those before are read on") {
  faulty_database on;
  core::topic_entry entry;
  entry.what.tenant = "default";
  entry.what.topic = "t";
  entry.what.data = "1";
  entry.what.at = after(0);
  const std::vector<core::topic_entry> group(2, entry);
  auto& topics = on.store->topics();
  REQUIRE(topics.keep({&entry, 1})[0]);
  const auto last = *topics.newest();
  const auto refusals = [&](fault what, errc code) {
    on.disk.inject(what, 1, true);
    for (const auto& outcome : topics.keep(group)) {
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().code == code);
    }
    const auto page = topics.messages("default", *core::topic_pattern::parse("#"), 0, 10);
    REQUIRE(page);
    CHECK(page->messages.size() == 1);
    CHECK(page->through == last);
    on.disk.heal();
  };
  refusals(fault::disk_full, errc::storage_full);
  refusals(fault::sync_error, errc::unknown_outcome);
  const auto kept = topics.keep(group);
  REQUIRE(kept[1]);
  on.crash(survival::flushed);
  const auto page = on.store->topics().messages("default", *core::topic_pattern::parse("t"), 0, 10);
  REQUIRE(page);
  CHECK(page->messages.size() == 3);
  CHECK(page->through == kept[1]->seq);
  CHECK(on.store->topics().kept("default", "", 10)->front().kept == 3);
}

namespace {

/// Makes an agent while the disk fails at its n-th operation of that kind. Whether it did.
bool strike_agent(fault what, std::uint64_t nth, survival kept) {
  CAPTURE(static_cast<int>(what));
  CAPTURE(nth);
  faulty_database on;
  const core::idempotency_record once{"default", "local", {"k", "POST /api/v1/agents", "body"}, after(0)};
  on.disk.inject(what, nth);
  const auto made = on.store->keep_agent("a", "text", "h", once, after(0));
  const bool struck = on.disk.struck();
  on.disk.heal();
  on.crash(kept);
  // All of it is there, or nothing: a repeat after the crash never finds a half.
  const bool there = on.store->definition("a", 1).has_value();
  CHECK(there == made.has_value());
  CHECK(on.store->marked_agents()->size() == (there ? 1 : 0));
  CHECK(on.store->find_agent("default", "local", "POST /api/v1/agents", "k")->has_value() == there);
  return struck;
}

}  // namespace

TEST_CASE("an agent and the key that made it are written together, wherever the disk fails") {
  for (const auto what : {fault::disk_full, fault::short_write, fault::write_error, fault::sync_error}) {
    std::uint64_t nth = 1;
    while (strike_agent(what, nth, nth % 2 == 0 ? survival::flushed : survival::all)) ++nth;
    CHECK(nth > 1);
  }
}

#include "actors/storage/memory_journal.hpp"

#include "tests/unit/actors/storage/storage_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

constexpr std::size_t plenty = 1024 * 1024;
const time_point start{std::chrono::seconds{1'700'000'000}};

bool nobody(task_id) { return false; }

using list = std::vector<task_id>;

list ids_of(const result<core::page<core::task_row>>& page) {
  REQUIRE(page);
  list out;
  for (const auto& row : page->items) out.push_back(row.id);
  return out;
}

list ids_in(const storage::memory_journal& journal, const core::caller& who, const core::task_filter& filter,
            const core::page_request& want) {
  return ids_of(journal.list(who, filter, want));
}

}  // namespace

TEST_CASE("the memory journal takes a unit that follows, and refuses one that does not") {
  storage::memory_journal journal{10, plenty, nobody};
  const auto task = task_id::make(start);
  CHECK(journal.append(unit_of(task, 0, 2)));
  CHECK(journal.append(unit_of(task, 2, 1)));
  for (const std::uint64_t stale : {0, 2, 4}) {
    const auto refused = journal.append(unit_of(task, stale, 1));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::conflict);
  }
  REQUIRE(journal.find(task) != nullptr);
  CHECK(journal.find(task)->row.last_seq == 3);
  CHECK(journal.find(task)->events.size() == 3);
}

TEST_CASE("the memory journal gives events after a number, at most so many") {
  storage::memory_journal journal{10, plenty, nobody};
  const auto task = task_id::make(start);
  REQUIRE(journal.append(unit_of(task, 0, 5)));
  const auto some = journal.events(task, 2, 2);
  REQUIRE(some.size() == 2);
  CHECK(some[0]->seq == 3);
  CHECK(some[1]->seq == 4);
  CHECK(journal.events(task, 5, 10).empty());
  CHECK(journal.events(task_id::make(start), 0, 10).empty());
}

TEST_CASE("the memory journal forgets ended tasks beyond its bound, the oldest first, and never a running one") {
  storage::memory_journal journal{2, plenty, nobody};
  const auto running = task_id::make(start);
  REQUIRE(journal.append(unit_of(running, 0, 1)));
  std::vector<task_id> ended;
  for (int i = 0; i < 3; ++i) {
    ended.push_back(task_id::make(start));
    REQUIRE(journal.append(unit_of(ended.back(), 0, 1, true)));
  }
  CHECK(journal.size() == 3);
  CHECK(journal.find(ended[0]) == nullptr);
  CHECK(journal.find(ended[2]) != nullptr);
  CHECK(journal.find(running) != nullptr);
}

TEST_CASE("large ended tasks are forgotten beyond so many bytes, the newest, small and followed ones are not") {
  constexpr std::size_t large = 100'000;
  task_id followed;
  storage::memory_journal journal{10, 2 * large, [&](task_id which) { return which == followed; }};
  const auto add = [&](std::size_t bytes) {
    auto unit = unit_of(task_id::make(start), 0, 1, true);
    auto event = *unit.events.front();
    event.data = std::string(bytes, '1');
    unit.events.front() = std::make_shared<const core::event>(std::move(event));
    REQUIRE(journal.append(unit));
    return unit.row.id;
  };
  const auto small = add(10);
  const auto first = add(large);
  const auto second = add(large);
  CHECK(journal.find(first) != nullptr);
  const auto giant = add(5 * large);
  CHECK(journal.find(first) == nullptr);
  CHECK(journal.find(second) == nullptr);
  CHECK(journal.find(giant) != nullptr);
  const auto third = add(large);
  CHECK(journal.find(giant) == nullptr);
  // What was removed counts no more.
  REQUIRE(journal.remove(core::caller{}, third));
  const auto fourth = add(large);
  CHECK(journal.find(add(large)) != nullptr);
  CHECK(journal.find(fourth) != nullptr);
  CHECK(journal.find(small) != nullptr);
  followed = fourth;
  const auto fifth = add(large);
  const auto sixth = add(large);
  CHECK(journal.find(fourth) != nullptr);
  CHECK(journal.find(fifth) == nullptr);
  followed = {};
  const auto last = add(large);
  CHECK(journal.find(fourth) == nullptr);
  CHECK(journal.find(sixth) != nullptr);
  CHECK(journal.find(last) != nullptr);
}

TEST_CASE("only an ended task of one's own is removed from memory") {
  storage::memory_journal journal{2, plenty, nobody};
  const auto task = task_id::make(start);
  REQUIRE(journal.append(unit_of(task, 0, 1)));
  const core::caller owner;
  CHECK(journal.remove(owner, task).error().code == errc::task_not_terminal);
  REQUIRE(journal.append(unit_of(task, 1, 1, true)));
  core::caller other;
  other.principal = "somebody";
  CHECK(journal.remove(other, task).error().code == errc::not_found);
  CHECK(journal.remove(owner, task));
  CHECK(journal.find(task) == nullptr);
}

TEST_CASE("a key that memory knows is refused, found again, and forgotten with its task") {
  storage::memory_journal journal{1, plenty, nobody};
  const core::idempotency once{"k", "POST /x", "hash"};
  const auto with_key = [&](task_id which, bool last) {
    auto unit = unit_of(which, 0, 1, last);
    unit.idempotency = core::idempotency_record{"default", "local", once, start};
    return unit;
  };
  const auto first = task_id::make(start);
  REQUIRE(journal.append(with_key(first, true)));
  const auto refused = journal.append(with_key(task_id::make(start), true));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
  auto other = with_key(task_id::make(start), true);
  other.idempotency->once.body_hash = "of something else";
  CHECK(journal.append(other).error().code == errc::idempotency_mismatch);
  CHECK(journal.size() == 1);
  const auto hit = journal.find_idempotent("default", "local", once);
  REQUIRE(hit);
  CHECK(hit->task == first);
  CHECK(hit->body_hash == "hash");
  CHECK_FALSE(journal.find_idempotent("default", "somebody", once));
  REQUIRE(journal.append(unit_of(task_id::make(start), 0, 1, true)));
  CHECK_FALSE(journal.find_idempotent("default", "local", once));
}

TEST_CASE("the memory journal lists what a caller may see and a filter lets through, the newest first") {
  storage::memory_journal journal{10, plenty, nobody};
  std::vector<task_id> made;
  for (int i = 0; i < 4; ++i) {
    made.push_back(task_id::make(start + milliseconds{i}));
    auto unit = unit_of(made.back(), 0, 1, i == 3);
    unit.row.agent = i % 2 == 0 ? "even" : "odd";
    unit.row.owner = i == 0 ? "somebody" : "local";
    REQUIRE(journal.append(unit));
  }
  const core::caller owner;
  core::caller admin;
  admin.scopes = static_cast<unsigned>(core::scope::admin);
  CHECK(ids_in(journal, owner, {}, {}) == list{made[3], made[2], made[1]});
  const auto first = journal.list(owner, {}, {2, ""});
  CHECK(ids_of(first) == list{made[3], made[2]});
  CHECK(first->total == -1);
  const auto second = journal.list(owner, {}, {2, first->next_cursor});
  CHECK(ids_of(second) == list{made[1]});
  CHECK(second->next_cursor.empty());
  CHECK(ids_in(journal, owner, {}, {3, ""}).size() == 3);
  CHECK(journal.list(owner, {}, {3, ""})->next_cursor.empty());
  core::task_filter even;
  even.agent = "even";
  CHECK(ids_in(journal, admin, even, {}) == list{made[2], made[0]});
  core::task_filter completed;
  completed.state = core::task_state::completed;
  CHECK(ids_in(journal, owner, completed, {}) == list{made[3]});
  CHECK(journal.list(owner, {}, {0, ""}).error().code == errc::invalid);
  CHECK(journal.list(owner, {}, {1, "x"}).error().code == errc::invalid);
}

TEST_CASE("the memory journal lists by status: the newest first, ties by id, all counted") {
  storage::memory_journal journal{10, plenty, nobody};
  // The younger the task, the older its status; the two in the middle share theirs.
  std::vector<task_id> made;
  for (const int at : {30, 20, 20, 10}) {
    made.push_back(task_id::make(start + milliseconds{static_cast<int>(made.size())}));
    auto unit = unit_of(made.back(), 0, 1);
    unit.row.status.timestamp = start + milliseconds{at};
    REQUIRE(journal.append(unit));
  }
  auto other = unit_of(task_id::make(start), 0, 1);
  other.row.owner = "somebody";
  REQUIRE(journal.append(other));
  const core::caller owner;
  core::task_filter by_status;
  by_status.by_status = true;
  by_status.counted = true;
  list seen;
  core::page_request want{1, ""};
  do {
    const auto page = journal.list(owner, by_status, want);
    CHECK(page->total == 4);
    for (const auto& id : ids_of(page)) seen.push_back(id);
    want.cursor = page->next_cursor;
  } while (!want.cursor.empty());
  CHECK(seen == list{made[0], made[2], made[1], made[3]});

  auto recent = by_status;
  recent.status_since = start + milliseconds{20};
  CHECK(ids_in(journal, owner, recent, {}) == list{made[0], made[2], made[1]});
  CHECK(journal.list(owner, recent, {})->total == 3);
  recent.counted = false;
  CHECK(journal.list(owner, recent, {})->total == -1);
  recent.by_status = false;
  CHECK(ids_in(journal, owner, recent, {}) == list{made[2], made[1], made[0]});

  const auto of_ids = journal.list(owner, {}, {1, ""})->next_cursor;
  const auto of_statuses = journal.list(owner, by_status, {1, ""})->next_cursor;
  CHECK(journal.list(owner, by_status, {1, of_ids}).error().code == errc::invalid);
  CHECK(journal.list(owner, {}, {1, of_statuses}).error().code == errc::invalid);
}

TEST_CASE("the memory journal tells what was said in a context before a task, and to its owner only") {
  storage::memory_journal journal{10, plenty, nobody};
  std::vector<task_id> made;
  for (int i = 0; i < 5; ++i) {
    made.push_back(task_id::make(start + milliseconds{i}));
    auto unit = unit_of(made.back(), 0, 2, true);
    unit.row.context_id = i == 1 ? "other" : "talk";
    unit.row.owner = i == 2 ? "somebody" : "local";
    auto said = std::make_shared<core::event>(*unit.events[0]);
    said->kind = "submitted";
    said->at = start + milliseconds{i};
    unit.events[0] = std::move(said);
    REQUIRE(journal.append(unit));
  }
  const auto tasks = [&](task_id before, std::size_t limit) {
    std::vector<task_id> out;
    for (const auto& each : journal.context_events({}, "talk", before, limit)) out.push_back(each->task);
    return out;
  };
  CHECK(tasks(task_id::make(start + milliseconds{100}), 10) == list{made[0], made[3], made[4]});
  CHECK(tasks(made[4], 10) == list{made[0], made[3]});
  CHECK(tasks(task_id::make(start + milliseconds{100}), 2) == list{made[3], made[4]});
  CHECK(journal.context_events({}, "nothing", made[4], 10).empty());
}

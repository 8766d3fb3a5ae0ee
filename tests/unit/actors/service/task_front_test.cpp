#include "actors/service/task_front.hpp"

#include <doctest/doctest.h>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include "actors/storage/feeds.hpp"
#include "actors/storage/volatile_id.hpp"
#include "tests/support/journal_world.hpp"

using namespace mofa;
using namespace mofa::test;
using core::task_state;

namespace {

/// The front over tasks of which the test says what happens.
struct task_world : journal_world {
  explicit task_world(bool in_memory) : which(storage::make_task_id(time.now(), in_memory)) {
    happens(task_state::submitted);
  }
  ~task_world() { end(); }

  core::append_unit unit_of(task_state now) {
    core::append_unit unit;
    unit.epoch = 1;
    unit.expected_seq = last_seq++;
    auto event = std::make_shared<core::event>();
    event->task = which;
    event->seq = last_seq;
    event->kind = core::kinds::status_changed;
    event->data = R"({"state":")" + std::string{to_string(now)} + R"("})";
    unit.events.push_back(std::move(event));
    unit.row.id = which;
    unit.row.tenant = "default";
    unit.row.owner = "alice";
    unit.row.status.state = now;
    unit.row.last_seq = last_seq;
    return unit;
  }
  void happens(task_state now) {
    auto unit = unit_of(now);
    core::task_ptr settled;
    if (core::is_terminal(now)) settled = std::make_shared<const core::task>(core::task{unit.row, {}, {}});
    actors::append_request request{std::move(unit), std::move(settled)};
    const auto done = storage::is_volatile(which) ? ask<actors::append_reply>(where.feeds(), std::move(request))
                                                  : ask<actors::append_reply>(where.journal(), std::move(request));
    run();
    REQUIRE(*done);
    REQUIRE(**done);
  }
  void await(milliseconds wait = milliseconds{1'000}) {
    front.await(alice, which, wait, [this](result<core::task_ptr> got) {
      REQUIRE_FALSE(answer_);
      answer_ = std::move(got);
    });
    run();
  }
  /// Of the task that was answered; nothing as long as there is no answer.
  std::optional<task_state> answered() const {
    if (!answer_) return std::nullopt;
    REQUIRE(*answer_);
    CHECK((**answer_)->row.last_seq == last_seq);
    return (**answer_)->row.status.state;
  }

  const core::caller alice{"default", "alice", 0};
  task_id which;
  std::uint64_t last_seq = 0;
  catalog::catalog definitions{{}};
  service::task_front front{bridge(), where, definitions, env};

 private:
  std::optional<result<core::task_ptr>> answer_;
};

}  // namespace

TEST_CASE("who awaits a task gets it when it has ended") {
  for (const bool in_memory : {false, true}) {
    task_world world{in_memory};
    world.await();
    world.happens(task_state::working);
    world.pass(milliseconds{500});
    CHECK_FALSE(world.answered());
    world.happens(task_state::completed);
    CHECK(world.answered() == task_state::completed);
    world.pass(milliseconds{1'000});
  }
}

TEST_CASE("who awaits a task for too short a time gets it as it is then, not as it was at the beginning") {
  for (const bool in_memory : {false, true}) {
    task_world world{in_memory};
    world.await();
    world.happens(task_state::working);
    CHECK_FALSE(world.answered());
    world.pass(milliseconds{1'000});
    CHECK(world.answered() == task_state::working);
  }
}

TEST_CASE("who awaits a task for a long time gets it when it has ended while the feeds were away") {
  task_world world{false};
  world.await(std::chrono::minutes{10});
  world.happens(task_state::working);
  caf::anon_send_exit(world.where.feeds(), caf::exit_reason::kill);
  world.run();
  world.happens(task_state::completed);
  const auto feeds = world.keep(storage::spawn_feeds(world.system, world.env, world.where));
  world.where.update([&](directory::services& s) { s.feeds = feeds; });
  CHECK_FALSE(world.answered());
  world.bridge().expire(std::chrono::steady_clock::now() + std::chrono::minutes{1});
  world.run();
  CHECK(world.answered() == task_state::completed);
}

TEST_CASE("who awaits a task for a long time goes on when feeds are replaced, for no longer than was asked for") {
  task_world world{false};
  world.await(std::chrono::minutes{1});
  world.happens(task_state::working);
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(world.answered());
    world.bridge().expire(std::chrono::steady_clock::now() + std::chrono::minutes{1});
    world.run();
  }
  CHECK(world.answered() == task_state::working);
}

TEST_CASE("who awaits a task that is deleted meanwhile gets it as it was known; without feeds, as it is") {
  task_world world{false};
  world.await();
  world.store.tasks.erase(world.which);
  world.pass(milliseconds{1'000});
  CHECK(world.answered() == task_state::submitted);

  task_world alone{false};
  alone.where.update([&](directory::services& s) { s.feeds = nullptr; });
  alone.await(std::chrono::minutes{10});
  CHECK(alone.answered() == task_state::submitted);
}

TEST_CASE("who asks for a task at the same time gets the same view of it, made once") {
  task_world world{false};
  std::vector<core::task_ptr> got;
  const auto ask = [&] {
    world.front.get(world.alice, world.which, [&](result<core::task_ptr> found) {
      REQUIRE(found);
      got.push_back(*std::move(found));
    });
  };
  for (int i = 0; i < 5; ++i) ask();
  world.run();
  REQUIRE(got.size() == 5);
  for (const auto& each : got) CHECK(each == got.front());
  // Once it has begun, a look is joined by nobody: this one sees the commit.
  world.happens(task_state::working);
  ask();
  world.run();
  REQUIRE(got.size() == 6);
  CHECK(got.back()->row.status.state == task_state::working);
}

TEST_CASE("who asks for a task in memory sees what was on its way before") {
  task_world world{true};
  std::vector<task_state> got;
  const auto note = [&](result<core::task_ptr> found) {
    REQUIRE(found);
    got.push_back((*found)->row.status.state);
  };
  world.front.get(world.alice, world.which, note);
  // Such a task answers without waiting for the feeds.
  caf::anon_send(world.where.feeds(), actors::append_request{world.unit_of(task_state::working), nullptr});
  world.front.get(world.alice, world.which, note);
  world.run();
  CHECK(got == std::vector{task_state::submitted, task_state::working});
}

TEST_CASE("who asks for a task while it is being read gets a look of his own, which sees what was committed before") {
  task_world world{false};
  std::vector<task_state> got;
  const auto note = [&](result<core::task_ptr> found) {
    REQUIRE(found);
    got.push_back((*found)->row.status.state);
  };
  world.front.get(world.alice, world.which, [&](const result<core::task_ptr>& found) {
    note(found);
    // The look of the first one is over, its askers are still being answered.
    const std::vector units{world.unit_of(task_state::working)};
    CHECK(world.store.append(units).front());
    world.front.get(world.alice, world.which, note);
  });
  world.front.get(world.alice, world.which, note);
  world.run();
  CHECK(got == std::vector{task_state::submitted, task_state::submitted, task_state::working});
}

TEST_CASE("of those who ask for a task together only who may see it gets it") {
  for (const bool in_memory : {false, true}) {
    task_world world{in_memory};
    const core::caller mallory{"default", "mallory", 0};
    const core::caller stranger{"other", "alice", 0};
    std::vector<std::optional<errc>> got(4);
    const std::vector<core::caller> askers{mallory, world.alice, stranger, world.alice};
    for (std::size_t i = 0; i < askers.size(); ++i)
      world.front.get(askers[i], world.which, [&got, i](const result<core::task_ptr>& found) {
        got[i] = found ? errc::conflict : found.error().code;
      });
    world.run();
    CHECK(got == std::vector<std::optional<errc>>{errc::not_found, errc::conflict, errc::not_found, errc::conflict});
  }
}

TEST_CASE("all who asked for a task are told when nobody is there to read it") {
  task_world world{false};
  int refused = 0;
  const auto count = [&](const result<core::task_ptr>& found) {
    REQUIRE_FALSE(found);
    CHECK(found.error().code == errc::unavailable);
    ++refused;
  };
  caf::anon_send_exit(world.where.reader(), caf::exit_reason::kill);
  world.front.get(world.alice, world.which, count);
  world.front.get(world.alice, world.which, count);
  world.run();
  CHECK(refused == 2);
  world.front.get(world.alice, world.which, count);
  world.run();
  CHECK(refused == 3);
}

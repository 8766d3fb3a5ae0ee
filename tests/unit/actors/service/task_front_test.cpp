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

  void happens(task_state now) {
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

#include <doctest/doctest.h>

#include <caf/send.hpp>

#include "actors/agent/agent_actor.hpp"
#include "actors/clockwork/clockwork.hpp"
#include "actors/effects/effects.hpp"
#include "actors/scenario/kind.hpp"
#include "tests/support/journal_world.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;
using core::task_state;

namespace {

/// One agent of the kind `scenario` with everything that it needs.
struct agent_world : journal_world {
  explicit agent_world(json document) {
    document["name"] = "subject";
    document["kind"] = "scenario";
    const auto clockwork = keep(clockwork::spawn_clockwork(system, env, where));
    const auto effects = keep(effects::spawn_effects(system, gear, env, where));
    where.update([&](directory::services& s) {
      s.clockwork = clockwork;
      s.effects = effects;
    });
    auto made = definitions.compile(document);
    if (!made) FAIL(made.error().detail);
    REQUIRE(definitions.put(std::move(*made), "", store, time.now()));
    const auto depth = std::make_shared<std::atomic<std::int64_t>>(0);
    agent = keep(agent::spawn_agent(system, "subject", definitions, env, where, depth,
                                    std::make_shared<agent::standing_orders>(), [] {}));
    where.put_agent("subject", agent, depth);
    run();
  }
  ~agent_world() { end(); }

  result<core::submitted_task> submit(const std::string& text, const std::string& context = {}) {
    core::submission what;
    what.agent = "subject";
    what.message = core::text_message(core::role::user, "", text);
    what.context_id = context;
    return answered(ask<actors::task_reply>(where.agent_to_send("subject"), actors::submit_request{{}, std::move(what)}));
  }
  task_id submitted(const std::string& text, const std::string& context = {}) {
    const auto made = submit(text, context);
    if (!made) FAIL(made.error().detail);
    return made->task->row.id;
  }
  auto say(task_id which, const std::string& text) {
    actors::task_input input;
    input.task = which;
    input.kind = actors::task_input::type::message;
    input.message = core::text_message(core::role::user, text, text);
    return ask<actors::task_reply>(where.agent_to_send("subject"), std::move(input));
  }
  result<core::submitted_task> cancel(task_id which) {
    actors::task_input input;
    input.task = which;
    input.kind = actors::task_input::type::cancel;
    return answered(ask<actors::task_reply>(where.agent_to_send("subject"), std::move(input)));
  }
  template <class Asked>
  result<core::submitted_task> answered(const Asked& asked) {
    run();
    REQUIRE(asked->has_value());
    REQUIRE(**asked);
    return (**asked)->value;
  }
  core::agent_actor_info info(actors::agent_request::type what = actors::agent_request::type::status) {
    const auto asked = ask<actors::agent_reply>(where.agent("subject"), actors::agent_request{what});
    run();
    REQUIRE(asked->has_value());
    REQUIRE(**asked);
    return (**asked)->info;
  }
  const core::task_row& row(task_id which) { return store.tasks.at(which).row; }
  task_state state(task_id which) { return row(which).status.state; }

  effects::equipment gear{[] { return effects::runner_map{}; }, {}};
  catalog::catalog definitions{{scenario::make_kind({})}};
  actors::agent_actor agent;
};

/// Works for a second, then completes; `more` are further members of the definition.
json napping(const char* more = "{}") {
  auto out = json::parse(R"({"otherwise": [{"pause_ms": 1000}, {"complete": {"text": "done: {{text}}"}}]})");
  out.update(json::parse(more));
  return out;
}

}  // namespace

TEST_CASE("a second task of a context waits for the first, one of another context does not") {
  agent_world world{napping()};
  const auto first = world.submitted("one", "c");
  const auto second = world.submitted("two", "c");
  const auto elsewhere = world.submitted("three", "d");
  world.pass(milliseconds{999});
  CHECK(world.state(second) == task_state::submitted);
  world.pass(milliseconds{1});
  CHECK(world.state(first) == task_state::completed);
  CHECK(world.state(elsewhere) == task_state::completed);
  CHECK(world.state(second) == task_state::working);
  world.pass(milliseconds{1'000});
  CHECK(world.state(second) == task_state::completed);
}

TEST_CASE("an agent that rejects refuses a second task of a busy context") {
  agent_world world{napping(R"({"on_busy_context": "reject"})")};
  const auto first = world.submitted("one", "c");
  const auto refused = world.submit("two", "c");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::context_busy);
  world.pass(milliseconds{1'000});
  CHECK(world.state(first) == task_state::completed);
  CHECK(world.submit("three", "c"));
}

TEST_CASE("an agent that interrupts cancels the task that keeps the context busy") {
  agent_world world{napping(R"({"on_busy_context": "interrupt"})")};
  const auto first = world.submitted("one", "c");
  const auto second = world.submitted("two", "c");
  CHECK(world.state(first) == task_state::canceled);
  world.pass(milliseconds{1'100});
  CHECK(world.state(second) == task_state::completed);
}

TEST_CASE("no more tasks are at work than the limit says, and no more wait") {
  agent_world world{napping(R"({"limits": {"max_concurrent_tasks": 1, "max_queued_tasks": 1}})")};
  const auto first = world.submitted("one");
  const auto second = world.submitted("two");
  const auto refused = world.submit("three");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::queue_full);
  CHECK(world.info().running_tasks == 1);
  CHECK(world.info().queued_tasks == 1);
  world.pass(milliseconds{1'000});
  CHECK(world.state(first) == task_state::completed);
  world.pass(milliseconds{1'000});
  CHECK(world.state(second) == task_state::completed);
  CHECK(world.info().running_tasks == 0);
}

TEST_CASE("a waiting task can be canceled before its turn") {
  agent_world world{napping(R"({"limits": {"max_concurrent_tasks": 1}})")};
  world.submitted("one");
  const auto second = world.submitted("two");
  const auto third = world.submitted("three");
  CHECK(world.cancel(second));
  CHECK(world.state(second) == task_state::canceled);
  world.pass(milliseconds{2'000});
  CHECK(world.state(third) == task_state::completed);
}

TEST_CASE("a task with nothing to do for a while leaves memory, and its timer brings it back") {
  agent_world world{json::parse(R"({"otherwise": [{"pause_ms": 30000}, {"complete": {"text": "done"}}]})")};
  const auto task = world.submitted("one");
  CHECK(world.info().live_tasks == 1);
  world.pass(milliseconds{13'000});
  CHECK(world.info().live_tasks == 0);
  CHECK(world.info().running_tasks == 1);
  world.pass(milliseconds{17'100});
  CHECK(world.state(task) == task_state::completed);
  CHECK(world.info().running_tasks == 0);
}

TEST_CASE("what arrives while a behaviour crashes waits for the next actor of the task") {
  agent_world world{json::parse(R"({"otherwise": [
    {"ask": {"text": "first?"}}, {"crash_once": "boom"}, {"ask": {"text": "second?"}}, {"complete": {"text": "{{answer}}"}}]})")};
  const auto task = world.submitted("go");
  const auto first = world.say(task, "one");
  const auto second = world.say(task, "two");
  world.run();
  for (const auto& asked : {first, second}) {
    REQUIRE(asked->has_value());
    REQUIRE(**asked);
    CHECK((**asked)->value);
  }
  CHECK(world.state(task) == task_state::completed);
  CHECK(world.row(task).status.message->text() == "two");
  CHECK(world.info().restarts_in_window == 1);
  CHECK(world.info().mailbox_depth == 0);
}

TEST_CASE("a task that crashes beyond its intensity is quarantined, and its agent goes on") {
  agent_world world{json::parse(R"({
    "supervision": {"intensity": 2, "period_ms": 30000, "backoff_ms": [10, 20]},
    "rules": [{"when": {"text": "^boom$"}, "do": [{"crash": "boom"}]}],
    "otherwise": [{"complete": {"text": "fine"}}]})")};
  const auto bad = world.submitted("boom");
  world.pass(milliseconds{200});
  CHECK(world.state(bad) == task_state::failed);
  CHECK(world.row(bad).status.code == "quarantined");
  const auto good = world.submitted("hello");
  CHECK(world.state(good) == task_state::completed);
}

TEST_CASE("an agent that left and is called back drains as before when the operator had it drain") {
  using order = actors::agent_request::type;
  agent_world world{napping()};
  const auto task = world.submitted("x");
  const auto call_back = [&] {
    auto made = world.definitions.compile(world.definitions.find("subject")->current.definition->document);
    REQUIRE(made);
    REQUIRE(world.definitions.take_file(std::move(*made), "subject.yaml", world.store, world.time.now()));
    return world.info(order::renew).state;
  };
  const auto leave = [&](bool of_file) {
    if (of_file)
      REQUIRE(world.definitions.let_file_leave("subject", "subject.yaml", world.store));
    else
      REQUIRE(world.definitions.let_leave("subject", std::nullopt, world.store));
    return world.info(order::leave).state;
  };
  SUBCASE("it did not") {
    CHECK(leave(false) == core::agent_state::draining);
    CHECK(world.submit("more").error().code == errc::draining);
    CHECK(call_back() == core::agent_state::ready);
    CHECK(world.submit("more"));
  }
  SUBCASE("before it left") {
    CHECK(world.info(order::drain).state == core::agent_state::draining);
    CHECK(leave(false) == core::agent_state::draining);
    CHECK(call_back() == core::agent_state::draining);
    CHECK(world.submit("more").error().code == errc::draining);
    CHECK(world.info(order::resume).state == core::agent_state::ready);
    CHECK(world.submit("more"));
  }
  SUBCASE("while it was leaving") {
    CHECK(leave(false) == core::agent_state::draining);
    CHECK(world.info(order::drain).state == core::agent_state::draining);
    CHECK(call_back() == core::agent_state::draining);
    CHECK(leave(true) == core::agent_state::draining);
    // The end of the drain calls nobody back.
    CHECK(world.info(order::resume).state == core::agent_state::draining);
    CHECK(call_back() == core::agent_state::ready);
  }
  CHECK(world.state(task) == task_state::working);
}

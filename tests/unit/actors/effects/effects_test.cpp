#include "actors/effects/effects.hpp"

#include <doctest/doctest.h>
#include <caf/send.hpp>

#include "actors/effects/runners.hpp"
#include "tests/support/actor_world.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;

namespace {

/// Answers when the test says so.
struct held_tool final : core::tool {
  std::vector<core::tool_call> calls;
  std::vector<callback<void(result<json>)>> waiting;
  std::string_view name() const noexcept override { return "held"; }
  std::string_view description() const noexcept override { return "waits"; }
  const json& parameters() const noexcept override {
    static const json any{{"type", "object"}};
    return any;
  }
  bool idempotent() const noexcept override { return true; }
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<json>)> done) override {
    calls.push_back(std::move(call));
    waiting.push_back(std::move(done));
    return nullptr;
  }
};

struct effects_world : actor_world {
  effects_world() {
    put_agent("subject");
    gear.runners = [this] {
      effects::runner_map out;
      out["tool"] = effects::make_tool_runner(tools);
      return out;
    };
    gear.slots.slots["tool"] = 2;
    effects = keep(effects::spawn_effects(system, gear, env, where));
    run();
  }
  actors::run_effect order(const std::string& called = "held") const {
    actors::run_effect out;
    out.task = task;
    out.agent = "subject";
    out.effect_id = task.str() + "/2";
    out.request = {{"type", "tool"}, {"tool", called}, {"arguments", {{"zone", "UTC"}}}, {"rerun", false}};
    return out;
  }
  void start(const actors::run_effect& what) {
    caf::anon_send(effects, what);
    run();
  }
  void answer_call(result<json> value) {
    tool->waiting.back()(std::move(value));
    run();
  }
  task_id task = task_id::make(time.now());
  std::shared_ptr<held_tool> tool = std::make_shared<held_tool>();
  effects::toolbox tools{{"held", tool}};
  effects::equipment gear;
  actors::effects_actor effects;
};

}  // namespace

TEST_CASE("an effect calls its tool with the arguments, and its outcome goes to the task") {
  effects_world world;
  world.start(world.order());
  REQUIRE(world.tool->calls.size() == 1);
  CHECK(world.tool->calls[0].effect_id == world.task.str() + "/2");
  CHECK(world.tool->calls[0].arguments == json{{"zone", "UTC"}});
  CHECK(world.inputs.empty());
  world.answer_call(json{{"now", "noon"}});
  REQUIRE(world.inputs.size() == 1);
  CHECK(world.inputs[0].kind == actors::task_input::type::outcome);
  CHECK(world.inputs[0].task == world.task);
  CHECK(world.inputs[0].text == world.task.str() + "/2");
  CHECK(world.inputs[0].data == json{{"value", {{"now", "noon"}}}});
}

TEST_CASE("an outcome is offered until the task has it") {
  effects_world world;
  world.answer.value = fail(errc::unavailable, "restarting");
  world.start(world.order());
  world.answer_call(json{1});
  CHECK(world.inputs.size() == 1);
  world.pass(milliseconds{199});
  CHECK(world.inputs.size() == 1);
  world.pass(milliseconds{201});
  CHECK(world.inputs.size() == 3);
  world.answer.value = core::submitted_task{};
  world.pass(milliseconds{200});
  CHECK(world.inputs.size() == 4);
  world.pass(milliseconds{5'000});
  CHECK(world.inputs.size() == 4);
}

TEST_CASE("an outcome that nobody wants any more is offered once") {
  effects_world world;
  SUBCASE("the task has ended") { world.answer.value = fail(errc::task_terminal, "completed"); }
  SUBCASE("the task is gone") { world.answer.value = fail(errc::not_found, "no task"); }
  world.start(world.order());
  world.answer_call(json{1});
  world.pass(milliseconds{1'000});
  CHECK(world.inputs.size() == 1);
}

TEST_CASE("an outcome waits for an agent that is not there") {
  effects_world world;
  auto order = world.order();
  order.agent = "newcomer";
  world.start(order);
  world.answer_call(json{1});
  world.pass(milliseconds{500});
  CHECK(world.inputs.empty());
  world.put_agent("newcomer");
  world.pass(milliseconds{200});
  CHECK(world.inputs.size() == 1);
}

TEST_CASE("other slots hold when the room is told of them") {
  effects_world world;
  auto slots = world.gear.slots;
  world.gear.slots_now = [&slots] { return slots; };
  for (int i = 0; i < 4; ++i) {
    auto order = world.order();
    order.task = task_id::make(world.time.now());
    order.effect_id = order.task.str() + "/2";
    world.start(order);
  }
  CHECK(world.tool->calls.size() == 2);
  slots.slots["tool"] = 3;
  world.pass(milliseconds{1'000});
  CHECK(world.tool->calls.size() == 2);
  caf::anon_send(world.effects, actors::tick{effects::slots_changed_tick});
  world.run();
  CHECK(world.tool->calls.size() == 3);
}

TEST_CASE("an effect that runs already is not run twice") {
  effects_world world;
  world.start(world.order());
  auto again = world.order();
  again.resumed = true;
  world.start(again);
  CHECK(world.tool->calls.size() == 1);
}

TEST_CASE("a call that a restart cut off is not made again unless it may be") {
  effects_world world;
  auto order = world.order();
  order.resumed = true;
  SUBCASE("it may not") {
    world.start(order);
    CHECK(world.tool->calls.empty());
    REQUIRE(world.inputs.size() == 1);
    CHECK(world.inputs[0].data.at("error").at("code") == "outcome_unknown");
  }
  SUBCASE("it may") {
    order.request["rerun"] = true;
    world.start(order);
    CHECK(world.tool->calls.size() == 1);
    CHECK(world.inputs.empty());
  }
}

TEST_CASE("a tool that fails, or that does not exist, is an outcome too") {
  effects_world world;
  SUBCASE("fails") {
    world.start(world.order());
    world.answer_call(fail(errc::timeout, "too slow"));
    REQUIRE(world.inputs.size() == 1);
    CHECK(world.inputs[0].data == json{{"error", {{"code", "timeout"}, {"detail", "too slow"}}}});
  }
  SUBCASE("does not exist") {
    world.start(world.order("nothing"));
    REQUIRE(world.inputs.size() == 1);
    CHECK(world.inputs[0].data.at("error").at("code") == "not_found");
  }
}

TEST_CASE("the outcome of an effect whose task has ended is dropped") {
  effects_world world;
  world.start(world.order());
  caf::anon_send(world.effects, actors::abort_effects{{world.task.str() + "/2"}});
  world.run();
  world.answer_call(json{1});
  CHECK(world.inputs.empty());
  CHECK(world.watch.notes == std::vector<std::string>{"late effect_outcome"});
}

TEST_CASE("an effect that the budget has no room for is not called, and its task is told the limit") {
  effects_world world;
  auto order = world.order();
  order.request["denied"] = "max_tokens: 10";
  world.start(order);
  CHECK(world.tool->calls.empty());
  REQUIRE(world.inputs.size() == 1);
  CHECK(world.inputs[0].data.at("error") == json{{"code", "limit_exceeded"}, {"detail", "max_tokens: 10"}});
}

TEST_CASE("no more effects run than there are slots, the urgent first, and an aborted one makes room") {
  effects_world world;
  const auto order = [&](int number, core::priority urgency) {
    auto out = world.order();
    out.effect_id = world.task.str() + "/" + std::to_string(number);
    out.priority = urgency;
    return out;
  };
  for (int i = 1; i <= 3; ++i) world.start(order(i, core::priority::background));
  world.start(order(4, core::priority::critical));
  CHECK(world.tool->calls.size() == 2);
  world.answer_call(json{1});
  REQUIRE(world.tool->calls.size() == 3);
  CHECK(world.tool->calls[2].effect_id == world.task.str() + "/4");
  caf::anon_send(world.effects, actors::abort_effects{{world.task.str() + "/1"}});
  world.run();
  REQUIRE(world.tool->calls.size() == 4);
  CHECK(world.tool->calls[3].effect_id == world.task.str() + "/3");
}

TEST_CASE("a type of effect that nobody runs is an error of its task") {
  effects_world world;
  auto order = world.order();
  order.request["type"] = "telepathy";
  world.start(order);
  REQUIRE(world.inputs.size() == 1);
  CHECK(world.inputs[0].data.at("error").at("code") == "unsupported");
}

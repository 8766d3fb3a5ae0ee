#include <optional>

#include "actors/effects/runners.hpp"
#include "protocols/core/input.hpp"
#include "tests/unit/actors/effects/runners_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

/// A port of tasks that refuses what is submitted, and remembers it.
struct refusing_tasks final : core::task_service {
  std::vector<core::submission> submitted;
  error why = fail(errc::queue_full, "full");

  void submit(const core::caller&, core::submission what, core::completion<core::submitted_task> done) override {
    submitted.push_back(std::move(what));
    done(why);
  }
  void get(const core::caller&, task_id, core::completion<core::task_ptr> done) override {
    done(fail(errc::not_found, "none"));
  }
  void await(const core::caller&, task_id, milliseconds, core::completion<core::task_ptr>) override {}
  void send(const core::caller&, task_id, core::further_message, core::completion<core::submitted_task>) override {}
  void cancel(const core::caller&, task_id, std::string, core::completion<core::task_ptr>) override {}
  void list(const core::caller&, core::task_filter, core::page_request,
            core::completion<core::page<core::task_row>>) override {}
  void remove(const core::caller&, task_id, core::completion<void>) override {}
  void events(const core::caller&, task_id, std::uint64_t, int, core::completion<std::vector<core::event_ptr>>) override {}
  void subscribe(const core::caller&, task_id, std::uint64_t, std::size_t, std::shared_ptr<core::event_sink>,
                 core::completion<core::subscription_ptr>) override {}
  void contexts(const core::caller&, core::page_request, core::completion<core::page<core::context_info>>) override {}
  void context(const core::caller&, std::string, core::completion<core::context_info>) override {}
  void context_messages(const core::caller&, std::string, core::page_request,
                        core::completion<core::page<core::message>>) override {}
  void remove_context(const core::caller&, std::string, core::completion<void>) override {}
};

struct calling {
  known_agents agents;
  refusing_tasks tasks;
  std::unique_ptr<effects::runner> runner = effects::make_child_runner(tasks, agents.all);

  /// The end of a call of that agent with these arguments.
  effects::effect_end call(const std::string& agent, json arguments, bool resumed = false) {
    actors::run_effect order;
    order.task = task_id::make(time_point{std::chrono::seconds{1}});
    order.agent = "caller";
    order.effect_id = order.task.str() + "/2";
    order.request = {{"type", "child"}, {"agent", agent}, {"child_id", task_id::make(time_point{}).str()}};
    core::put_arguments(order.request, std::move(arguments));
    order.resumed = resumed;
    std::optional<effects::effect_end> out;
    effects::hooks to;
    to.done = [&out](effects::effect_end end) { out = std::move(end); };
    const auto running = runner->start(order, std::move(to));
    REQUIRE(out);
    return std::move(*out);
  }
  const core::part& said() const { return tasks.submitted.at(0).message.parts.at(0); }
};

}  // namespace

TEST_CASE("a child of an agent with an input_schema is told the arguments as data, another one its message as text") {
  calling with;
  with.agents.put("weather", city_schema);
  with.agents.put("talker");
  SUBCASE("data") {
    with.call("weather", {{"city", "Bern"}});
    CHECK(with.said().data == json{{"city", "Bern"}});
  }
  SUBCASE("text") {
    with.call("talker", {{"message", "hello"}, {"more", 1}});
    CHECK(with.said().text == "hello");
  }
  CHECK(with.tasks.submitted.size() == 1);
}

TEST_CASE("arguments that an agent does not take make no child") {
  calling with;
  with.agents.put("weather", city_schema);
  with.agents.put("talker");
  const auto unfit = with.call("weather", {{"message", "Bern"}});
  CHECK(unfit.value.error().code == errc::invalid);
  CHECK_FALSE(unfit.again);
  CHECK(with.call("talker", {{"city", "Bern"}}).value.error().code == errc::invalid);
  CHECK(with.tasks.submitted.empty());
}

TEST_CASE("of the agents that a query names, the first that takes the arguments is called") {
  calling with;
  with.agents.put("a", json{{"required", {"town"}}});
  with.agents.put("b", city_schema);
  with.agents.put("c");
  with.agents.put("d", city_schema, "other");
  with.call("?skill=forecast", {{"city", "Bern"}});
  with.call("?skill=forecast", {{"message", "Bern"}});
  with.call("?skill=other", {{"city", "Bern"}});
  REQUIRE(with.tasks.submitted.size() == 3);
  CHECK(with.tasks.submitted[0].agent == "b");
  CHECK(with.tasks.submitted[1].agent == "c");
  CHECK(with.tasks.submitted[2].agent == "d");
  CHECK(with.call("?skill=other", {{"message", "x"}}).value.error().code == errc::invalid);
  CHECK(with.call("?skill=none", {{"message", "x"}}).value.error().code == errc::not_found);
}

TEST_CASE("an agent that drains has refused the child; of one that restarts nobody knows") {
  calling with;
  with.agents.put("talker");
  for (const bool resumed : {false, true}) {
    with.tasks.why = fail(errc::draining, "agent 'talker' is draining");
    const auto refused = with.call("talker", {{"message", "x"}}, resumed);
    CHECK(refused.value.error().code == errc::draining);
    CHECK_FALSE(refused.again);
    with.tasks.why = fail(errc::unavailable, "agent 'talker' is restarting");
    CHECK(with.call("talker", {{"message", "x"}}, resumed).again);
  }
}

TEST_CASE("an agent that is not there is asked for all the same: the port names near ones") {
  calling with;
  with.tasks.why = fail(errc::not_found, "no agent 'x'; did you mean 'y'?");
  CHECK(with.call("x", {{"message", "hello"}}).value.error().detail == "no agent 'x'; did you mean 'y'?");
  CHECK(with.tasks.submitted.at(0).agent == "x");
}

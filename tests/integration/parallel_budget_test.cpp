#include <doctest/doctest.h>

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <map>
#include <random>

#include "actors/agent/agent_actor.hpp"
#include "actors/clockwork/clockwork.hpp"
#include "actors/effects/effects.hpp"
#include "actors/effects/runners.hpp"
#include "actors/service/task_front.hpp"
#include "tests/integration/spreading.hpp"
#include "tests/support/journal_world.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

constexpr int calls = 1'000;

/// Agents of the kind `spreading` with everything that they stand on: journal, feeds, effects, the real runners.
struct budget_world : journal_world {
  budget_world() {
    gear.runners = [this] {
      effects::runner_map out;
      out["model"] = effects::make_model_runner(models, no_tools, definitions);
      out["child"] = effects::make_child_runner(tasks, definitions);
      return out;
    };
    gear.slots.slots["model"] = calls;
    const auto clockwork = keep(clockwork::spawn_clockwork(system, env, where));
    const auto effects = keep(effects::spawn_effects(system, gear, env, where));
    where.update([&](directory::services& s) {
      s.clockwork = clockwork;
      s.effects = effects;
    });
  }
  ~budget_world() { end(); }

  void define(json document) {
    document["kind"] = "spreading";
    auto made = definitions.compile(document);
    if (!made) FAIL(made.error().detail);
    REQUIRE(definitions.put(std::move(*made), "", store, time.now()));
    start(document.at("name"));
  }
  void start(const std::string& name) {
    const auto depth = std::make_shared<std::atomic<std::int64_t>>(0);
    agents[name] = keep(
        agent::spawn_agent(system, name, definitions, env, where, depth, std::make_shared<agent::standing_orders>(), [] {}));
    where.put_agent(name, agents[name], depth);
    run();
  }
  /// With all its tasks, as after a crash.
  void restart(const std::string& name) {
    caf::anon_send_exit(agents.at(name), caf::exit_reason::kill);
    run();
    start(name);
    pass(milliseconds{250});
  }

  task_id submit(const std::string& agent) {
    core::submission what;
    what.agent = agent;
    what.message = core::text_message(core::role::user, "", "go");
    const auto asked = ask<actors::task_reply>(where.agent_to_send(agent), actors::submit_request{{}, std::move(what)});
    run();
    REQUIRE(asked->has_value());
    REQUIRE(**asked);
    const auto& made = (**asked)->value;
    if (!made) FAIL(made.error().detail);
    return made->task->row.id;
  }

  /// One of the calls that wait, chosen at random: it fails, or uses at most what it was asked for.
  void answer_one() {
    auto& waiting = models.model->waiting;
    std::swap(waiting[random() % waiting.size()], waiting.back());
    auto one = std::move(waiting.back());
    waiting.pop_back();
    const auto up_to = [this](std::int64_t most) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1));
    };
    core::model_answer said;
    said.finish = "stop";
    said.model = "held/held";
    said.input_tokens = up_to(one.input);
    said.output_tokens = up_to(one.output);
    if (random() % 10 == 0) return one.done(fail(errc::upstream_failed, "502"));
    one.done(std::move(said));
  }

  std::mt19937_64 random{20};
  held_models models;
  effects::toolbox no_tools;
  catalog::catalog definitions{{std::make_shared<spreading_kind>()}};
  service::task_front tasks{bridge(), where, definitions, env};
  effects::equipment gear;
  std::map<std::string, actors::agent_actor> agents;
};

/// What a journal says of a budget, added up without the envelope's help.
struct ledger {
  std::int64_t used_tokens = 0, used_cost = 0;
  std::int64_t held_tokens = 0, held_cost = 0;
  std::map<std::string, json> open;
  int granted = 0, denied = 0, settled = 0;

  static std::int64_t number(const json& of, const char* name) { return of.value(name, std::int64_t{0}); }

  void request(const json& data, std::int64_t max_tokens, std::int64_t max_cost) {
    const auto& wanted = data.at("reserve");
    const bool fits = used_tokens + held_tokens + number(wanted, "tokens") <= max_tokens &&
                      used_cost + held_cost + number(wanted, "cost_microusd") <= max_cost;
    // Used as far as it fits: a call is refused when there is no room for it, and only then.
    if (data.at("type") == "model") REQUIRE(data.contains("denied") == !fits);
    open[data.at("effect_id")] = data;
    if (data.contains("denied")) return void(++denied);
    ++granted;
    held_tokens += number(wanted, "tokens");
    held_cost += number(wanted, "cost_microusd");
  }

  void resolve(const json& data) {
    const auto found = open.find(data.at("effect_id"));
    REQUIRE(found != open.end());
    const auto request = std::move(found->second);
    open.erase(found);
    if (request.contains("denied")) {
      REQUIRE(data.at("error").at("code") == "limit_exceeded");
      REQUIRE(data.at("error").at("detail") == request.at("denied"));
      return;
    }
    ++settled;
    const auto& reserve = request.at("reserve");
    held_tokens -= number(reserve, "tokens");
    held_cost -= number(reserve, "cost_microusd");
    const auto used = data.value("usage", json::object());
    const auto tokens = number(used, "input_tokens") + number(used, "output_tokens");
    REQUIRE(tokens <= number(reserve, "tokens"));
    REQUIRE(number(used, "cost_microusd") <= number(reserve, "cost_microusd"));
    used_tokens += tokens;
    used_cost += number(used, "cost_microusd");
  }
};

/// Reads a journal event by event; at no time is more used and held than the budget has.
ledger audit(const core::loaded_task& journal, std::int64_t max_tokens, std::int64_t max_cost) {
  ledger out;
  for (const auto& event : journal.events) {
    const auto data = json::parse(event->data);
    if (event->kind == core::kinds::effect_requested) out.request(data, max_tokens, max_cost);
    if (event->kind == core::kinds::effect_resolved) out.resolve(data);
    REQUIRE(out.used_tokens + out.held_tokens <= max_tokens);
    REQUIRE(out.used_cost + out.held_cost <= max_cost);
  }
  return out;
}

}  // namespace

TEST_CASE("a thousand parallel calls against one budget never overshoot it, and use it as far as it fits") {
  std::int64_t max_tokens = 1'000'000'000, max_cost = 1'000'000'000;
  SUBCASE("of tokens") { max_tokens = 60'000; }
  SUBCASE("of money") { max_cost = 90'000; }
  SUBCASE("of both, whichever is met first") {
    max_tokens = 60'000;
    max_cost = 90'000;
  }
  budget_world world;
  world.define(
      {{"name", "wide"}, {"width", calls}, {"limits", {{"max_tokens", max_tokens}, {"max_cost_microusd", max_cost}}}});
  const auto task = world.submit("wide");
  auto& waiting = world.models.model->waiting;
  const auto at_once = waiting.size();
  CHECK(at_once > calls / 3);
  CHECK(at_once < calls);
  for (int answered = 0; !waiting.empty(); ++answered) {
    world.answer_one();
    // Outcomes come one by one and in heaps, some to an agent that is just being restarted.
    if (world.random() % 8 == 0 || waiting.empty()) world.run();
    if (answered == 100 || answered == 500) world.restart("wide");
    if (waiting.empty()) world.pass(milliseconds{250});
  }
  const auto& journal = world.store.tasks.at(task);
  CHECK(journal.row.status.state == core::task_state::completed);
  const auto sum = audit(journal, max_tokens, max_cost);
  CHECK(sum.open.empty());
  CHECK(sum.granted > static_cast<int>(at_once));
  CHECK(sum.settled == sum.granted);
  CHECK(sum.granted + sum.denied > calls);
  CHECK(journal.row.usage.input_tokens + journal.row.usage.output_tokens == sum.used_tokens);
  CHECK(journal.row.usage.cost_microusd == sum.used_cost);
  // What is left has no room for the largest call.
  CHECK((max_tokens - sum.used_tokens < 200 || max_cost - sum.used_cost < 300));
}

TEST_CASE("a thousand children that are asked for together get equal shares, and none of them oversteps its own") {
  constexpr std::int64_t max_tokens = 160'000, max_cost = 240'000;
  budget_world world;
  world.define({{"name", "worker"}, {"width", 3}});
  world.define({{"name", "lead"},
                {"width", calls},
                {"agent", "worker"},
                {"limits", {{"max_tokens", max_tokens}, {"max_cost_microusd", max_cost}}}});
  const auto lead = world.submit("lead");
  CHECK(world.models.model->waiting.size() > calls / 2);
  while (!world.models.model->waiting.empty()) {
    world.answer_one();
    if (world.random() % 8 == 0 || world.models.model->waiting.empty()) world.run();
  }
  const auto& journal = world.store.tasks.at(lead);
  CHECK(journal.row.status.state == core::task_state::completed);
  const auto sum = audit(journal, max_tokens, max_cost);
  CHECK(sum.open.empty());
  CHECK(sum.granted == calls);
  std::int64_t used = 0;
  int children = 0;
  for (const auto& [id, one] : world.store.tasks) {
    if (one.row.parent_id != lead) continue;
    ++children;
    REQUIRE(core::is_terminal(one.row.status.state));
    const auto budget = json::parse(one.events.front()->data).at("budget");
    // What does not divide goes to the last ones.
    REQUIRE(budget.at("max_tokens").get<std::int64_t>() - max_tokens / (calls + 1) <= 1);
    REQUIRE(budget.at("max_tokens") >= max_tokens / (calls + 1));
    REQUIRE(budget.at("max_cost_microusd").get<std::int64_t>() - max_cost / (calls + 1) <= 1);
    REQUIRE(budget.at("max_cost_microusd") >= max_cost / (calls + 1));
    const auto spent = audit(one, budget.at("max_tokens"), budget.at("max_cost_microusd"));
    REQUIRE(spent.open.empty());
    used += spent.used_tokens;
  }
  CHECK(children == calls);
  CHECK(used > max_tokens / 4);
  CHECK(used == sum.used_tokens);
  CHECK(journal.row.usage.input_tokens + journal.row.usage.output_tokens == used);
}

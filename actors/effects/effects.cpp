#include "actors/effects/effects.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <unordered_map>

#include "actors/system/system.hpp"

namespace mofa::effects {
namespace {

using namespace mofa::actors;
using std::chrono::steady_clock;

constexpr milliseconds offer_again{200};

struct running_effect {
  run_effect order;
  std::uint64_t number = 0;  ///< of its offers, for ticks
  steady_clock::time_point begun;
  std::optional<core::json> outcome;  ///< as the task journals it; held until the task has it
};

core::json outcome_json(result<core::json> value) {
  if (value) return {{"value", std::move(*value)}};
  return {{"error", {{"code", to_string(value.error().code)}, {"detail", value.error().detail}}}};
}

struct effects_state {
  static inline const char* name = "effects";
  using self_pointer = effects_actor::stateful_pointer<effects_state>;

  explicit effects_state(self_pointer me) : self(me) {}

  self_pointer self;
  const toolbox* tools = nullptr;
  const environment* env = nullptr;
  const directory::directory* where = nullptr;
  std::unordered_map<std::string, running_effect> running;
  std::unordered_map<std::uint64_t, std::string> by_number;
  std::uint64_t last_number = 0;

  void run(run_effect& order) {
    const auto id = order.effect_id;
    if (const auto known = running.find(id); known != running.end()) return;  // it runs, or its outcome is being offered
    const bool again = order.resumed && !order.rerun;
    auto& one = running[id];
    one.number = ++last_number;
    by_number[one.number] = id;
    one.begun = steady_clock::now();
    one.order = std::move(order);
    if (again)
      return resolve(id, fail(errc::unknown_outcome, "the server stopped while the call was running"), "outcome_unknown");
    const auto tool = tools->find(one.order.tool);
    if (tool == tools->end()) return resolve(id, fail(errc::not_found, "no tool '" + one.order.tool + "'"));
    env->watch.effect_started("tool");
    const auto me = caf::actor_cast<effects_actor>(self);
    tool->second->invoke({id, one.order.arguments}, [me, id](result<core::json> value) {
      caf::anon_send(me, effect_outcome{id, std::move(value)});
    });
  }

  void resolve(const std::string& id, result<core::json> value, const char* code = nullptr) {
    const auto found = running.find(id);
    // Its task has ended in the meantime.
    if (found == running.end()) return env->watch.late_message_dropped("effect_outcome");
    auto& one = found->second;
    if (one.outcome) return env->watch.late_message_dropped("effect_outcome");
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - one.begun);
    env->watch.before_outcome();
    env->watch.effect_ended("tool", value.has_value(), took);
    one.outcome = outcome_json(std::move(value));
    if (code != nullptr) (*one.outcome)["error"]["code"] = code;
    offer(id);
  }

  void offer(const std::string& id) {
    const auto& one = running.at(id);
    const auto agent = where->agent_to_send(one.order.agent);
    if (!agent) return later(one.number);
    task_input input;
    input.task = one.order.task;
    input.kind = task_input::type::outcome;
    input.text = id;
    input.data = *one.outcome;
    self->request(agent, caf::infinite, std::move(input))
        .then(
            [this, id](const task_reply& reply) {
              const auto known = running.find(id);
              if (known == running.end()) return;
              // Journaled, or nobody wants it any more. Everything else is offered again: an outcome is never dropped.
              const bool settled = reply.value || reply.value.error().code == errc::not_found ||
                                   reply.value.error().code == errc::task_terminal;
              settled ? forget(id) : later(known->second.number);
            },
            [this, number = one.number](const caf::error&) { later(number); });
  }

  void later(std::uint64_t number) { self->delayed_send(self, offer_again, tick{number}); }

  void forget(const std::string& id) {
    const auto known = running.find(id);
    if (known == running.end()) return;
    by_number.erase(known->second.number);
    running.erase(known);
  }
};

}  // namespace

effects_actor spawn_effects(caf::actor_system& system, const toolbox& tools, const environment& env,
                            const directory::directory& where) {
  return system.spawn([&](effects_state::self_pointer self) -> effects_actor::behavior_type {
    guard(self);
    self->state.tools = &tools;
    self->state.env = &env;
    self->state.where = &where;
    return {[self](run_effect& order) { self->state.run(order); },
            [self](const abort_effects& request) {
              for (const auto& id : request.effect_ids) self->state.forget(id);
            },
            [self](effect_outcome& outcome) { self->state.resolve(outcome.effect_id, std::move(outcome.value)); },
            [self](tick again) {
              const auto known = self->state.by_number.find(again.what);
              if (known != self->state.by_number.end()) self->state.offer(known->second);
            }};
  });
}

}  // namespace mofa::effects

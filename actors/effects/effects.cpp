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

struct effect {
  run_effect order;
  std::string type;
  scheduling::ticket number = 0;  ///< of its place, its slot and its offers
  bool started = false;
  steady_clock::time_point begun;
  core::running_call_ptr call;  ///< gives it up when it goes away
  std::optional<json> outcome;  ///< as the task journals it; held until the task has it
};

json usage_json(const core::usage& used) {
  json out = json::object();
  const auto put = [&](const char* name, std::int64_t value) {
    if (value != 0) out[name] = value;
  };
  put("input_tokens", used.input_tokens);
  put("output_tokens", used.output_tokens);
  put("cost_microusd", used.cost_microusd);
  put("model_calls", used.model_calls);
  put("tool_calls", used.tool_calls);
  put("descendants", used.descendants);
  return out;
}

json outcome_json(effect_end how) {
  json out;
  if (how.value)
    out["value"] = std::move(*how.value);
  else
    out["error"] = {{"code", to_string(how.value.error().code)}, {"detail", how.value.error().detail}};
  if (auto used = usage_json(how.used); !used.empty()) out["usage"] = std::move(used);
  return out;
}

struct effects_state {
  static inline const char* name = "effects";
  using self_pointer = effects_actor::stateful_pointer<effects_state>;

  explicit effects_state(self_pointer me) : self(me) {}
  effects_state(const effects_state&) = delete;
  /// However it ends, nothing of it runs on or takes a slot: whoever counts is told.
  ~effects_state() {
    for (auto& [id, one] : known) leave(one, false);
    if (slots) report();
  }

  self_pointer self;
  const equipment* how = nullptr;
  const environment* env = nullptr;
  const directory::directory* where = nullptr;
  runner_map runners;
  std::optional<scheduling::scheduler> slots;
  std::unordered_map<std::string, effect> known;
  std::unordered_map<scheduling::ticket, std::string> by_number;
  scheduling::ticket last_number = 0;

  void run(run_effect& order) {
    const auto id = order.effect_id;
    if (known.contains(id)) return;  // it runs, or its outcome is being offered
    auto& one = known[id];
    one.number = ++last_number;
    by_number[one.number] = id;
    one.type = order.request.value("type", std::string{});
    one.order = std::move(order);
    if (const auto why = objection(one)) return resolve(id, {*why, {}, false});
    if (!slots->knows(one.type)) return launch(id);
    slots->enqueue(one.number, one.type, one.order.priority, env->time.now());
    hand_out();
  }

  // Why it is not to be run at all.
  std::optional<error> objection(const effect& one) const {
    const auto& request = one.order.request;
    if (const auto denied = request.find("denied"); denied != request.end())
      return fail(errc::limit_exceeded, denied->get<std::string>());
    if (one.order.resumed && !request.value("rerun", false))
      return fail(errc::unknown_outcome, "the server stopped while the call was running");
    if (!runners.contains(one.type)) return fail(errc::unsupported, "no effects of type '" + one.type + "'");
    return std::nullopt;
  }

  void hand_out() {
    for (const auto number : slots->hand_out(env->time.now())) launch(by_number.at(number));
    report();
  }

  void take_slots() {
    if (how->slots_now) slots->follow(how->slots_now());
  }

  void reschedule() {
    take_slots();
    hand_out();
  }

  void report() const {
    for (const auto& one : slots->look()) env->watch.slots_taken(one.resource, one.busy, one.waiting);
  }

  void launch(const std::string& id) {
    auto& one = known.at(id);
    one.started = true;
    // What an earlier life of this room may have said of it is not continued.
    if (one.type == "model") caf::anon_send(where->feeds(), effect_text{one.order.task, id, 0, {}, true});
    one.begun = steady_clock::now();
    env->watch.effect_started(one.type);
    const auto me = caf::actor_cast<effects_actor>(self);
    hooks to;
    to.on_text = [me, task = one.order.task, id](int attempt, std::string text) {
      caf::anon_send(me, effect_text{task, id, attempt, std::move(text), false});
    };
    to.on_retry = [me, task = one.order.task, id](core::failed_attempt what) {
      caf::anon_send(me, effect_retried{task, id, std::move(what)});
    };
    to.done = [me, id](effect_end end) {
      caf::anon_send(me, effect_outcome{id, std::move(end.value), end.used, end.again});
    };
    one.call = runners.at(one.type)->start(one.order, std::move(to));
  }

  // What a call still says when its task has ended is dropped.
  template <class News>
  void hear(News& news) {
    const auto found = known.find(news.effect_id);
    if (found == known.end() || found->second.outcome) return;
    caf::anon_send(where->feeds(), std::move(news));
  }

  // Nobody knows how it went: it is looked for again.
  void again(effect& one) {
    leave(one, false);
    one.call.reset();
    one.order.resumed = true;
    later(one.number);
  }

  void resolve(const std::string& id, effect_end end) {
    const auto found = known.find(id);
    if (end.again && found != known.end() && !found->second.outcome) return again(found->second);
    // Its task has ended in the meantime.
    if (found == known.end() || found->second.outcome) return env->watch.late_message_dropped("effect_outcome");
    auto& one = found->second;
    env->watch.before_outcome();
    leave(one, end.value.has_value());
    // A crash of the process is told from what the outside said.
    const bool unknown = !end.value && end.value.error().code == errc::unknown_outcome;
    one.outcome = outcome_json(std::move(end));
    if (unknown) (*one.outcome)["error"]["code"] = "outcome_unknown";
    one.call.reset();
    offer(id);
    hand_out();
  }

  // It gives up its slot or its place.
  void leave(effect& one, bool ok) {
    slots->leave(one.number);
    if (!one.started) return;
    one.started = false;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - one.begun);
    env->watch.effect_ended(one.type, ok, took);
  }

  void offer(const std::string& id) {
    const auto& one = known.at(id);
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
              const auto found = known.find(id);
              if (found == known.end()) return;
              // Journaled, or nobody wants it any more. Everything else is offered again: an outcome is never dropped.
              const bool settled = reply.value || reply.value.error().code == errc::not_found ||
                                   reply.value.error().code == errc::task_terminal;
              settled ? forget(id) : later(found->second.number);
            },
            [this, number = one.number](const caf::error&) { later(number); });
  }

  void later(scheduling::ticket number) { self->delayed_send(self, offer_again, tick{number}); }

  void abort(const std::string& id) {
    const auto found = known.find(id);
    if (found == known.end()) return;
    auto& one = found->second;
    const auto runner = runners.find(one.type);
    if (!one.outcome && runner != runners.end()) runner->second->abort(one.order);
    leave(one, false);
    forget(id);
    hand_out();
  }

  void forget(const std::string& id) {
    const auto found = known.find(id);
    if (found == known.end()) return;
    if (found->second.type == "model")
      caf::anon_send(where->feeds(), effect_text{found->second.order.task, id, 0, {}, true});
    by_number.erase(found->second.number);
    known.erase(found);
  }
};

}  // namespace

effects_actor spawn_effects(caf::actor_system& system, const equipment& how, const environment& env,
                            const directory::directory& where) {
  return system.spawn([&](effects_state::self_pointer self) -> effects_actor::behavior_type {
    guard(self);
    auto& state = self->state;
    state.how = &how;
    state.env = &env;
    state.where = &where;
    state.runners = how.runners();
    state.slots.emplace(how.slots);
    state.take_slots();
    return {[self](run_effect& order) { self->state.run(order); },
            [self](const abort_effects& request) {
              for (const auto& id : request.effect_ids) self->state.abort(id);
            },
            [self](effect_text& news) { self->state.hear(news); },
            [self](effect_retried& news) { self->state.hear(news); },
            [self](effect_outcome& outcome) {
              self->state.resolve(outcome.effect_id, {std::move(outcome.value), outcome.used, outcome.again});
            },
            [self](tick late) {
              if (late.what == slots_changed_tick) return self->state.reschedule();
              const auto found = self->state.by_number.find(late.what);
              if (found == self->state.by_number.end()) return;
              const auto& one = self->state.known.at(found->second);
              if (one.outcome)
                self->state.offer(found->second);
              else if (!one.started)
                self->state.launch(found->second);
            }};
  });
}

}  // namespace mofa::effects

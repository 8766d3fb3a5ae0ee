#include "actors/task/task_actor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <vector>

#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "actors/system/system.hpp"
#include "actors/task/journaled_task.hpp"
#include "actors/task/load.hpp"
#include "actors/task/recent_keys.hpp"
#include "protocols/core/settled.hpp"

namespace mofa::task {
namespace {

using namespace mofa::actors;
using asker = caf::typed_response_promise<task_reply>;

struct waiting_input {
  task_input what;
  asker who;
};

struct task_state {
  static inline const char* name = "task";
  using self_pointer = task_actor::stateful_pointer<task_state>;

  explicit task_state(self_pointer me) : self(me) {}
  task_state(const task_state&) = delete;
  /// Whoever still waits is told, however the actor ends: a promise that is dropped would leave them waiting.
  ~task_state() {
    answer_interrupted(asker_in_flight);
    for (auto& [what, who] : stash) answer_interrupted(who);
  }

  self_pointer self;
  std::shared_ptr<const workshop> shop;
  agent_actor agent;
  task_id which;
  std::optional<journaled_task> task;
  std::vector<waiting_input> stash;  ///< what arrived while an append was in flight
  std::unique_ptr<step> in_flight;   ///< on the heap: most of its life a task waits
  asker asker_in_flight;
  recent_keys keys;
  std::uint64_t message_in_flight = 0;  ///< number of the message that the step in flight takes; 0: it takes none
  std::vector<core::timer_row> timers;  ///< that the step in flight sets

  time_point now() const { return shop->env.time.now(); }
  const core::task_row& row() const { return task->state().row; }

  void note(task_note::type kind, std::string reason = {}) {
    self->send(agent, task_note{which, kind, task ? row().status.state : core::task_state::submitted, std::move(reason)});
  }

  // --- steps ---------------------------------------------------------------------------------------------------------

  void commit(step next, asker who, std::uint64_t message = 0) {
    in_flight = std::make_unique<step>(std::move(next));
    asker_in_flight = std::move(who);
    message_in_flight = message;
    core::task_ptr settled;
    if (core::is_settled(row())) settled = task->view();
    auto& unit = in_flight->unit;
    timers = unit.timers_set;  // needed after the commit; the unit itself moves on
    if (storage::is_volatile(which) && !unit.idempotency) {
      // Memory does not fail and nothing waits for a disk.
      caf::anon_send(shop->feeds, append_request{std::move(unit), settled});
      return committed(std::move(settled));
    }
    // A key that another request has used in the meantime is refused, also by memory.
    if (storage::is_volatile(which)) return ask_to_append(shop->feeds, settled);
    ask_to_append(shop->journal, settled);
  }

  template <class Keeper>
  void ask_to_append(const Keeper& keeper, core::task_ptr settled) {
    self->request(keeper, caf::infinite, append_request{std::move(in_flight->unit), settled})
        .then(
            [this, settled](const append_reply& reply) { reply.value ? committed(settled) : refused(reply.value.error()); },
            [this](const caf::error&) {
              refused(mofa::fail(errc::unknown_outcome, "the journal restarts; read the task again"));
            });
  }

  void committed(core::task_ptr settled) {
    const auto done = std::move(*in_flight);
    born = true;
    in_flight.reset();
    keys.committed(now());
    auto& watch = shop->env.watch;
    for (auto& timer : timers) self->send(shop->clockwork, arm_timer{std::move(timer)});
    timers.clear();
    for (const auto& effect : done.start) run(effect, false);
    if (!done.abort.empty()) self->send(shop->effects, abort_effects{done.abort});
    if (asker_in_flight.pending()) {
      if (!settled) settled = task->view();
      asker_in_flight.deliver(task_reply{core::submitted_task{std::move(settled), false, message_in_flight}});
    }
    if (done.crash) {
      watch.task_crashed(row().agent);
      return retire(task_note::type::crashed, *done.crash);
    }
    if (task->ended()) {
      watch.task_ended(row().agent, row().status.state, row().updated_at - row().created_at);
      note(task_note::type::ended);
    } else if (task->undecided()) {
      note(task_note::type::held);  // journaled; its agent says when it is decided
    } else {
      tell_what_it_does();
    }
    next_input();
  }

  // A task that was answered keeps its context busy again.
  void tell_what_it_does() {
    const bool waits = core::is_interrupted(row().status.state);
    using type = task_note::type;
    task_note news{which, waits ? type::waiting : asks() ? type::asking : type::busy, row().status.state, {}};
    if (awaited_person && !waits) news.context = context_key(row().tenant, row().owner, row().context_id);
    awaited_person = waits;
    self->send(agent, std::move(news));
  }

  // It waits for nothing but its children.
  bool asks() const {
    const auto& effects = task->state().effects;
    return !effects.empty() && std::all_of(effects.begin(), effects.end(), [](const auto& e) { return e.is_child(); });
  }

  void refused(const error& why) {
    in_flight.reset();
    if (asker_in_flight.pending()) asker_in_flight.deliver(task_reply{why});
    // Who asks is told now: one reload for each of them would make the last wait for long. Outcomes and timers stay. A key
    // that was used for something else concerns its own message alone.
    const bool of_key = why.code == errc::idempotency_mismatch;
    std::erase_if(stash, [&](waiting_input& one) {
      const bool told = !of_key && one.who.pending() && one.what.kind != task_input::type::outcome;
      if (told) one.who.deliver(task_reply{why});
      return told;
    });
    if (born) return retire(task_note::type::reload, why.detail);
    note(task_note::type::unborn, why.detail);
    self->quit();
  }

  // What this actor believes is not what is stored, or its behaviour threw: another actor reads the journal. What is here or
  // still comes goes back to the agent, which keeps it for that one; its leave says that nothing more comes.
  void retire(task_note::type why, std::string reason) {
    retired = true;
    note(why, std::move(reason));
    for (auto& [what, who] : stash) give_back(std::move(what), std::move(who));
    stash.clear();
  }
  bool retired = false;
  bool awaited_person = false;  ///< after the last step
  bool born = false;            ///< whether a unit of it was ever committed

  void give_back(task_input what, asker who) {
    shop->mailbox_depth->fetch_add(1, std::memory_order_relaxed);
    if (who.pending()) {
      who.delegate(agent, std::move(what));
    } else {
      caf::anon_send(agent, std::move(what));
    }
  }

  void next_input() {
    while (!in_flight && !stash.empty()) {
      auto [what, who] = std::move(stash.front());
      stash.erase(stash.begin());
      handle(what, std::move(who));
    }
  }

  void run(const pending_effect& effect, bool resumed) {
    self->send(shop->effects, run_effect{which,
                                         row().agent,
                                         {row().tenant, row().owner, 0},
                                         row().context_id,
                                         row().priority,
                                         time_left(),
                                         effect.id,
                                         effect.request,
                                         resumed,
                                         core::hops_of(row().labels)});
  }

  std::optional<milliseconds> time_left() const {
    const auto* deadline = task->state().timer_for("deadline");
    return deadline == nullptr ? std::nullopt : std::optional{std::max(milliseconds{1}, deadline->due - now())};
  }

  // --- facts ---------------------------------------------------------------------------------------------------------

  void take(task_input& what, asker who) {
    if (retired) return give_back(std::move(what), std::move(who));
    if (!task || in_flight) return stash.push_back({std::move(what), std::move(who)});
    handle(what, std::move(who));
  }

  void answer(asker& who) {
    if (who.pending()) who.deliver(task_reply{core::submitted_task{task->view()}});
  }

  void handle(task_input& what, asker who) {
    using type = task_input::type;
    if (task->ended()) return answer_ended(what, who);
    switch (what.kind) {
      case type::message:
        return take_message(what, std::move(who));
      case type::cancel:
        return commit(task->cancel(what.text, now()), std::move(who));
      case type::quarantine:
        shop->env.watch.task_quarantined(row().agent);
        return commit(task->fail("quarantined", what.text, now()), std::move(who));
      case type::timer:
        return take_maybe(task->undecided() && !host_timer(what.text) ? std::nullopt : task->fire(what.text, now()), who);
      case type::outcome:
        return take_maybe(task->resolve(what.text, what.data, now()), who);
      case type::revive:
        return answer(who);
    }
  }

  // While a fact is undecided only what ends the task may follow it.
  bool host_timer(const std::string& id) const {
    const auto* timer = task->state().timer(id);
    return timer != nullptr && (timer->purpose == "deadline" || timer->purpose == "input");
  }

  void take_message(task_input& what, asker who) {
    // An id that is there with other words is no reason to lose these: many clients number their messages.
    if (task->state().has_message(what.message)) return answer(who);
    // The append would refuse a key that was used too, but then the journal is read anew.
    if (what.once && (is_used(*what.once, what.message.message_id) || !keys.take(*what.once, now())))
      return void(who.deliver(
          task_reply{mofa::fail(errc::idempotency_mismatch, "this Idempotency-Key was used with another body")}));
    const auto number = row().last_seq + 1;
    auto next = task->receive(std::move(what.message), now(), what.data);
    next.unit.idempotency = std::move(what.once);
    commit(std::move(next), std::move(who), number);
  }

  /// Where a message's id is its key, the messages at hand have used theirs, with a key or without.
  bool is_used(const core::idempotency_record& key, const std::string& message_id) const {
    return key.once.key == message_id && task->state().has_message(message_id);
  }

  void take_maybe(std::optional<step> next, asker& who) {
    if (!next) return answer(who);  // known already: the fact is a repetition
    commit(std::move(*next), std::move(who));
  }

  void answer_ended(const task_input& what, asker& who) {
    if (!who.pending()) return;
    const auto state = row().status.state;
    if (what.kind == task_input::type::message)
      return void(who.deliver(task_reply{mofa::fail(errc::task_terminal, "the task is " + std::string{to_string(state)})}));
    if (what.kind == task_input::type::cancel && state != core::task_state::canceled)
      return void(who.deliver(
          task_reply{mofa::fail(errc::task_not_cancelable, "the task is " + std::string{to_string(state)} + " already")}));
    answer(who);
  }

  // --- life ----------------------------------------------------------------------------------------------------------

  void begin(task_loaded& journal) {
    if (!journal.journal) return end_unloaded(journal.journal.error());
    if (!journal.behaviour) return park("this binary cannot run the version that the task started with");
    auto restored = journaled_task::restore({journal.definition, journal.behaviour, shop->env.epoch}, *journal.journal);
    if (!restored) return park(restored.error().detail);
    born = true;
    task.emplace(std::move(*restored));
    shop->env.watch.task_activated(row().agent);
    loaded_note();
    if (!task->ended()) {
      for (const auto& timer : task->state().timers)
        self->send(shop->clockwork, arm_timer{{timer.id, which, row().agent, timer.due}});
      for (const auto& effect : task->state().effects) run(effect, true);
    } else {
      note(task_note::type::ended);
    }
    // What ends the task comes before its undecided fact.
    for (auto& entry : stash) {
      if (!ends(entry.what)) continue;
      std::swap(entry, stash.front());
      return next_input();
    }
    if (journal.parent_ended && !task->ended())
      return commit(task->cancel("the task that asked for it has ended", now()), {});
    if (task->undecided() && held) return note(task_note::type::held);
    if (task->undecided()) return commit(task->decide(now()), {});
    if (!task->ended()) tell_what_it_does();
    next_input();
  }

  bool ends(const task_input& what) const {
    using type = task_input::type;
    return what.kind == type::quarantine || what.kind == type::cancel || (what.kind == type::timer && host_timer(what.text));
  }

  void loaded_note() {
    task_note news{which, task_note::type::loaded, row().status.state, {}};
    news.context = context_key(row().tenant, row().owner, row().context_id);
    self->send(agent, std::move(news));
  }

  void end_unloaded(const error& why) {
    for (auto& [what, who] : stash)
      if (who.pending()) who.deliver(task_reply{why});
    stash.clear();
    note(why.code == errc::not_found ? task_note::type::unborn : task_note::type::reload, why.detail);
    self->quit();
  }

  void park(const std::string& why) {
    for (auto& [what, who] : stash)
      if (who.pending()) who.deliver(task_reply{mofa::fail(errc::unsupported, "the task is parked: " + why)});
    stash.clear();
    note(task_note::type::parked, why);
    self->quit();
  }

  void leave_now(leave order) {
    if (retired) {
      if (order.granted) self->quit();
      return;
    }
    const bool nothing =
        task && !in_flight && stash.empty() && (task->ended() || (task->state().effects.empty() && !just_held_undecided()));
    if (order.granted) return nothing ? self->quit() : note(task_note::type::stay);
    if (nothing && !task->ended()) note(task_note::type::idle);
  }
  bool just_held_undecided() const { return task->undecided() && !held; }
  bool held = false;  ///< its agent decides when its submission is decided
};

task_actor::behavior_type behave(task_state::self_pointer self) {
  guard(self);
  return {
      [self](start_task& order) -> caf::result<task_reply> {
        auto& mine = self->state;
        mine.held = order.hold;
        auto promise = self->make_response_promise<task_reply>();
        mine.commit(mine.task->submit(mine.which, order.who, std::move(order.what), order.at, order.hold), promise);
        return promise;
      },
      [self](task_input& what) -> caf::result<task_reply> {
        auto promise = self->make_response_promise<task_reply>();
        self->state.take(what, promise);
        return promise;
      },
      [self](task_loaded& journal) { self->state.begin(journal); },
      [self](leave order) { self->state.leave_now(order); },
  };
}

void equip(task_state& state, std::shared_ptr<const workshop> shop, agent_actor agent, task_id which) {
  state.shop = std::move(shop);
  state.agent = std::move(agent);
  state.which = which;
}

}  // namespace

void answer_interrupted(caf::typed_response_promise<task_reply>& who) {
  if (!who.pending()) return;
  who.deliver(task_reply{
      fail(errc::unavailable,
           "this part of the server restarts; the request may have taken effect: look, or repeat it with its key")});
}

task_actor spawn_new(caf::actor_system& system, std::shared_ptr<const workshop> shop, agent_actor agent, task_id which,
                     const catalog::compiled& made) {
  return system.spawn([shop = std::move(shop), agent = std::move(agent), which, made](task_state::self_pointer self) {
    equip(self->state, shop, agent, which);
    self->state.task.emplace(journaled_task::owner{made.definition, made.behaviour, shop->env.epoch});
    return behave(self);
  });
}

task_actor spawn_from_journal(caf::actor_system& system, std::shared_ptr<const workshop> shop, agent_actor agent,
                              task_id which, bool hold) {
  return system.spawn([shop = std::move(shop), agent = std::move(agent), which, hold](task_state::self_pointer self) {
    equip(self->state, shop, agent, which);
    self->state.held = hold;
    load(*shop, which, caf::actor_cast<task_actor>(self));
    return behave(self);
  });
}

}  // namespace mofa::task

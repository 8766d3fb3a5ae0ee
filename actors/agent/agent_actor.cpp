#include "actors/agent/agent_actor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

#include "actors/agent/agent_state.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "actors/system/system.hpp"
#include "server/base/limits.hpp"

namespace mofa::agent {
namespace {

constexpr milliseconds look_around_every{1'000};
constexpr milliseconds reload_after{200};
constexpr std::uint64_t look_around_tick = 0;

struct agent_state {
  static inline const char* name = "agent";
  using self_pointer = agent_actor::stateful_pointer<agent_state>;

  explicit agent_state(self_pointer me) : self(me) {}

  self_pointer self;
  std::shared_ptr<const task::workshop> shop;
  catalog::compiled made;
  bool opening = true;  ///< the store has not told yet what is open
  bool paused = false;
  bool draining = false;
  std::string last_failure;
  std::deque<time_point> recent_restarts;
  std::vector<waiting_submission> early;  ///< what arrived while opening
  std::vector<waiting_input> early_inputs;

  std::unordered_map<task_id, slot> slots;
  std::unordered_map<caf::actor_id, task_id> by_actor;
  std::unordered_map<std::string, context_slot> contexts;
  std::unordered_map<task_id, std::string> queued;  ///< journaled, not started; with its context
  std::deque<task_id> ready;                        ///< of these, those whose context is theirs
  std::set<std::string> keys_in_flight;
  std::unordered_map<std::uint64_t, task_id> alarms;  ///< ends of backoffs
  std::uint64_t last_alarm = look_around_tick;
  std::int64_t counted = 0;   ///< slots that take a place
  std::int64_t sleeping = 0;  ///< tasks at work that have no slot

  const core::definition& definition() const { return *made.definition; }
  time_point now() const { return shop->env.time.now(); }
  std::int64_t running() const { return counted + sleeping; }
  bool has_place() const { return !paused && running() < definition().limits.max_concurrent_tasks; }

  // --- admission -----------------------------------------------------------------------------------------------------

  void submit(submit_request& request, asker who) {
    if (opening) return early.push_back({std::move(request), std::move(who)});
    if (draining) return refuse(who, fail(errc::unavailable, "agent '" + definition().name + "' is draining and takes no new tasks"));
    const auto room = definition().limits.max_queued_tasks;
    if (!has_place() && static_cast<std::int64_t>(queued.size()) >= room)
      return refuse(who, fail(errc::queue_full, "agent '" + definition().name + "' has " + std::to_string(queued.size()) +
                                                    " tasks waiting already; try again later"));
    if (request.what.idempotency && keys_in_flight.contains(once_key(request)))
      return refuse(who, fail(errc::in_progress, "the first request with this Idempotency-Key is still undecided"));
    place(request, std::move(who));
  }

  static std::string once_key(const submit_request& request) {
    const auto& once = *request.what.idempotency;
    return request.who.tenant + '\0' + request.who.principal + '\0' + once.operation + '\0' + once.key;
  }

  void refuse(asker& who, error why) {
    shop->env.watch.submission_refused(definition().name, why.code);
    who.deliver(task_reply{std::move(why)});
  }

  // Finds the task's turn within its context.
  void place(submit_request& request, asker who) {
    if (request.what.context_id.empty()) {
      request.what.context_id = to_string(make_uuid7(now()));
      const auto fresh = context_key(request.who.tenant, request.who.principal, request.what.context_id);
      return begin(request, std::move(who), fresh, contexts[fresh]);
    }
    const auto key = context_key(request.who.tenant, request.who.principal, request.what.context_id);
    const auto known = contexts.find(key);
    if (known == contexts.end() && sleeping > 0) {
      contexts[key].unresolved.push_back({std::move(request), std::move(who)});
      return resolve(key);
    }
    if (known != contexts.end() && known->second.resolving)
      return known->second.unresolved.push_back({std::move(request), std::move(who)});
    begin(request, std::move(who), key, contexts[key]);
  }

  // A task without a slot may keep the context busy; only the store knows.
  void resolve(const std::string& key) {
    auto& context = contexts[key];
    context.resolving = true;
    const auto& first = context.unresolved.front().what;
    const auto me = caf::actor_cast<agent_actor>(self);
    storage::read(shop->where, [me, key, who = first.who, id = first.what.context_id, agent = definition().name](core::store& from) {
      caf::anon_send(me, context_checked{key, from.busy_task(who.tenant, who.principal, agent, id)});
    });
  }

  void resolved(const context_checked& found) {
    auto& context = contexts[found.context];
    context.resolving = false;
    auto all = std::move(context.unresolved);
    context.unresolved.clear();
    if (!found.busy) {
      for (auto& one : all) refuse(one.who, found.busy.error());
      if (!context.running) contexts.erase(found.context);
      return;
    }
    if (*found.busy && !context.running) context.running = **found.busy;
    for (auto& one : all) begin(one.what, std::move(one.who), found.context, contexts[found.context]);
  }

  void begin(submit_request& request, asker who, const std::string& key, context_slot& context) {
    const bool busy = context.running.has_value();
    if (busy && definition().on_busy_context == core::busy_policy::reject)
      return refuse(who, fail(errc::context_busy, "task " + context.running->str() + " is at work in this context"));
    const auto in_the_way = context.running;
    const auto id = storage::make_task_id(now(), definition().durability == core::durability::none);
    const bool hold = busy || !has_place();
    if (!busy) context.running = id;
    if (busy) context.waiting.push_back(id);
    auto& mine = add(id, task::spawn_new(self->system(), shop, caf::actor_cast<agent_actor>(self), id, made));
    mine.holding = hold;
    if (hold) {
      queued.emplace(id, key);
      if (!busy) ready.push_back(id);
    } else {
      count(mine);
      mine.context = key;
      shop->env.watch.task_started(definition().name);
    }
    if (request.what.idempotency) keys_in_flight.insert(mine.once = once_key(request));
    if (request.what.message.message_id.empty()) request.what.message.message_id = to_string(make_uuid7(now()));
    shop->env.watch.task_submitted(definition().name);
    who.delegate(mine.actor, start_task{std::move(request.who), std::move(request.what), now(), hold});
    if (busy && definition().on_busy_context == core::busy_policy::interrupt) interrupt(*in_the_way);
  }

  void interrupt(task_id which) {
    task_input input;
    input.task = which;
    input.kind = task_input::type::cancel;
    input.text = "interrupted by a newer message";
    deliver(input, {});
  }

  // --- slots ---------------------------------------------------------------------------------------------------------

  slot& add(task_id id, task_actor actor) {
    auto& mine = slots[id];
    mine.how = slot::mood::live;
    mine.active = now();
    self->monitor(actor);
    by_actor[actor.id()] = id;
    mine.actor = std::move(actor);
    return mine;
  }

  void count(slot& mine) {
    if (mine.counted) return;
    mine.counted = true;
    ++counted;
  }

  void uncount(slot& mine) {
    if (!mine.counted) return;
    mine.counted = false;
    --counted;
  }

  slot& activate(task_id id, bool hold) {
    auto& mine = add(id, task::spawn_from_journal(self->system(), shop, caf::actor_cast<agent_actor>(self), id, hold));
    mine.holding = hold;
    for (auto& [what, who] : mine.stash) pass_on(mine, what, std::move(who));
    mine.stash.clear();
    return mine;
  }

  void pass_on(slot& mine, task_input& what, asker who) {
    mine.active = now();
    if (who.pending()) {
      who.delegate(mine.actor, std::move(what));
    } else {
      caf::anon_send(mine.actor, std::move(what));  // nobody waits for the answer
    }
  }

  void deliver(task_input& what, asker who) {
    if (opening) return early_inputs.push_back({std::move(what), std::move(who)});
    const auto known = slots.find(what.task);
    const bool waits = queued.contains(what.task);
    const bool ends = what.kind == task_input::type::cancel || what.kind == task_input::type::timer;
    if (known == slots.end() && (!waits || ends)) {
      pass_on(activate(what.task, waits), what, std::move(who));
    } else if (known == slots.end() || known->second.how != slot::mood::live || !known->second.actor || (waits && !ends)) {
      // The next actor of the task takes it: after its turn has come, or after the present one has ended.
      auto& mine = slots[what.task];
      if (known == slots.end()) mine.how = slot::mood::resting;
      mine.stash.push_back({std::move(what), std::move(who)});
    } else {
      pass_on(known->second, what, std::move(who));
    }
  }

  void start_ready() {
    while (!ready.empty() && has_place()) {
      const auto id = ready.front();
      ready.pop_front();
      const auto waiting = queued.find(id);
      if (waiting == queued.end()) continue;  // canceled in the meantime
      const auto key = waiting->second;
      queued.erase(waiting);
      const auto known = slots.find(id);
      auto& mine = known != slots.end() && known->second.actor ? known->second : activate(id, false);
      if (mine.holding) mine.start_when_held = true;
      mine.context = key;
      count(mine);
      shop->env.watch.task_started(definition().name);
    }
  }

  void release(task_id id, std::string key) {
    const auto known = contexts.find(key);
    if (known == contexts.end() || known->second.running != id) return;
    auto& context = known->second;
    context.running.reset();
    while (!context.waiting.empty() && !context.running) {
      const auto next = context.waiting.front();
      context.waiting.pop_front();
      if (!queued.contains(next)) continue;
      context.running = next;
      ready.push_back(next);
    }
    if (!context.running && !context.resolving) contexts.erase(known);
  }

  void let_go(task_id id, slot& mine) {
    uncount(mine);
    if (!mine.context.empty()) release(id, std::exchange(mine.context, {}));
    if (const auto waiting = queued.find(id); waiting != queued.end()) {
      const auto key = waiting->second;
      queued.erase(waiting);
      release(id, key);
    }
    start_ready();
  }

  void grant_leave(slot& mine) {
    mine.how = slot::mood::leaving;
    self->send(mine.actor, leave{true});
  }

  // --- notes of tasks ------------------------------------------------------------------------------------------------

  void hear(const task_note& news) {
    const auto known = slots.find(news.task);
    if (known == slots.end()) return;
    auto& mine = known->second;
    using type = task_note::type;
    if (news.kind != type::loaded && !mine.once.empty()) keys_in_flight.erase(std::exchange(mine.once, {}));
    if (news.kind != type::idle) mine.active = now();
    switch (news.kind) {
      case type::loaded: return welcome(news, mine);
      case type::busy:
        if (!mine.holding) count(mine);
        return;
      case type::waiting: return let_go(news.task, mine);
      case type::held: return grant_leave(mine);
      case type::ended:
        let_go(news.task, mine);
        return grant_leave(mine);
      case type::idle:
        if (mine.how == slot::mood::live) grant_leave(mine);
        return;
      case type::stay: return stay(mine);
      case type::unborn:
      case type::parked:
        mine.how = slot::mood::gone;
        if (news.kind == type::parked) last_failure = news.reason;
        return let_go(news.task, mine);
      case type::crashed:
        mine.how = slot::mood::crashed;
        mine.reason = news.reason;
        return;
      case type::reload: mine.how = slot::mood::reload; return;
    }
  }

  // A task without a slot was awake in the journal only.
  void welcome(const task_note& news, slot& mine) {
    const bool at_work = news.state == core::task_state::working || news.state == core::task_state::submitted;
    if (!at_work || mine.counted || queued.contains(news.task)) return;
    if (sleeping > 0) --sleeping;
    count(mine);
    auto& context = contexts[news.context];
    if (!context.running) context.running = news.task;
    if (context.running == news.task) mine.context = news.context;
  }

  void stay(slot& mine) {
    mine.how = slot::mood::live;
    auto stash = std::move(mine.stash);
    mine.stash.clear();
    for (auto& [what, who] : stash) pass_on(mine, what, std::move(who));
  }

  void ended(const caf::down_msg& news) {
    const auto actor = by_actor.find(news.source.id());
    if (actor == by_actor.end()) return;
    const auto id = actor->second;
    by_actor.erase(actor);
    const auto known = slots.find(id);
    if (known == slots.end()) return;
    auto& mine = known->second;
    mine.actor = nullptr;
    switch (mine.how) {
      case slot::mood::leaving: return left(id, mine);
      case slot::mood::gone: return mine.stash.empty() ? erase(id) : (void)activate(id, queued.contains(id));
      case slot::mood::reload: return rest(id, mine, reload_after);
      case slot::mood::live: mine.reason = reason_text(news.reason); [[fallthrough]];
      case slot::mood::crashed: return restart(id, mine);
      case slot::mood::resting: return;
    }
  }

  void left(task_id id, slot& mine) {
    if (std::exchange(mine.start_when_held, false)) return (void)activate(id, false);
    const bool waits = queued.contains(id);
    const bool ends = std::any_of(mine.stash.begin(), mine.stash.end(), [](const auto& entry) {
      return entry.what.kind == task_input::type::cancel || entry.what.kind == task_input::type::timer;
    });
    if (!mine.stash.empty() && (!waits || ends)) return (void)activate(id, waits);
    if (waits && !mine.stash.empty()) {
      mine.how = slot::mood::resting;
      return;
    }
    if (mine.counted) {
      // Passivated: it is still at work, but only a timer or a message wakes it.
      uncount(mine);
      ++sleeping;
      shop->env.watch.task_passivated(definition().name);
      const auto context = contexts.find(mine.context);
      if (context != contexts.end() && context->second.running == id && context->second.waiting.empty() && !context->second.resolving)
        contexts.erase(context);
    }
    erase(id);
  }

  void erase(task_id id) { slots.erase(id); }

  void restart(task_id id, slot& mine) {
    const auto& rule = definition().supervision;
    if (!mine.crashes)
      mine.crashes = std::make_unique<supervision::restart_window>(
          supervision::restart_rule{rule.intensity, rule.period, rule.backoff_min, rule.backoff_max});
    last_failure = mine.reason;
    const auto next = mine.crashes->on_crash(now(), std::hash<task_id>{}(id));
    using action = supervision::decision::action;
    if (next.what == action::give_up) return quarantine(id, mine);
    recent_restarts.push_back(now());
    if (recent_restarts.size() > 1000) recent_restarts.pop_front();
    shop->env.watch.task_restarted(definition().name);
    if (next.what == action::restart_now) return (void)activate(id, false);
    rest(id, mine, next.delay);
  }

  void quarantine(task_id id, slot& mine) {
    task_input input;
    input.task = id;
    input.kind = task_input::type::quarantine;
    input.text = "the task crashed more often than its agent's supervision allows; last: " + mine.reason;
    mine.stash.insert(mine.stash.begin(), waiting_input{std::move(input), {}});
    activate(id, false);
  }

  void rest(task_id id, slot& mine, milliseconds span) {
    mine.how = slot::mood::resting;
    alarms[++last_alarm] = id;
    self->delayed_send(self, span, tick{last_alarm});
  }

  void wake(std::uint64_t alarm) {
    const auto found = alarms.find(alarm);
    if (found == alarms.end()) return;
    const auto id = found->second;
    alarms.erase(found);
    const auto known = slots.find(id);
    if (known != slots.end() && !known->second.actor) activate(id, queued.contains(id));
  }

  // --- start, and every second -----------------------------------------------------------------------------------------

  void open() {
    const auto me = caf::actor_cast<agent_actor>(self);
    storage::read(shop->where, [me, agent = definition().name](core::store& from) {
      open_tasks_read out;
      out.found = from.open(agent);
      if (out.found) {
        for (const auto& row : out.found->wake) {
          if (row.state != core::task_state::submitted) continue;
          const auto busy = from.busy_task(row.tenant, row.owner, agent, row.context_id);
          if (busy && *busy && **busy != row.id) out.blocked_by[row.id] = **busy;
        }
      }
      caf::anon_send(me, std::move(out));
    });
  }

  void opened(const open_tasks_read& news) {
    if (!news.found) return self->quit(failure("the open tasks of '" + definition().name + "' cannot be read: " + news.found.error().detail));
    sleeping = news.found->sleeping;
    for (const auto& row : news.found->wake) bring_back(row, news.blocked_by);
    opening = false;
    start_ready();
    auto submissions = std::move(early);
    early.clear();
    for (auto& one : submissions) submit(one.what, std::move(one.who));
    auto inputs = std::move(early_inputs);
    early_inputs.clear();
    for (auto& one : inputs) deliver(one.what, std::move(one.who));
    self->delayed_send(self, look_around_every, tick{look_around_tick});
  }

  void bring_back(const core::wake_row& row, const std::map<task_id, task_id>& blocked_by) {
    const auto key = context_key(row.tenant, row.owner, row.context_id);
    if (row.undecided && row.unclean_stops >= limits::quarantine_after_unclean_stops) {
      auto& mine = slots[row.id];
      mine.reason = "the server stopped " + std::to_string(row.unclean_stops) + " times while this task was being decided";
      return quarantine(row.id, mine);
    }
    const bool waits = row.state == core::task_state::submitted && row.undecided;
    if (!waits) {
      auto& mine = activate(row.id, false);
      if (core::is_interrupted(row.state)) return;
      count(mine);
      mine.context = key;
      contexts[key].running = row.id;
      return;
    }
    queued.emplace(row.id, key);
    auto& context = contexts[key];
    if (const auto blocker = blocked_by.find(row.id); !context.running && blocker != blocked_by.end()) context.running = blocker->second;
    if (context.running) {
      context.waiting.push_back(row.id);
    } else {
      context.running = row.id;
      ready.push_back(row.id);
    }
  }

  void look_around() {
    const auto before = now() - shop->env.idle_after;
    for (auto& [id, mine] : slots) {
      if (mine.how != slot::mood::live || !mine.actor || mine.active > before || storage::is_volatile(id)) continue;
      mine.active = now();
      self->send(mine.actor, leave{false});
    }
    self->delayed_send(self, look_around_every, tick{look_around_tick});
  }

  agent_reply command(const agent_request& order) {
    using type = agent_request::type;
    if (order.kind == type::pause) paused = true;
    if (order.kind == type::drain) draining = true;
    if (order.kind == type::resume) paused = draining = false;
    if (order.kind == type::resume) start_ready();
    agent_reply out;
    auto& info = out.info;
    info.state = draining ? core::agent_state::draining : paused ? core::agent_state::paused : core::agent_state::ready;
    const auto since = now() - definition().supervision.period;
    info.restarts_in_window = static_cast<int>(std::count_if(recent_restarts.begin(), recent_restarts.end(), [&](auto at) { return at >= since; }));
    info.last_failure = last_failure;
    info.live_tasks = static_cast<std::int64_t>(by_actor.size());
    info.running_tasks = running();
    info.queued_tasks = static_cast<std::int64_t>(queued.size());
    return out;
  }
};

agent_actor::behavior_type behave(agent_state::self_pointer self) {
  return {
      [self](submit_request& request) -> caf::result<task_reply> {
        auto promise = self->make_response_promise<task_reply>();
        self->state.submit(request, promise);
        return promise;
      },
      [self](task_input& what) -> caf::result<task_reply> {
        auto promise = self->make_response_promise<task_reply>();
        self->state.deliver(what, promise);
        return promise;
      },
      [self](const task_note& news) { self->state.hear(news); },
      [self](const open_tasks_read& news) { self->state.opened(news); },
      [self](const context_checked& found) { self->state.resolved(found); },
      [self](const agent_request& order) { return self->state.command(order); },
      [self](tick what) { what.what == look_around_tick ? self->state.look_around() : self->state.wake(what.what); },
  };
}

}  // namespace

agent_actor spawn_agent(caf::actor_system& system, const std::string& name, catalog::catalog& definitions, const environment& env,
                        const directory::directory& where) {
  auto shop = std::make_shared<const task::workshop>(
      task::workshop{env, where, definitions, where.journal(), where.feeds(), where.clockwork(), where.effects()});
  auto current = definitions.find(name)->current;
  return system.spawn([shop, current](agent_state::self_pointer self) {
    guard(self);
    self->state.shop = shop;
    self->state.made = current;
    self->set_down_handler([self](caf::down_msg& news) { self->state.ended(news); });
    self->state.open();
    return behave(self);
  });
}

}  // namespace mofa::agent

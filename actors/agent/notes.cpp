#include "actors/agent/agent_state.hpp"

#include <algorithm>
#include <utility>

#include "actors/system/system.hpp"

namespace mofa::agent {
namespace {

// Doubled for each further one: a disk that is full is not asked a thousand times a second.
constexpr milliseconds reload_after{200};
constexpr int reload_doublings = 5;

}  // namespace

void agent_state::hear(const task_note& news) {
  const auto known = slots.find(news.task);
  if (known == slots.end()) return;
  auto& mine = known->second;
  using type = task_note::type;
  if (news.kind != type::loaded && !mine.once.empty()) keys_in_flight.erase(std::exchange(mine.once, {}));
  if (news.kind != type::idle) mine.active = now();
  switch (news.kind) {
    case type::loaded:
      return welcome(news, mine);
    case type::busy:
      mine.reloads = 0;
      if (mine.holding) return;
      count(mine);
      if (!news.context.empty() && mine.context.empty()) take_context(news, mine);
      return;
    case type::asking:
      uncount(mine);
      return start_ready();
    case type::waiting:
      return let_go(news.task, mine);
    case type::held:
      return grant_leave(mine);
    case type::ended:
      let_go(news.task, mine);
      return grant_leave(mine);
    case type::idle:
      if (mine.how == slot::mood::live) grant_leave(mine);
      return;
    case type::stay:
      return stay(mine);
    case type::unborn:
    case type::parked:
      mine.how = slot::mood::gone;
      if (news.kind == type::parked) last_failure = news.reason;
      return let_go(news.task, mine);
    case type::crashed:
      mine.how = slot::mood::crashed;
      mine.reason = news.reason;
      return self->send(mine.actor, leave{true});
    case type::reload:
      mine.how = slot::mood::reload;
      return self->send(mine.actor, leave{true});
  }
}

void agent_state::welcome(const task_note& news, slot& mine) {
  const bool slept = std::exchange(mine.woken, false);
  const bool at_work = news.state == core::task_state::working || news.state == core::task_state::submitted;
  if (!at_work || mine.counted || queued.contains(news.task)) return;
  if (slept && sleeping > 0) --sleeping;
  count(mine);
  take_context(news, mine);
}

void agent_state::take_context(const task_note& news, slot& mine) {
  auto& context = contexts[news.context];
  if (!context.running) context.running = news.task;
  if (context.running == news.task) mine.context = news.context;
}

void agent_state::stay(slot& mine) {
  mine.how = slot::mood::live;
  auto stash = std::move(mine.stash);
  mine.stash.clear();
  for (auto& [what, who] : stash) pass_on(mine, what, std::move(who));
}

void agent_state::ended(const caf::down_msg& news) {
  const auto actor = by_actor.find(news.source.id());
  if (actor == by_actor.end()) return;
  const auto id = actor->second;
  by_actor.erase(actor);
  const auto known = slots.find(id);
  if (known == slots.end()) return;
  auto& mine = known->second;
  mine.actor = nullptr;
  switch (mine.how) {
    case slot::mood::leaving:
      return left(id, mine);
    case slot::mood::gone:
      return mine.stash.empty() ? erase(id) : (void)activate(id, queued.contains(id));
    case slot::mood::reload:
      return rest(id, mine, reload_after * (1 << std::min(mine.reloads++, reload_doublings)));
    case slot::mood::live:
      mine.reason = reason_text(news.reason);
      [[fallthrough]];
    case slot::mood::crashed:
      return restart(id, mine);
    case slot::mood::resting:
      return;
  }
}

void agent_state::left(task_id id, slot& mine) {
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
    if (context != contexts.end() && context->second.running == id && context->second.waiting.empty() &&
        !context->second.resolving)
      contexts.erase(context);
  }
  erase(id);
}

void agent_state::restart(task_id id, slot& mine) {
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

void agent_state::quarantine(task_id id, slot& mine) {
  task_input input;
  input.task = id;
  input.kind = task_input::type::quarantine;
  input.text = "the task crashed more often than its agent's supervision allows; last: " + mine.reason;
  mine.stash.insert(mine.stash.begin(), waiting_input{std::move(input), {}});
  activate(id, false);
}

void agent_state::rest(task_id id, slot& mine, milliseconds span) {
  mine.how = slot::mood::resting;
  alarms[++last_alarm] = id;
  self->delayed_send(self, span, tick{last_alarm});
}

void agent_state::wake(std::uint64_t alarm) {
  const auto found = alarms.find(alarm);
  if (found == alarms.end()) return;
  const auto id = found->second;
  alarms.erase(found);
  const auto known = slots.find(id);
  if (known != slots.end() && !known->second.actor) activate(id, queued.contains(id));
}

}  // namespace mofa::agent

#include "actors/agent/agent_state.hpp"

namespace mofa::agent {

// The other way round, with tasks that monitor their agent, CAF would keep an entry at the agent for each of them, and with
// it the memory of a task's ended actor, for as long as the agent lives.
agent_state::~agent_state() {
  for (auto& [id, mine] : slots) {
    if (mine.actor) caf::anon_send_exit(mine.actor, caf::exit_reason::user_shutdown);
    for (auto& [what, who] : mine.stash) answer_interrupted(who);
  }
  for (auto& [what, who] : early) answer_interrupted(who);
  for (auto& [what, who] : early_inputs) answer_interrupted(who);
  for (auto& [key, context] : contexts)
    for (auto& [what, who] : context.unresolved) answer_interrupted(who);
}

slot& agent_state::add(task_id id, task_actor actor) {
  auto& mine = slots[id];
  mine.how = slot::mood::live;
  mine.active = now();
  self->monitor(actor);
  by_actor[actor.id()] = id;
  mine.actor = std::move(actor);
  return mine;
}

void agent_state::count(slot& mine) {
  if (mine.counted) return;
  mine.counted = true;
  ++counted;
}

void agent_state::uncount(slot& mine) {
  if (!mine.counted) return;
  mine.counted = false;
  --counted;
}

slot& agent_state::activate(task_id id, bool hold) {
  auto& mine = add(id, task::spawn_from_journal(self->system(), shop, caf::actor_cast<agent_actor>(self), id, hold));
  mine.holding = hold;
  for (auto& [what, who] : mine.stash) pass_on(mine, what, std::move(who));
  mine.stash.clear();
  return mine;
}

void agent_state::pass_on(slot& mine, task_input& what, asker who) {
  mine.active = now();
  if (who.pending()) {
    who.delegate(mine.actor, std::move(what));
  } else {
    caf::anon_send(mine.actor, std::move(what));  // nobody waits for the answer
  }
}

void agent_state::deliver(task_input& what, asker who) {
  if (opening) return early_inputs.push_back({std::move(what), std::move(who)});
  const auto known = slots.find(what.task);
  const bool waits = queued.contains(what.task);
  const bool ends = what.kind == task_input::type::cancel || what.kind == task_input::type::timer;
  if (known == slots.end() && (!waits || ends)) {
    auto& mine = activate(what.task, waits);
    mine.woken = true;
    pass_on(mine, what, std::move(who));
  } else if (known == slots.end() || known->second.how != slot::mood::live || !known->second.actor || (waits && !ends)) {
    // The next actor of the task takes it: after its turn has come, or after the present one has ended.
    auto& mine = slots[what.task];
    if (known == slots.end()) mine.how = slot::mood::resting;
    mine.stash.push_back({std::move(what), std::move(who)});
  } else {
    pass_on(known->second, what, std::move(who));
  }
}

void agent_state::start_ready() {
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

void agent_state::release(task_id id, std::string key) {
  const auto known = contexts.find(key);
  if (known == contexts.end() || known->second.running != id) return;
  auto& context = known->second;
  context.running.reset();
  while (!context.waiting.empty() && !context.running) {
    const auto next = context.waiting.front();
    context.waiting.erase(context.waiting.begin());
    if (!queued.contains(next)) continue;
    context.running = next;
    ready.push_back(next);
  }
  if (!context.running && !context.resolving) contexts.erase(known);
}

void agent_state::let_go(task_id id, slot& mine) {
  uncount(mine);
  if (!mine.context.empty()) release(id, std::exchange(mine.context, {}));
  if (const auto waiting = queued.find(id); waiting != queued.end()) {
    const auto key = waiting->second;
    queued.erase(waiting);
    release(id, key);
  }
  start_ready();
}

void agent_state::grant_leave(slot& mine) {
  mine.how = slot::mood::leaving;
  self->send(mine.actor, leave{true});
}

}  // namespace mofa::agent

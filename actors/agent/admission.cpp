#include "actors/agent/agent_state.hpp"

#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "protocols/core/input.hpp"

namespace mofa::agent {

void agent_state::submit(submit_request& request, asker who) {
  if (opening) return early.push_back({std::move(request), std::move(who)});
  if (const auto& child = request.what.child; child && (slots.contains(child->id) || queued.contains(child->id)))
    return refuse(who, fail(errc::conflict, "task " + child->id.str() + " exists already"));
  if (auto fits = core::check_input(definition(), request.what.message); !fits) return refuse(who, std::move(fits).error());
  if (!orders->takes_tasks())
    return refuse(who, fail(errc::draining, "agent '" + definition().name + "' is draining and takes no new tasks"));
  const auto room = definition().limits.max_queued_tasks;
  if (!request.what.child && !has_place() && static_cast<std::int64_t>(queued.size()) >= room) {
    auto full = fail(errc::queue_full, "agent '" + definition().name + "' has " + std::to_string(queued.size()) +
                                           " tasks waiting already; try again later");
    full.limit = exhausted_limit{"queue", room};
    return refuse(who, std::move(full));
  }
  if (request.what.idempotency && keys_in_flight.contains(once_key(request)))
    return refuse(who, fail(errc::in_progress, "the first request with this Idempotency-Key is still undecided"));
  place(request, std::move(who));
}

std::string agent_state::once_key(const submit_request& request) {
  const auto& once = *request.what.idempotency;
  return request.who.tenant + '\0' + request.who.principal + '\0' + once.operation + '\0' + once.key;
}

void agent_state::refuse(asker& who, error why) {
  shop->env.watch.submission_refused(definition().name, why.code);
  who.deliver(task_reply{std::move(why)});
}

void agent_state::place(submit_request& request, asker who) {
  if (request.what.context_id.empty()) {
    request.what.context_id = to_string(make_uuid7(now()));
    request.what.context_new = true;
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

void agent_state::resolve(const std::string& key) {
  auto& context = contexts[key];
  context.resolving = true;
  const auto& first = context.unresolved.front().what;
  const auto me = caf::actor_cast<agent_actor>(self);
  storage::read(shop->where,
                [me, key, who = first.who, id = first.what.context_id, agent = definition().name](core::store& from) {
                  caf::anon_send(me, context_checked{key, from.busy_task(who.tenant, who.principal, agent, id)});
                });
}

void agent_state::resolved(const context_checked& found) {
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

void agent_state::begin(submit_request& request, asker who, const std::string& key, context_slot& context) {
  const bool busy = context.running.has_value();
  if (busy && definition().on_busy_context == core::busy_policy::reject)
    return refuse(who, fail(errc::context_busy, "task " + context.running->str() + " is at work in this context"));
  const auto in_the_way = context.running;
  const auto& child = request.what.child;
  const auto id = child ? child->id : storage::make_task_id(now(), definition().durability == core::durability::none);
  const bool hold = busy || (child ? orders->paused.load() : !has_place());
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

void agent_state::interrupt(task_id which) {
  task_input input;
  input.task = which;
  input.kind = task_input::type::cancel;
  input.text = "interrupted by a newer message";
  deliver(input, {});
}

}  // namespace mofa::agent

#include "actors/agent/agent_actor.hpp"

#include <algorithm>

#include "actors/agent/agent_state.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "actors/system/system.hpp"
#include "server/base/limits.hpp"

namespace mofa::agent {
namespace {

constexpr milliseconds look_around_every{1'000};

}  // namespace

void agent_state::open() {
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

void agent_state::opened(const open_tasks_read& news) {
  if (!news.found)
    return self->quit(failure("the open tasks of '" + definition().name + "' cannot be read: " + news.found.error().detail));
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

void agent_state::bring_back(const core::wake_row& row, const std::map<task_id, task_id>& blocked_by) {
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
  if (const auto blocker = blocked_by.find(row.id); !context.running && blocker != blocked_by.end())
    context.running = blocker->second;
  if (context.running) {
    context.waiting.push_back(row.id);
  } else {
    context.running = row.id;
    ready.push_back(row.id);
  }
}

void agent_state::look_around() {
  const auto before = now() - shop->env.idle_after;
  for (auto& [id, mine] : slots) {
    if (mine.how != slot::mood::live || !mine.actor || mine.active > before || storage::is_volatile(id)) continue;
    mine.active = now();
    self->send(mine.actor, leave{false});
  }
  if (orders->leaving) see_off();
  self->delayed_send(self, look_around_every, tick{look_around_tick});
}

// Its file may have come back in the meantime.
void agent_state::see_off() {
  const auto known = shop->definitions.find(made.definition->name);
  if (known && !known->leaving) return renew();
  if (empty()) on_empty();
}

// Tasks keep the version that they started with; those that come get the new one. One that was called back takes work again,
// unless the operator has it drain.
void agent_state::renew() {
  if (auto newest = shop->definitions.find(made.definition->name)) {
    if (!newest->leaving) orders->leaving = false;
    made = std::move(newest->current);
  }
  start_ready();
}

agent_reply agent_state::command(const agent_request& order) {
  using type = agent_request::type;
  if (order.kind == type::pause) orders->paused = true;
  if (order.kind == type::drain) orders->draining = true;
  if (order.kind == type::resume) {
    orders->paused = false;
    orders->draining = false;
    start_ready();
  }
  if (order.kind == type::renew) renew();
  if (order.kind == type::leave) orders->leaving = true;
  agent_reply out;
  out.empty = empty();
  auto& info = out.info;
  info.state = !orders->takes_tasks() ? core::agent_state::draining
               : orders->paused       ? core::agent_state::paused
                                      : core::agent_state::ready;
  const auto since = now() - definition().supervision.period;
  info.restarts_in_window =
      static_cast<int>(std::count_if(recent_restarts.begin(), recent_restarts.end(), [&](auto at) { return at >= since; }));
  info.last_failure = last_failure;
  info.mailbox_depth = mailbox_depth->load(std::memory_order_relaxed);
  info.live_tasks = static_cast<std::int64_t>(by_actor.size());
  info.running_tasks = running();
  info.queued_tasks = static_cast<std::int64_t>(queued.size());
  return out;
}

namespace {

agent_actor::behavior_type behave(agent_state::self_pointer self) {
  return {
      [self](submit_request& request) -> caf::result<task_reply> {
        auto promise = self->make_response_promise<task_reply>();
        self->state.mailbox_depth->fetch_sub(1, std::memory_order_relaxed);
        self->state.submit(request, promise);
        return promise;
      },
      [self](task_input& what) -> caf::result<task_reply> {
        auto promise = self->make_response_promise<task_reply>();
        self->state.mailbox_depth->fetch_sub(1, std::memory_order_relaxed);
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

agent_actor spawn_agent(caf::actor_system& system, const std::string& name, catalog::catalog& definitions,
                        const environment& env, const directory::directory& where,
                        directory::directory::depth_counter mailbox_depth, std::shared_ptr<standing_orders> orders,
                        std::function<void()> on_empty) {
  auto shop = std::make_shared<const task::workshop>(task::workshop{env, where, definitions, mailbox_depth, where.journal(),
                                                                    where.feeds(), where.clockwork(), where.effects()});
  auto current = definitions.find(name)->current;
  return system.spawn([shop, current, mailbox_depth = std::move(mailbox_depth), orders = std::move(orders),
                       on_empty = std::move(on_empty)](agent_state::self_pointer self) {
    guard(self);
    self->state.shop = shop;
    self->state.made = current;
    self->state.mailbox_depth = mailbox_depth;
    self->state.orders = orders;
    self->state.on_empty = on_empty;
    self->set_down_handler([self](caf::down_msg& news) { self->state.ended(news); });
    self->state.open();
    return behave(self);
  });
}

}  // namespace mofa::agent

#include <algorithm>

#include "actors/bus/bus_state.hpp"
#include "actors/storage/read_job.hpp"

namespace mofa::bus {

using namespace mofa::actors;

namespace {

constexpr std::size_t client_capacity = 256;
constexpr std::size_t page_messages = 200;

}  // namespace

void bus_state::subscribe(topic_subscribe_request& request) {
  if (request.wanted.expired()) return;
  const auto position = std::min(request.after.value_or(newest), newest);
  const message_queue::rule rule{client_capacity, core::overflow_policy::drop_oldest, true};
  add({request.key, std::move(*request.pattern), message_queue{rule, position, position < newest},
       client_side{std::move(request.tenant), std::move(request.sink), static_cast<std::int64_t>(request.credit), 0},
       std::nullopt});
  pump(*all.find(request.key));
}

void bus_state::grant(const grant_request& more) {
  auto* one = all.find(more.key);
  if (one == nullptr || !one->client) return;
  one->client->credit += static_cast<std::int64_t>(more.credit);
  pump(*one);
}

void bus_state::pump(subscriber& one) { one.client ? pump(one, *one.client) : pump(one, *one.agent); }

void bus_state::pump(subscriber& one, client_side& to) {
  while (to.credit > 0 && !one.queue.empty()) {
    auto next = one.queue.pop();
    to.credit -= static_cast<std::int64_t>(core::credits_of(*next));
    to.sink->on_message(std::move(next), std::exchange(to.lost, 0));
    env->watch.message_delivered("client");
  }
  if (to.credit > 0 && one.queue.wants_past()) read_past(one);
}

void bus_state::read_past(subscriber& one) {
  one.queue.begin_reading();
  const auto tenant = one.client ? std::optional{one.client->tenant} : std::nullopt;
  storage::read(*where, [to = me(), tenant, key = one.key, pattern = one.pattern, after = one.queue.position(),
                         limit = std::min(one.queue.room(), page_messages)](core::store& from) {
    caf::anon_send(to, topic_backlog{key, from.topics().messages(tenant, pattern, after, limit)});
  });
}

void bus_state::take(const topic_backlog& past) {
  auto* one = all.find(past.key);
  if (one == nullptr) return;
  if (past.page) {
    one->queue.take(*past.page);
    pump(*one);
    if (one->agent) note_progress(*one);
    return;
  }
  if (one->client) {
    one->client->sink->on_failure(past.page.error());
    return remove(past.key);
  }
  one->queue.give_up_reading();
  self->delayed_send(self, longest_pause, tick{one->key});
}

void bus_state::add(subscriber one) {
  all.add(std::move(one));
  env->watch.topic_subscribers(all.agents(), all.clients());
}

void bus_state::remove(std::uint64_t key) {
  all.remove(key);
  env->watch.topic_subscribers(all.agents(), all.clients());
}

}  // namespace mofa::bus

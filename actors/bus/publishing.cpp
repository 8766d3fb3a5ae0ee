#include <algorithm>
#include <iterator>

#include "actors/bus/bus_state.hpp"
#include "actors/storage/read_job.hpp"

namespace mofa::bus {

using namespace mofa::actors;

namespace {

// A commit larger than this makes the first of it wait for no gain.
constexpr std::size_t commit_messages = 256;

}  // namespace

void bus_state::publish(publish_message& request, promise asker) {
  if (!request.durable) {
    const auto receivers = spread(std::make_shared<const core::topic_message>(std::move(request.what)));
    asker.deliver(publish_reply{core::published{receivers, 0, false}});
    return;
  }
  entries.push_back({std::move(request.what), std::move(request.once)});
  askers.push_back(std::move(asker));
  commit();
}

// One commit at a time, so that messages go out in the order of their numbers; what comes meanwhile is the next one.
void bus_state::commit() {
  // Agents that have just subscribed are to have a place in the store before the message has: it is theirs too, whatever
  // crashes.
  if (in_commit || opening > 0 || entries.empty()) return;
  const auto count = static_cast<std::ptrdiff_t>(std::min(entries.size(), commit_messages));
  in_commit = std::make_shared<std::vector<core::topic_entry>>(std::make_move_iterator(entries.begin()),
                                                               std::make_move_iterator(entries.begin() + count));
  in_commit_askers.assign(std::make_move_iterator(askers.begin()), std::make_move_iterator(askers.begin() + count));
  entries.erase(entries.begin(), entries.begin() + count);
  askers.erase(askers.begin(), askers.begin() + count);
  storage::read(*where, [to = me(), batch = in_commit](core::store& store) {
    caf::anon_send(to, messages_kept{store.topics().keep(*batch)});
  });
}

void bus_state::take(messages_kept& done) {
  const auto batch = std::move(in_commit);
  auto waiting = std::move(in_commit_askers);
  in_commit.reset();
  in_commit_askers.clear();
  for (std::size_t i = 0; i < batch->size(); ++i) waiting[i].deliver(publish_reply{settle((*batch)[i], done.outcomes[i])});
  commit();
}

result<core::published> bus_state::settle(core::topic_entry& entry, const result<core::kept_message>& kept) {
  if (!kept) return kept.error();
  // What the bus before this one kept after this one had asked for the newest number was given to nobody.
  const auto known = kept->replayed ? newest : newest + 1;
  if (kept->seq > known) all_fall_behind();
  newest = std::max(newest, kept->seq);
  if (kept->replayed) return core::published{0, kept->seq, true};
  entry.what.seq = kept->seq;
  return core::published{spread(std::make_shared<const core::topic_message>(std::move(entry.what))), kept->seq, false};
}

void bus_state::all_fall_behind() {
  for (auto& [key, one] : all.all()) {
    one.queue.fall_behind();
    pump(one);
  }
}

// To everybody whose pattern matches. How many have it, or will have it from the store; an agent counts once.
std::int64_t bus_state::spread(const core::topic_message_ptr& what) {
  auto* counts = table.of(what->tenant, what->topic);
  if (counts != nullptr) ++counts->published;
  std::int64_t receivers = 0;
  std::set<std::string_view> agents;
  const auto matching = all.of(what->tenant, what->topic);
  for (auto* one : matching) {
    const bool another = one->agent && agents.contains(one->agent->agent);
    // An agent with several patterns gets a fleeting message once. One that is kept has a key for that, and each durable
    // subscription has to come by it.
    if (another && what->seq == 0) continue;
    auto done = one->queue.offer(what);
    for (const auto& each : done.gave_way) drop(*one, *each);
    if (!done.has_it) continue;
    // A cursor that is not in the store yet promises nothing.
    if (!another && (one->client || one->agent->opened)) ++receivers;
    if (one->agent) agents.insert(one->agent->agent);
  }
  if (counts != nullptr && receivers == 0) ++counts->unheard;
  env->watch.message_published(what->seq > 0, static_cast<std::size_t>(receivers));
  for (auto* one : matching) pump(*one);
  return receivers;
}

void bus_state::drop(subscriber& one, const core::topic_message& what) {
  if (one.client) ++one.client->lost;
  if (auto* counts = table.of(what.tenant, what.topic)) ++counts->dropped;
  env->watch.message_dropped(one.receiver());
}

}  // namespace mofa::bus

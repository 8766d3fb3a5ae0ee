#include <algorithm>
#include <map>

#include "actors/bus/bus_state.hpp"
#include "actors/bus/handover.hpp"
#include "actors/storage/read_job.hpp"

namespace mofa::bus {

using namespace mofa::actors;

namespace {

constexpr milliseconds first_pause{100};
constexpr milliseconds save_every{1'000};
constexpr milliseconds keep_house_every{30'000};

}  // namespace

// The subscriptions that the definitions name now.
void bus_state::renew() {
  std::map<std::pair<std::string, std::string>, core::topic_subscription> wanted;  // by agent and pattern
  for (const auto& each : definitions->all()) {
    if (each.leaving) continue;
    for (const auto& one : each.current.definition->subscribe)
      wanted.emplace(std::pair{each.current.definition->name, one.topic.text()}, one);
  }
  std::vector<std::uint64_t> gone;
  auto changed = std::exchange(parted, {});
  for (auto& [key, one] : all.all()) {
    if (!one.agent) continue;
    const auto found = wanted.find({one.agent->agent, one.pattern.text()});
    if (found != wanted.end() && found->second.durable == one.agent->durable) {
      one.queue.keep_to({found->second.capacity, found->second.overflow, found->second.durable});
      wanted.erase(found);
      continue;
    }
    if (one.agent->durable) changed.insert(one.agent->agent);
    gone.push_back(key);
  }
  for (const auto key : gone) remove(key);
  for (const auto& agent : changed) {
    const auto known = definitions->find(agent);
    // Its file may come back: until it is gone for good its messages wait.
    known && known->leaving ? void(parted.insert(agent)) : forget_cursors(agent);
  }
  for (const auto& [which, one] : wanted) follow(which.first, one);
}

// What the definition says when the job runs: by then it may have changed once more.
void bus_state::forget_cursors(const std::string& agent) {
  storage::read(*where, [agent, all_of = definitions](core::store& from) {
    std::vector<std::string> kept;
    const auto known = all_of->find(agent);
    if (known && known->leaving) return;
    if (known)
      for (const auto& one : known->current.definition->subscribe)
        if (one.durable) kept.push_back(one.topic.text());
    // A cursor too many keeps messages from being swept until the next start; it harms nothing else.
    (void)from.topics().retain_cursors(agent, kept);
  });
}

void bus_state::follow(const std::string& agent, const core::topic_subscription& what) {
  const auto key = next_agent_key++;
  const message_queue::rule rule{what.capacity, what.overflow, what.durable};
  agent_side side;
  side.agent = agent;
  side.durable = what.durable;
  side.opened = !what.durable;
  // A new cursor begins here and now; one that there is already begins earlier. Until it is known, what is kept is left to
  // the store.
  add({key, what.topic, message_queue{rule, newest, what.durable}, std::nullopt, std::move(side)});
  if (what.durable) open_cursor(*all.find(key));
}

void bus_state::open_cursor(subscriber& one) {
  ++opening;
  one.agent->opening = true;
  storage::read(*where, [to = me(), key = one.key, agent = one.agent->agent, pattern = one.pattern.text(),
                         start = one.queue.position()](core::store& from) {
    caf::anon_send(to, cursor_opened{key, from.topics().open_cursor(agent, pattern, start)});
  });
}

void bus_state::take(const cursor_opened& found) {
  --opening;
  settle_in(found);
  commit();
}

void bus_state::settle_in(const cursor_opened& found) {
  auto* one = all.find(found.key);
  if (one == nullptr) return;
  one->agent->opening = false;
  if (!found.seq) {
    env->watch.message_retried(one->agent->agent);
    return self->delayed_send(self, longest_pause, tick{one->key});
  }
  one->queue.start_at(*found.seq);
  one->agent->handled = one->agent->saved = *found.seq;
  one->agent->opened = true;
  pump(*one);
}

void bus_state::pump(subscriber& one, agent_side& to) {
  if (!to.in_hand && !one.queue.empty()) {
    to.in_hand = one.queue.pop();
    to.hand_key = to.in_hand->seq > 0 ? std::to_string(to.in_hand->seq) : to_string(make_uuid7(env->time.now()));
    hand_over(one.key, to);
  }
  if (to.opened && one.queue.wants_past()) read_past(one);
}

void bus_state::hand_over(std::uint64_t key, agent_side& to) {
  to.offered = true;
  tasks->submit(
      owner_of(*to.in_hand), submission_of(*to.in_hand, to.agent, to.hand_key),
      [back = me(), key, offer = ++to.offer](result<core::submitted_task> made) {
        caf::anon_send(back, message_taken{key, offer, made ? result<void>{} : result<void>{std::move(made).error()}});
      });
}

void bus_state::take(const message_taken& news) {
  auto* one = all.find(news.key);
  if (one == nullptr || !one->agent->offered || one->agent->offer != news.offer) return;
  auto& to = *one->agent;
  to.offered = false;
  // The agent is there: what is not found is the task that the message became the first time, and that was deleted since.
  const bool was_taken = !news.value && news.value.error().code == errc::not_found && definitions->find(to.agent);
  if (!news.value && !was_taken && is_worth_another_try(news.value.error())) {
    env->watch.message_retried(to.agent);
    to.pause = std::clamp(to.pause * 2, first_pause, longest_pause);
    return self->delayed_send(self, to.pause, tick{one->key});
  }
  news.value || was_taken ? env->watch.message_delivered("agent")
                          : env->watch.message_refused(to.agent, news.value.error().code);
  to.pause = milliseconds{0};
  to.handled = std::max(to.handled, to.in_hand->seq);
  to.in_hand.reset();
  pump(*one);
  note_progress(*one);
}

// A pause is over. There may have been several: one offer at a time all the same.
void bus_state::again(subscriber& one, agent_side& to) {
  if (!to.opened && !to.opening) open_cursor(one);
  if (to.in_hand && !to.offered) return hand_over(one.key, to);
  pump(one, to);
}

// How far the subscription has come for good.
std::uint64_t bus_state::progress_of(const subscriber& one) const {
  if (one.agent->in_hand || !one.queue.empty()) return one.agent->handled;
  return one.queue.has_caught_up() ? std::max(one.queue.position(), newest) : one.queue.position();
}

// Cursors are written once a second while there is work, and at once when a subscription has nothing more to do. What is
// handed over again after a crash is the same task.
void bus_state::note_progress(const subscriber& one) {
  if (!one.agent->durable) return;
  moved.insert(one.key);
  if (!one.agent->in_hand) return save();
  if (!std::exchange(saving_soon, true)) self->delayed_send(self, save_every, tick{save_tick});
}

// Messages that do not concern a subscription move its cursor too, or the next start would look at them all. And a look at
// the store: a commit of the bus before this one may have come late.
void bus_state::keep_house() {
  read_newest();
  for (const auto& [key, one] : all.all())
    if (one.agent && one.agent->durable) moved.insert(key);
  save();
  self->delayed_send(self, keep_house_every, tick{start_tick});
}

// One write at a time, for all that have moved.
void bus_state::save() {
  if (!in_saving.empty()) return;
  std::vector<core::topic_cursor> cursors;
  for (const auto key : std::exchange(moved, {})) {
    const auto* one = all.find(key);
    if (one == nullptr || !one->agent->opened) continue;
    const auto now = progress_of(*one);
    if (now <= one->agent->saved) continue;
    in_saving.emplace_back(key, now);
    cursors.push_back({one->agent->agent, one->pattern.text(), now});
  }
  if (cursors.empty()) return;
  storage::read(*where, [to = me(), cursors = std::move(cursors)](core::store& store) {
    caf::anon_send(to, cursors_moved{store.topics().move_cursors(cursors)});
  });
}

void bus_state::take(const cursors_moved& news) {
  for (const auto& [key, seq] : std::exchange(in_saving, {})) {
    auto* one = all.find(key);
    if (one == nullptr) continue;
    if (news.done)
      one->agent->saved = std::max(one->agent->saved, seq);
    else
      moved.insert(key);
  }
  if (news.done) return moved.empty() ? void() : save();
  if (!std::exchange(saving_soon, true)) self->delayed_send(self, save_every, tick{save_tick});
}

}  // namespace mofa::bus

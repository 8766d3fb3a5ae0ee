#include "actors/scheduling/scheduler.hpp"

#include <cassert>

namespace mofa::scheduling {

scheduler::scheduler(const options& how) : patience_(how.ageing * 3 / 4) {
  for (const auto& [name, slots] : how.slots) {
    auto& made = resources_[name];
    made.name = name;
    made.slots = slots;
  }
}

void scheduler::follow(const options& how) {
  patience_ = how.ageing * 3 / 4;
  for (const auto& [name, slots] : how.slots)
    if (const auto found = resources_.find(name); found != resources_.end()) found->second.slots = slots;
}

void scheduler::enqueue(ticket which, std::string_view of, core::priority urgency, time_point now) {
  const auto found = resources_.find(of);
  assert(found != resources_.end());
  auto& at = found->second;
  const auto level = static_cast<std::size_t>(urgency);
  const auto arrival = ++arrivals_;
  if (!entries_.emplace(which, entry{&at, level, arrival, false}).second) return;
  at.waiting[level].emplace(arrival, place{which, now});
  at.by_arrival.emplace(arrival, level);
}

void scheduler::leave(ticket which) {
  const auto found = entries_.find(which);
  if (found == entries_.end()) return;
  auto& [of, urgency, arrival, running] = found->second;
  if (running) {
    --of->busy;
  } else {
    of->waiting[urgency].erase(arrival);
    of->by_arrival.erase(arrival);
  }
  entries_.erase(found);
}

std::vector<ticket> scheduler::hand_out(time_point now) {
  std::vector<ticket> out;
  for (auto& [name, one] : resources_) hand_out(one, now, out);
  return out;
}

void scheduler::hand_out(resource& from, time_point now, std::vector<ticket>& out) {
  while (from.busy < from.slots && !from.by_arrival.empty()) {
    const auto arrival = next_of(from, now);
    const auto level = from.by_arrival.at(arrival);
    const auto which = from.waiting[level].at(arrival).which;
    from.waiting[level].erase(arrival);
    from.by_arrival.erase(arrival);
    entries_.at(which).running = true;
    ++from.busy;
    out.push_back(which);
  }
}

// The oldest, if its patience is over; else the first of the highest priority.
std::uint64_t scheduler::next_of(const resource& from, time_point now) const {
  const auto& [oldest, level] = *from.by_arrival.begin();
  if (from.waiting[level].at(oldest).since + patience_ <= now) return oldest;
  for (const auto& queue : from.waiting)
    if (!queue.empty()) return queue.begin()->first;
  return oldest;
}

std::vector<occupancy> scheduler::look() const {
  std::vector<occupancy> out;
  for (const auto& [name, one] : resources_) out.push_back({name, one.slots, one.busy, one.by_arrival.size()});
  return out;
}

}  // namespace mofa::scheduling

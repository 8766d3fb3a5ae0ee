#include "actors/bus/message_queue.hpp"

#include <utility>

namespace mofa::bus {

offered message_queue::offer(core::topic_message_ptr what) {
  if (!is_followed(*what)) {
    if (room() == 0) return make_room_for(std::move(what));
    push(std::move(what));
    return {true, {}};
  }
  if (what->seq <= position_) return {true, {}};
  if (behind_ || reading_ || room() == 0) {
    behind_ = missed_ = true;
    return {true, {}};
  }
  position_ = what->seq;
  push(std::move(what));
  return {true, {}};
}

// What the store has is never dropped here. A large message takes the place of several small ones.
offered message_queue::make_room_for(core::topic_message_ptr what) {
  offered out;
  const auto is_fleeting = [&](const auto& each) { return !is_followed(*each); };
  while (room() == 0 && how_.overflow == core::overflow_policy::drop_oldest) {
    const auto oldest = std::find_if(waiting_.begin(), waiting_.end(), is_fleeting);
    if (oldest == waiting_.end()) break;
    bytes_ -= (*oldest)->data.size();
    out.gave_way.push_back(std::move(*oldest));
    waiting_.erase(oldest);
  }
  out.has_it = room() > 0;
  out.has_it ? push(std::move(what)) : out.gave_way.push_back(std::move(what));
  return out;
}

core::topic_message_ptr message_queue::pop() {
  auto out = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= out->data.size();
  return out;
}

void message_queue::push(core::topic_message_ptr what) {
  bytes_ += what->data.size();
  waiting_.push_back(std::move(what));
}

void message_queue::begin_reading() {
  reading_ = true;
  missed_ = false;
}

void message_queue::take(const core::topic_page& past) {
  reading_ = false;
  for (const auto& each : past.messages) push(each);
  position_ = std::max(position_, past.through);
  behind_ = past.more || missed_;
}

}  // namespace mofa::bus

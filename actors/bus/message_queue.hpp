// The message queue: what waits for one subscriber, bounded. A kept message that does not fit is read from the store later;
// one that is not kept gives way by the subscriber's policy.
// Owned by the bus, one for each subscription.
// Pure; lives on the bus's thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "protocols/core/ports/topic_store.hpp"

namespace mofa::bus {

/// What became of a message that was offered.
struct offered {
  bool has_it = false;                            ///< it waits here, or in the store, or was there before
  std::vector<core::topic_message_ptr> gave_way;  ///< the messages that were dropped: this one, or older ones
};

class message_queue {
 public:
  struct rule {
    std::size_t capacity = 1;
    core::overflow_policy overflow = core::overflow_policy::drop_oldest;
    bool follows_store = false;  ///< kept messages are read from the store when they do not fit
  };

  /// Kept messages up to `position` are not wanted. With `behind` there may be some after it in the store.
  message_queue(rule how, std::uint64_t position, bool behind) : how_(how), position_(position), behind_(behind) {}

  /// A message that is published now.
  offered offer(core::topic_message_ptr what);

  /// What waits has at most so many bytes, and one message more: the rest is as if the queue were full.
  static constexpr std::size_t bytes_max = 16 * 1024 * 1024;

  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  const std::deque<core::topic_message_ptr>& waiting() const { return waiting_; }
  core::topic_message_ptr pop();

  /// Whether it is time for a page of the past, and of how many messages after which number.
  bool wants_past() const { return behind_ && !reading_ && waiting_.size() <= how_.capacity / 2 && bytes_ <= bytes_max / 2; }
  /// Every kept message that was offered has come in, as far as it was wanted.
  bool has_caught_up() const { return !behind_ && !reading_; }
  std::size_t room() const { return bytes_ >= bytes_max ? 0 : how_.capacity - std::min(how_.capacity, waiting_.size()); }
  std::uint64_t position() const { return position_; }
  void begin_reading();
  /// Kept messages after this one are wanted; there may be some in the store.
  void start_at(std::uint64_t position) {
    position_ = position;
    behind_ = true;
  }
  void take(const core::topic_page& past);
  /// The page could not be read: it is to be asked for again.
  void give_up_reading() {
    reading_ = false;
    behind_ = true;
  }
  /// There are kept messages that were never offered.
  void fall_behind() { behind_ = missed_ = true; }

  /// The rule changed; what waits beyond the new capacity stays.
  void keep_to(rule how) { how_ = how; }

 private:
  bool is_followed(const core::topic_message& what) const { return how_.follows_store && what.seq > 0; }
  offered make_room_for(core::topic_message_ptr what);
  void push(core::topic_message_ptr what);

  rule how_;
  std::deque<core::topic_message_ptr> waiting_;
  std::size_t bytes_ = 0;   ///< of what waits
  std::uint64_t position_;  ///< kept messages up to it have come in here
  bool behind_;             ///< there are, or may be, kept messages after it that have not
  bool reading_ = false;
  bool missed_ = false;  ///< one came while a page was being read
};

}  // namespace mofa::bus

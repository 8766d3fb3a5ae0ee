// The whole state of the bus and what it does; see the .cpp files by subject: publishing, clients, agents, looking.
// Owned by the bus actor.
// Lives on its thread.
#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <set>

#include "actors/bus/bus.hpp"
#include "actors/bus/subscribers.hpp"
#include "actors/bus/topic_table.hpp"

namespace mofa::bus {

// Other ticks carry the key of a subscriber.
inline constexpr std::uint64_t save_tick = 0;
inline constexpr std::uint64_t start_tick = ~std::uint64_t{0};

inline constexpr milliseconds longest_pause{5'000};

struct bus_state {
  static inline const char* name = "bus";
  using self_pointer = actors::bus_actor::stateful_pointer<bus_state>;
  using promise = caf::typed_response_promise<actors::publish_reply>;

  explicit bus_state(self_pointer me) : self(me) {}
  bus_state(const bus_state&) = delete;
  ~bus_state();

  self_pointer self;
  const actors::environment* env = nullptr;
  const directory::directory* where = nullptr;
  const catalog::catalog* definitions = nullptr;
  core::task_service* tasks = nullptr;

  bool ready = false;  ///< the number of the newest kept message is known
  std::vector<std::function<void()>> early;
  std::uint64_t newest = 0;
  subscribers all;
  topic_table table;

  actors::bus_actor me() const { return caf::actor_cast<actors::bus_actor>(self); }
  void start();
  void read_newest();
  void catch_up(std::uint64_t seq);
  void take(const actors::newest_read& found);
  /// What comes before the bus knows the newest number waits.
  void when_ready(std::function<void()> then);
  void wake(std::uint64_t what);

  // --- publishing
  std::vector<core::topic_entry> entries;  ///< to be kept by the next commit
  std::vector<promise> askers;             ///< one for each entry
  std::shared_ptr<std::vector<core::topic_entry>> in_commit;
  std::vector<promise> in_commit_askers;

  void publish(actors::publish_message& request, promise asker);
  void commit();
  void take(actors::messages_kept& done);
  result<core::published> settle(core::topic_entry& entry, const result<core::kept_message>& kept);
  std::int64_t spread(const core::topic_message_ptr& what);
  void drop(subscriber& one, const core::topic_message& what);
  void all_fall_behind();

  // --- clients, and what they have in common with agents
  void subscribe(actors::topic_subscribe_request& request);
  void grant(const actors::grant_request& more);
  void pump(subscriber& one);
  void pump(subscriber& one, client_side& to);
  void read_past(subscriber& one);
  void take(const actors::topic_backlog& past);
  void add(subscriber one);
  void remove(std::uint64_t key);

  // --- agents
  std::uint64_t next_agent_key = std::uint64_t{1} << 63;  ///< keys of clients come from the front and count from 1
  std::size_t opening = 0;                                ///< cursors that are being opened
  std::set<std::string> parted;                           ///< agents that are leaving, and may come back to their cursors
  std::set<std::uint64_t> moved;                          ///< subscriptions whose cursors may have to be written
  std::vector<std::pair<std::uint64_t, std::uint64_t>> in_saving;  ///< key and number
  bool saving_soon = false;

  void renew();
  void follow(const std::string& agent, const core::topic_subscription& what);
  void forget_cursors(const std::string& agent);
  void open_cursor(subscriber& one);
  void take(const actors::cursor_opened& found);
  void settle_in(const actors::cursor_opened& found);
  void pump(subscriber& one, agent_side& to);
  void hand_over(std::uint64_t key, agent_side& to);
  void take(const actors::message_taken& news);
  void again(subscriber& one, agent_side& to);
  std::uint64_t progress_of(const subscriber& one) const;
  void note_progress(const subscriber& one);
  void keep_house();
  void save();
  void take(const actors::cursors_moved& news);

  // --- looking
  actors::topics_reply list(const actors::topics_request& question) const;
};

}  // namespace mofa::bus

// The state of the deliveries and what they do; by subject: receivers.cpp, listening.cpp, posting.cpp, progress.cpp.
// Owned by the delivery actor.
// Lives on its thread.
#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <unordered_map>
#include <unordered_set>

#include "actors/delivery/delivery.hpp"
#include "actors/delivery/patience.hpp"
#include "actors/delivery/turns.hpp"

namespace mofa::delivery {

// Other ticks carry the number of a pause.
inline constexpr std::uint64_t start_tick = 0;
inline constexpr std::uint64_t save_tick = 1;

/// How many events a feed may give before one is done with: what a receiver holds in memory at most.
inline constexpr std::size_t window = 1;
/// What a whole task is taken to weigh until it has been read.
inline constexpr std::size_t task_weight = 2 * 1024 * 1024;
/// Before what failed here is tried again: the store, a feed.
inline constexpr milliseconds short_pause{1'000};

/// A push configuration at work.
struct receiver {
  enum class phase {
    idle,         ///< it waits for events, or is about to ask for them
    subscribing,  ///< the feed is asked for
    waiting,      ///< for a place to post; it holds nothing but itself
    reading,      ///< the task is asked for
    posting,      ///< the first of its events is on its way
    saving,       ///< how far it has come is being written
    pausing,      ///< it holds nothing but itself
  };

  std::uint64_t key = 0;
  core::open_push what;       ///< as the store has it
  std::uint64_t handled = 0;  ///< every event up to this number is delivered, or was not to be
  phase now = phase::idle;
  core::push_fate fate = core::push_fate::open;    ///< what becomes of it with what is being saved
  bool gone = false;                               ///< nobody wants it any more; what is being posted is posted
  bool renewed = false;                            ///< what is being posted goes to the one that it has replaced
  bool ended = false;                              ///< the task has no further events than those here
  int attempts = 0;                                ///< in vain, of the event that is next
  bool sure = false;                               ///< its last attempt had an answer
  std::size_t weight = 0;                          ///< what its next body is taken to weigh
  std::uint64_t telling = 0;                       ///< number of the event that is being read or posted
  std::uint64_t feed = 0;                          ///< number of its subscription; 0: none
  std::uint64_t pause = 0;                         ///< number of its pause
  std::size_t credit = 0;                          ///< events that the feed may still give
  std::shared_ptr<core::subscription> standing{};  ///< null until it stands
  std::vector<core::event_ptr> events{};           ///< from the feed, the next one first
  turns::group* group = nullptr;                   ///< where it posts to, and for whom
  std::optional<turns::place> place{};             ///< that it has at present
  core::running_call_ptr call{};
};

struct delivery_state {
  static inline const char* name = "delivery";
  using self_pointer = actors::delivery_actor::stateful_pointer<delivery_state>;

  explicit delivery_state(self_pointer me) : self(me) {}
  delivery_state(const delivery_state&) = delete;

  self_pointer self;
  const actors::environment* env = nullptr;
  const directory::directory* where = nullptr;
  core::task_service* tasks = nullptr;
  const equipment* with = nullptr;

  using config_id = std::pair<task_id, std::string>;
  std::uint64_t next_number = 2;  ///< of receivers, subscriptions and pauses
  std::unordered_map<std::uint64_t, receiver> receivers;
  std::map<config_id, std::uint64_t> by_id;
  std::optional<turns> places;

  actors::delivery_actor me() const { return caf::actor_cast<actors::delivery_actor>(self); }
  receiver* find(std::uint64_t key);
  void wake(std::uint64_t what);

  // --- receivers: which configurations there are
  bool ready = false;                ///< all pages of the start are read
  std::optional<config_id> read_to;  ///< the last one of the pages so far
  std::vector<actors::push_changed> early;
  std::map<config_id, bool> looking;  ///< those that are being read; whether they have changed again since

  void start();
  void read_page();
  void take(actors::pushes_read& news);
  void take_page(std::vector<core::open_push>& page);
  void change(const actors::push_changed& news);
  void look(const config_id& which);
  void take_change(const config_id& which, result<std::vector<core::open_push>>& found);
  receiver& add(core::open_push what);
  void replace(receiver& one, core::open_push what);
  turns::group* group_of(const core::open_push& what);
  /// Its configuration is no more. What is being posted is posted.
  void drop(receiver& one);
  void erase(receiver& one);

  // --- listening: what happens to their tasks
  void go_on(receiver& one);
  void subscribe(receiver& one);
  static core::caller owner_of(const receiver& one);
  void take(actors::push_event& news);
  void lose_feed(receiver& one, const error& why);
  void let_go_of_feed(receiver& one);
  void task_is_gone(receiver& one);
  void pause(receiver& one, milliseconds span);
  std::unordered_map<std::uint64_t, std::uint64_t> pauses;  ///< number of a pause -> key

  // --- posting
  void wait_for_place(receiver& one);
  void hand_out_places();
  void begin(receiver& one);
  void take(actors::push_task& news);
  /// `words`: () -> core::push_body. What throws there would throw again after each restart, and end all deliveries: it is
  /// given up.
  template <class Words>
  void word_and_post(receiver& one, Words words);
  void post(receiver& one, core::push_body body);
  void take(actors::push_attempted& news);
  void settle(receiver& one, const verdict& how);
  void begin_anew(receiver& one);
  void give_up(receiver& one, std::string_view reason);
  /// The server has asked for that pause.
  void hold_server(const turns::place& at, milliseconds span);
  std::unordered_map<std::uint64_t, turns::lane*> holds;  ///< number of a pause -> the server that has it
  void free_place(receiver& one, std::optional<bool> answered);

  // --- progress: how far each has come, in the store
  std::unordered_set<std::uint64_t> to_save;
  struct saved {
    std::uint64_t key = 0, seq = 0;
    core::push_fate fate = core::push_fate::open;
  };
  std::vector<saved> in_saving;
  bool saving_soon = false;

  void save(receiver& one, core::push_fate fate);
  /// It was told all.
  void finish(receiver& one);
  /// It is told nothing more. Of a task that is kept in memory only nobody says to the store when it goes: its configuration
  /// goes at once.
  void close(receiver& one, core::push_fate fate);
  void write();
  void take(const actors::pushes_moved& news);
};

}  // namespace mofa::delivery

#include <utility>

#include "actors/delivery/delivery_state.hpp"
#include "server/base/limits.hpp"

namespace mofa::delivery {

using namespace mofa::actors;

namespace {

/// What the feed says, as messages.
class ear final : public core::event_sink {
 public:
  ear(delivery_actor to, std::uint64_t key, std::uint64_t feed) : to_(std::move(to)), key_(key), feed_(feed) {}
  void on_event(core::event_ptr what) override { caf::anon_send(to_, push_event{key_, feed_, {}, std::move(what), {}}); }
  // The words of running calls are not for receivers.
  void on_frame(const core::live_frame&) override {}
  void on_end() override { caf::anon_send(to_, push_event{key_, feed_, {}, {}, {}}); }
  void on_failure(const error& why) override { caf::anon_send(to_, push_event{key_, feed_, {}, {}, why}); }

 private:
  delivery_actor to_;
  std::uint64_t key_;
  std::uint64_t feed_;
};

}  // namespace

core::caller delivery_state::owner_of(const receiver& one) {
  return {one.what.tenant, one.what.owner, static_cast<unsigned>(core::scope::tasks_read)};
}

// The next thing to do for it, when nothing is under way.
void delivery_state::go_on(receiver& one) {
  if (one.now != receiver::phase::idle) return;
  auto next = one.events.begin();
  for (; next != one.events.end(); ++next) {
    const bool is_told = with->encoder->needed(one.what.config.dialect, **next) != core::push_encoder::need::nothing;
    if (is_told && (*next)->seq > one.handled) break;
    one.handled = std::max(one.handled, (*next)->seq);
  }
  one.events.erase(one.events.begin(), next);
  if (!one.events.empty() && !one.place) return wait_for_place(one);
  if (!one.events.empty()) {
    begin(one);
    // It may weigh less than was thought.
    return hand_out_places();
  }
  // What it has had a place for is told no more.
  if (one.place && (one.ended || one.credit == 0)) {
    free_place(one, std::nullopt);
    hand_out_places();
  }
  if (one.ended) return finish(one);
  // What was told in vain is next: it is read when it has a place.
  if (one.attempts > 0 && one.feed == 0 && !one.place) return wait_for_place(one);
  if (one.feed == 0) return subscribe(one);
  // What is not told moves the cursor too, now and then: a restart need not look at it again.
  if (one.handled - one.what.cursor >= limits::event_page) return save(one, core::push_fate::open);
  if (one.credit > 0 || !one.standing) return;
  one.credit = window;
  one.standing->grant(window);
}

void delivery_state::subscribe(receiver& one) {
  one.now = receiver::phase::subscribing;
  one.feed = next_number++;
  one.credit = window;
  tasks->subscribe(owner_of(one), one.what.config.task, one.handled, window, std::make_shared<ear>(me(), one.key, one.feed),
                   [to = me(), key = one.key, feed = one.feed](result<core::subscription_ptr> made) {
                     push_event news{key, feed, {}, {}, {}};
                     if (made) {
                       news.standing = *std::move(made);
                     } else {
                       news.why = std::move(made).error();
                     }
                     caf::anon_send(to, std::move(news));
                   });
}

void delivery_state::take(push_event& news) {
  auto* one = find(news.key);
  if (one == nullptr || one->feed != news.feed) return;
  if (news.why) return lose_feed(*one, *news.why);
  if (news.standing) {
    one->standing = std::move(news.standing);
    one->now = receiver::phase::idle;
  } else if (news.what) {
    --one->credit;
    one->events.push_back(std::move(news.what));
  } else {
    one->ended = true;
    one->standing.reset();
  }
  go_on(*one);
}

void delivery_state::lose_feed(receiver& one, const error& why) {
  const bool was_asked_for = one.now == receiver::phase::subscribing;
  one.standing.reset();
  one.feed = 0;
  if (was_asked_for) one.now = receiver::phase::idle;
  if (one.now == receiver::phase::idle && one.place) {
    free_place(one, std::nullopt);
    hand_out_places();
  }
  if (one.now == receiver::phase::idle && why.code == errc::not_found) return task_is_gone(one);
  if (was_asked_for && why.code == errc::task_terminal) {
    one.ended = true;
    return go_on(one);
  }
  // Who is about to post has its event, and asks for the feed when that is done.
  if (one.now == receiver::phase::idle) pause(one, short_pause);
}

void delivery_state::let_go_of_feed(receiver& one) {
  one.standing.reset();
  one.feed = 0;
  one.ended = false;
  one.events = {};
}

void delivery_state::task_is_gone(receiver& one) {
  let_go_of_feed(one);
  free_place(one, std::nullopt);
  save(one, core::push_fate::gone);
  hand_out_places();
}

void delivery_state::pause(receiver& one, milliseconds span) {
  let_go_of_feed(one);
  one.now = receiver::phase::pausing;
  one.pause = next_number++;
  pauses.emplace(one.pause, one.key);
  self->delayed_send(self, span, tick{one.pause});
}

}  // namespace mofa::delivery

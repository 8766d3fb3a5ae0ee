#include "actors/storage/feeds.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "actors/storage/memory_journal.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "actors/system/system.hpp"
#include "server/base/limits.hpp"

namespace mofa::storage {
namespace {

using namespace mofa::actors;

// Ended tasks of durability none stay readable until so many others have ended, and large ones only up to so many bytes.
constexpr std::size_t keep_ended = 1000;
constexpr std::size_t keep_ended_bytes = 32 * 1024 * 1024;

// As the store numbers them, and no further.
constexpr auto most_events = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) - 1;

bool ends_task(const core::event& what) {
  if (what.kind != core::kinds::status_changed) return false;
  const auto data = core::json::parse(what.data, nullptr, false);
  if (!data.is_object()) return false;
  const auto state = core::task_state_from(data.value("state", std::string{}));
  return state && core::is_terminal(*state);
}

/// How much of a speaking effect a subscriber has been told.
struct told_so_far {
  int attempt = 0;
  std::size_t length = 0;   ///< of the attempt's text
  std::size_t retries = 0;  ///< how many of them
};

struct subscriber {
  task_id task;
  std::uint64_t next = 1;  ///< number of the event that it gets next
  std::size_t credit = 0;
  std::shared_ptr<core::event_sink> sink;
  bool reading = false;                      ///< a page of the past is on its way
  std::size_t page = 0;                      ///< how many events were asked for
  bool behind = false;                       ///< there are events that it has not been given
  std::map<std::string, told_so_far> heard;  ///< by effect
};

/// What a running effect has said so far.
struct speech {
  task_id task;
  int attempt = 1;
  std::string text;                           ///< of the attempt
  std::vector<core::failed_attempt> retries;  ///< the attempts before it
};

struct waiter {
  task_id task;
  std::uint64_t after = 0;
  caf::typed_response_promise<task_reply> asker;
};

struct feeds_state {
  static inline const char* name = "feeds";
  using self_pointer = feeds_actor::stateful_pointer<feeds_state>;

  explicit feeds_state(self_pointer me) : self(me) {}
  feeds_state(const feeds_state&) = delete;
  ~feeds_state() {
    for (auto& [key, one] : subscribers)
      one.sink->on_failure(fail(errc::unavailable, "the feeds restart; resume by the last number"));
  }

  self_pointer self;
  const environment* env = nullptr;
  const directory::directory* where = nullptr;
  memory_journal memory{keep_ended, keep_ended_bytes,
                        [this](task_id which) { return by_task.contains(which) || waiters_by_task.contains(which); }};
  std::unordered_map<std::uint64_t, subscriber> subscribers;
  std::unordered_multimap<task_id, std::uint64_t> by_task;
  std::unordered_map<std::uint64_t, waiter> waiters;
  std::unordered_multimap<task_id, std::uint64_t> waiters_by_task;
  std::unordered_map<std::string, speech> speeches;  ///< by effect

  void publish(const committed_unit& unit) {
    tell_waiters(unit);
    if (by_task.empty()) return;
    const auto [first, last] = by_task.equal_range(unit.task);
    std::vector<std::uint64_t> keys;
    for (auto it = first; it != last; ++it) keys.push_back(it->second);
    for (const auto key : keys) give(key, unit.events, unit.ended);
  }

  void tell_waiters(const committed_unit& unit) {
    if (!unit.settled || waiters_by_task.empty()) return;
    const auto [first, last] = waiters_by_task.equal_range(unit.task);
    std::vector<std::uint64_t> keys;
    for (auto it = first; it != last; ++it) keys.push_back(it->second);
    for (const auto key : keys)
      if (unit.settled->row.last_seq > waiters.at(key).after) answer(key, task_reply{core::submitted_task{unit.settled}});
  }

  // Hands over what is next and what the credit allows. `ended`: the last of these ends the task.
  void give(std::uint64_t key, const std::vector<core::event_ptr>& events, bool ended) {
    auto& one = subscribers.at(key);
    for (const auto& event : events) {
      if (event->seq < one.next) continue;
      if (event->seq > one.next || one.reading || one.credit == 0) {
        one.behind = true;
        return;
      }
      --one.credit;
      ++one.next;
      one.sink->on_event(event);
    }
    if (ended) finish(key);
  }

  // Who has heard all that came before gets the piece; who joins, or has missed something, gets the whole.
  void hear(effect_text& news) {
    if (news.over) return forget_speech(news);
    auto& all = speeches[news.effect_id];
    if (news.attempt != all.attempt) all.text.clear();
    all.task = news.task;
    all.attempt = news.attempt;
    const auto before = all.text.size();
    all.text += news.text;
    const auto [first, last] = by_task.equal_range(news.task);
    for (auto it = first; it != last; ++it) tell(subscribers.at(it->second), news.effect_id, all, before);
  }

  void tell(subscriber& one, const std::string& effect_id, const speech& all, std::size_t before) {
    if (one.reading || one.behind || one.credit == 0) return;
    auto& heard = one.heard[effect_id];
    for (; heard.retries < all.retries.size(); ++heard.retries)
      one.sink->on_frame(frame_of(effect_id, all.retries[heard.retries]));
    if (all.text.empty()) return;
    const auto offset = heard.attempt == all.attempt && heard.length == before ? before : 0;
    heard.attempt = all.attempt;
    heard.length = all.text.size();
    if (offset == all.text.size()) return;
    const core::json data{
        {"effect_id", effect_id}, {"attempt", all.attempt}, {"offset", offset}, {"text", all.text.substr(offset)}};
    one.sink->on_frame({"delta", data.dump(-1, ' ', false, core::json::error_handler_t::replace)});
  }

  // What the attempt has said counts no more.
  void hear(effect_retried& news) {
    auto& all = speeches[news.effect_id];
    all.task = news.task;
    all.text.clear();
    all.retries.push_back(std::move(news.what));
    const auto [first, last] = by_task.equal_range(news.task);
    for (auto it = first; it != last; ++it) tell(subscribers.at(it->second), news.effect_id, all, 0);
  }

  static core::live_frame frame_of(const std::string& effect_id, const core::failed_attempt& what) {
    const core::json data{
        {"effect_id", effect_id}, {"attempt", what.attempt}, {"error", what.why}, {"retry_in_ms", what.pause.count()}};
    return {"progress", data.dump(-1, ' ', false, core::json::error_handler_t::replace)};
  }

  void forget_speech(const effect_text& news) {
    speeches.erase(news.effect_id);
    const auto [first, last] = by_task.equal_range(news.task);
    for (auto it = first; it != last; ++it) subscribers.at(it->second).heard.erase(news.effect_id);
  }

  // It has caught up.
  void tell_so_far(subscriber& one) {
    for (const auto& [effect_id, all] : speeches)
      if (all.task == one.task) tell(one, effect_id, all, all.text.size());
  }

  void finish(std::uint64_t key) {
    subscribers.at(key).sink->on_end();
    drop(key);
  }

  void drop(std::uint64_t key) {
    const auto found = subscribers.find(key);
    if (found == subscribers.end()) return;
    const auto [first, last] = by_task.equal_range(found->second.task);
    by_task.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == key; }));
    subscribers.erase(found);
    env->watch.subscriber_removed();
  }

  void subscribe(subscribe_request& request) {
    if (request.wanted.expired()) return;
    subscriber one{.task = request.task,
                   .next = std::min(request.after, most_events) + 1,
                   .credit = request.credit,
                   .sink = std::move(request.sink),
                   .heard = {}};
    subscribers.emplace(request.key, std::move(one));
    by_task.emplace(request.task, request.key);
    env->watch.subscriber_added();
    read_past(request.key);
  }

  void read_past(std::uint64_t key) {
    auto& one = subscribers.at(key);
    if (one.credit == 0) {
      one.behind = true;
      return;
    }
    one.behind = false;
    const auto limit = std::min(one.credit, limits::event_page);
    one.page = limit;
    const auto after = one.next - 1;
    if (is_volatile(one.task)) {
      if (after > 0 && memory.find(one.task) == nullptr) return fail_one(key, no_task(one.task));
      return take_page(key, memory.events(one.task, after, limit));
    }
    one.reading = true;
    const auto me = caf::actor_cast<feeds_actor>(self);
    read(*where, [me, key, task = one.task, after, limit](core::store& from) {
      caf::anon_send(me, backlog{key, page_of(from, task, after, limit)});
    });
  }

  static error no_task(task_id which) { return fail(errc::not_found, "no task " + which.str()); }

  // Who has had events and finds none at all has a task that is gone, and would wait for ever.
  static result<std::vector<core::event_ptr>> page_of(core::store& from, task_id task, std::uint64_t after,
                                                      std::size_t limit) {
    auto page = from.events(task, after, limit);
    if (after == 0 || !page || !page->empty()) return page;
    const auto first = from.events(task, 0, 1);
    if (first && first->empty()) return no_task(task);
    return page;
  }

  void fail_one(std::uint64_t key, const error& why) {
    subscribers.at(key).sink->on_failure(why);
    drop(key);
  }

  void take_page(std::uint64_t key, const std::vector<core::event_ptr>& page) {
    auto& one = subscribers.at(key);
    one.reading = false;
    const bool ended = !page.empty() && ends_task(*page.back());
    give(key, page, ended);
    if (ended || !subscribers.contains(key)) return;
    if (page.size() == one.page) one.behind = true;  // there may be more
    if (one.behind && one.credit > 0) return read_past(key);
    if (!speeches.empty()) tell_so_far(one);
  }

  void take_backlog(const backlog& past) {
    const auto found = subscribers.find(past.key);
    if (found == subscribers.end()) return;
    if (!past.events) return fail_one(past.key, past.events.error());
    take_page(past.key, *past.events);
  }

  void grant(const grant_request& more) {
    const auto found = subscribers.find(more.key);
    if (found == subscribers.end()) return;
    found->second.credit += more.credit;
    if (found->second.behind && !found->second.reading) read_past(more.key);
  }

  append_reply append(append_request& request) {
    const auto& unit = request.unit;
    auto outcome = memory.append(unit);
    if (outcome)
      publish({unit.row.id, unit.events, request.settled, core::is_terminal(unit.row.status.state)});
    else if (!unit.idempotency)
      env->watch.late_message_dropped("append");  // its actor was replaced, and nobody waits for the answer
    return {std::move(outcome)};
  }

  void answer(std::uint64_t key, task_reply reply) {
    const auto found = waiters.find(key);
    if (found == waiters.end()) return;
    const auto [first, last] = waiters_by_task.equal_range(found->second.task);
    waiters_by_task.erase(std::find_if(first, last, [&](const auto& entry) { return entry.second == key; }));
    auto asker = std::move(found->second.asker);
    waiters.erase(found);
    asker.deliver(std::move(reply));
  }

  void await(const await_request& question, caf::typed_response_promise<task_reply> asker) {
    waiters.emplace(question.key, waiter{question.task, question.after, std::move(asker)});
    waiters_by_task.emplace(question.task, question.key);
    self->delayed_send(self, question.wait, tick{question.key});
  }
};

}  // namespace

feeds_actor spawn_feeds(caf::actor_system& system, const environment& env, const directory::directory& where) {
  return system.spawn([&env, &where](feeds_state::self_pointer self) -> feeds_actor::behavior_type {
    guard(self);
    self->state.env = &env;
    self->state.where = &where;
    return {
        [self](const publish_request& news) {
          for (const auto& unit : news.units) self->state.publish(unit);
        },
        [self](append_request& request) { return self->state.append(request); },
        [self](subscribe_request& request) { self->state.subscribe(request); },
        [self](const grant_request& more) { self->state.grant(more); },
        [self](const unsubscribe_request& request) { self->state.drop(request.key); },
        [self](const backlog& past) { self->state.take_backlog(past); },
        [self](effect_text& news) { self->state.hear(news); },
        [self](effect_retried& news) { self->state.hear(news); },
        [self](const await_request& question) -> caf::result<task_reply> {
          auto promise = self->make_response_promise<task_reply>();
          self->state.await(question, promise);
          return promise;
        },
        [self](await_checked& checked) { self->state.answer(checked.key, std::move(checked.found)); },
        [self](volatile_query& query) {
          query.job->run(self->state.memory);
          query.job.reset();
        },
        [self](const volatile_remove& request) { return done_reply{self->state.memory.remove(request.who, request.task)}; },
        [self](tick late) { self->state.answer(late.what, task_reply{fail(errc::timeout, "the task is not settled yet")}); },
    };
  });
}

}  // namespace mofa::storage

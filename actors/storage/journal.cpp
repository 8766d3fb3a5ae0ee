#include "actors/storage/journal.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/system/system.hpp"

namespace mofa::storage {
namespace {

using namespace mofa::actors;

// A group larger than this makes the first of it wait for no gain.
constexpr std::size_t group_units = 512;

struct journal_state {
  static inline const char* name = "journal";
  using self_pointer = journal_actor::stateful_pointer<journal_state>;

  explicit journal_state(self_pointer) {}

  core::store* store = nullptr;
  const environment* env = nullptr;
  feeds_actor feeds;
  std::vector<core::append_unit> units;  ///< the group that is being gathered
  std::vector<core::task_ptr> settled;   ///< one for each unit
  std::vector<caf::typed_response_promise<append_reply>> askers;
  bool flush_on_its_way = false;

  void commit() {
    flush_on_its_way = false;
    if (units.empty()) return;
    const auto group = std::move(units);
    const auto views = std::move(settled);
    auto replies = std::move(askers);
    units.clear();
    settled.clear();
    askers.clear();
    env->watch.before_append(group.size());
    const auto begun = std::chrono::steady_clock::now();
    const auto outcomes = store->append(group);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
    env->watch.after_append(group.size());
    publish(group, views, outcomes, took);
    for (std::size_t i = 0; i < replies.size(); ++i) replies[i].deliver(append_reply{outcomes[i]});
  }

  void publish(const std::vector<core::append_unit>& group, const std::vector<core::task_ptr>& views,
               const std::vector<core::append_outcome>& outcomes, std::chrono::microseconds took) {
    publish_request news;
    news.units.reserve(group.size());
    std::size_t failed = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (!outcomes[i]) {
        ++failed;
        env->watch.append_failed(outcomes[i].error().code, 1);
        continue;
      }
      const auto& row = group[i].row;
      news.units.push_back({row.id, group[i].events, views[i], core::is_terminal(row.status.state)});
    }
    if (failed < group.size()) env->watch.append_committed(group.size() - failed, took);
    if (news.units.empty()) return;
    env->watch.before_publish();
    caf::anon_send(feeds, std::move(news));
    env->watch.after_publish();
  }
};

}  // namespace

journal_actor spawn_journal(caf::actor_system& system, core::store& store, const environment& env,
                            const directory::directory& where, bool detached) {
  auto body = [&store, &env, feeds = where.feeds()](journal_state::self_pointer self) -> journal_actor::behavior_type {
    guard(self);
    auto& state = self->state;
    state.store = &store;
    state.env = &env;
    state.feeds = feeds;
    return {[self](append_request& request) -> caf::result<append_reply> {
              auto& mine = self->state;
              auto promise = self->template make_response_promise<append_reply>();
              mine.units.push_back(std::move(request.unit));
              mine.settled.push_back(std::move(request.settled));
              mine.askers.push_back(promise);
              if (mine.units.size() >= group_units) {
                mine.commit();
              } else if (!mine.flush_on_its_way) {
                // Everything that is in the mailbox already comes before this message: it is the group.
                mine.flush_on_its_way = true;
                self->send(self, tick{});
              }
              return promise;
            },
            [self](tick) { self->state.commit(); }};
  };
  return detached ? system.spawn<caf::detached>(std::move(body)) : system.spawn(std::move(body));
}

reader_actor spawn_reader(caf::actor_system& system, core::store& store, bool detached) {
  auto body = [&store](reader_actor::pointer self) -> reader_actor::behavior_type {
    guard(self);
    return {[&store](read_request& request) {
      request.job->run(store);
      request.job.reset();
    }};
  };
  return detached ? system.spawn<caf::detached>(std::move(body)) : system.spawn(std::move(body));
}

}  // namespace mofa::storage

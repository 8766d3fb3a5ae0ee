#include "actors/bus/bus.hpp"

#include "actors/bus/bus_state.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/system/system.hpp"

namespace mofa::bus {

using namespace mofa::actors;

bus_state::~bus_state() {
  for (auto& [key, one] : all.all())
    if (one.client) one.client->sink->on_failure(fail(errc::unavailable, "the topics restart; resume by the last number"));
}

void bus_state::start() {
  // A cursor that nobody needs keeps messages from being swept; failing to drop it is no reason not to start.
  storage::read(*where, [all_of = definitions](core::store& from) { (void)from.topics().retain_agents(all_of->names()); });
  read_newest();
}

void bus_state::read_newest() {
  storage::read(*where, [to = me()](core::store& from) { caf::anon_send(to, newest_read{from.topics().newest()}); });
}

void bus_state::take(const newest_read& found) {
  if (ready) return found.seq ? catch_up(*found.seq) : void();
  if (!found.seq) return self->delayed_send(self, longest_pause, tick{start_tick});
  newest = *found.seq;
  ready = true;
  env->watch.topic_subscribers(0, 0);
  renew();
  keep_house();
  for (const auto& each : std::exchange(early, {})) each();
}

// While a commit is under way the store may know of it already: that is no reason to look. The next message tells of a gap.
void bus_state::catch_up(std::uint64_t seq) {
  if (seq <= newest || in_commit) return;
  newest = seq;
  all_fall_behind();
}

void bus_state::when_ready(std::function<void()> then) { ready ? then() : early.push_back(std::move(then)); }

void bus_state::wake(std::uint64_t what) {
  if (what == start_tick) return ready ? keep_house() : start();
  if (what == save_tick) {
    saving_soon = false;
    return save();
  }
  auto* one = all.find(what);
  if (one != nullptr && one->agent) again(*one, *one->agent);
}

bus_actor spawn_bus(caf::actor_system& system, const environment& env, const directory::directory& where,
                    const catalog::catalog& definitions, core::task_service& tasks) {
  return system.spawn([&](bus_state::self_pointer self) -> bus_actor::behavior_type {
    guard(self);
    auto& state = self->state;
    state.env = &env;
    state.where = &where;
    state.definitions = &definitions;
    state.tasks = &tasks;
    state.start();
    return {[self](publish_message& request) -> caf::result<publish_reply> {
              auto asker = self->make_response_promise<publish_reply>();
              self->state.when_ready(
                  [self, asker, request = std::move(request)]() mutable { self->state.publish(request, std::move(asker)); });
              return asker;
            },
            [self](const newest_read& found) { self->state.take(found); },
            [self](messages_kept& done) { self->state.take(done); },
            [self](const topic_backlog& past) { self->state.take(past); },
            [self](const cursor_opened& found) { self->state.take(found); },
            [self](topic_subscribe_request& request) -> caf::result<done_reply> {
              auto asker = self->make_response_promise<done_reply>();
              self->state.when_ready([self, asker, request = std::move(request)]() mutable {
                self->state.subscribe(request);
                asker.deliver(done_reply{});
              });
              return asker;
            },
            [self](const grant_request& more) { self->state.when_ready([self, more] { self->state.grant(more); }); },
            [self](const unsubscribe_request& request) {
              self->state.when_ready([self, key = request.key] { self->state.remove(key); });
            },
            [self](definitions_changed) { self->state.when_ready([self] { self->state.renew(); }); },
            [self](const message_taken& news) { self->state.take(news); },
            [self](const cursors_moved& news) { self->state.take(news); },
            [self](const topics_request& question) { return self->state.list(question); },
            [self](tick late) { self->state.wake(late.what); }};
  });
}

}  // namespace mofa::bus

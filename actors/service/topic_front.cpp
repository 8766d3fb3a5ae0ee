#include "actors/service/topic_front.hpp"

#include "actors/service/live_subscription.hpp"
#include "actors/storage/read_job.hpp"
#include "server/base/limits.hpp"

namespace mofa::service {
namespace {

using namespace mofa::actors;
using core::completion;

std::chrono::steady_clock::time_point deadline() { return std::chrono::steady_clock::now() + std::chrono::seconds{10}; }

error restarting() { return fail(errc::unavailable, "the topics are restarting; try again"); }

}  // namespace

void topic_front::publish(const core::caller& who, core::publication what, completion<core::published> done) {
  if (auto sound = core::check_topic(what.topic); !sound) return done(sound.error());
  if (what.once && !what.durable)
    return done(fail(errc::invalid, "only a durable message can have an Idempotency-Key; add \"durable\": true"));
  if (what.hops > limits::topic_hops_max)
    return done(fail(errc::limit_exceeded, "the message goes in circles: " + std::to_string(limits::topic_hops_max) +
                                               " tasks made from messages led to it"));
  const auto bus = where_.bus();
  if (!bus) return done(restarting());
  core::topic_message message;
  message.tenant = who.tenant;
  message.publisher = who.principal;
  message.topic = std::move(what.topic);
  message.data = what.data.dump(-1, ' ', false, core::json::error_handler_t::replace);
  message.at = env_.time.now();
  message.hops = what.hops;
  bridge_.ask<publish_reply>(bus, publish_message{std::move(message), what.durable, std::move(what.once)}, deadline(),
                             [done = std::move(done)](result<publish_reply> reply) mutable {
                               if (!reply) return done(std::move(reply).error());
                               done(std::move(reply->value));
                             });
}

void topic_front::list(const core::caller& who, core::page_request want, completion<core::page<core::topic_info>> done) {
  auto shared = std::make_shared<completion<core::page<core::topic_info>>>(std::move(done));
  storage::read(
      where_,
      [this, tenant = who.tenant, want, shared](core::store& from) {
        // One more than a page: whether there is another one is then known without asking again.
        auto kept = from.topics().kept(tenant, want.cursor, want.limit + 1);
        if (!kept) return (*shared)(std::move(kept).error());
        bridge_.ask<topics_reply>(where_.bus(), topics_request{tenant, want, std::move(*kept)}, deadline(),
                                  [shared](result<topics_reply> reply) {
                                    if (!reply) return (*shared)(std::move(reply).error());
                                    (*shared)(std::move(reply->value));
                                  });
      },
      [shared] { (*shared)(restarting()); });
}

void topic_front::subscribe(const core::caller& who, std::string pattern, std::optional<std::uint64_t> after,
                            std::size_t credit, std::shared_ptr<core::topic_sink> sink,
                            completion<core::subscription_ptr> done) {
  auto wanted_topics = core::topic_pattern::parse(std::move(pattern));
  if (!wanted_topics) return done(std::move(wanted_topics).error());
  const auto bus = where_.bus();
  if (!bus) return done(restarting());
  const auto key = next_key_.fetch_add(1, std::memory_order_relaxed);
  auto wanted = std::make_shared<const char>('\0');
  topic_subscribe_request request{key, who.tenant, std::move(*wanted_topics), after, credit, std::move(sink), wanted};
  // The bus answers when it has entered the subscriber and before it gives it anything: who then publishes is heard.
  bridge_.ask<done_reply>(
      bus, std::move(request), deadline(),
      [bus, key, wanted = std::move(wanted), done = std::move(done)](result<done_reply> reply) mutable {
        if (!reply) {
          // It may have been entered all the same.
          caf::anon_send(bus, unsubscribe_request{key});
          return done(std::move(reply).error());
        }
        done(core::subscription_ptr{std::make_unique<live_subscription<bus_actor>>(bus, key, std::move(wanted))});
      });
}

}  // namespace mofa::service

#include "actors/effects/runners.hpp"

namespace mofa::effects {
namespace {

class publish_runner final : public runner {
 public:
  explicit publish_runner(core::topic_service& topics) : topics_(topics) {}

  core::running_call_ptr start(const actors::run_effect& order, hooks to) override {
    core::publication what;
    what.topic = order.request.value("topic", std::string{});
    what.data = order.request.value("data", json{});
    what.durable = order.request.value("durable", false);
    what.hops = order.hops;
    // The effect's id is its key: published again after a crash it is the same message.
    if (what.durable) what.once = core::idempotency{order.effect_id, "publish", "effect"};
    topics_.publish(order.who, std::move(what), [done = std::move(to.done)](result<core::published> made) mutable {
      if (!made) {
        const auto code = made.error().code;
        const bool again = code == errc::unavailable || code == errc::timeout || code == errc::storage_full;
        return done({std::move(made).error(), {}, again});
      }
      const auto seq = made->seq == 0 ? json{} : json(made->seq);
      done({json{{"seq", seq}, {"delivered", made->delivered}}, {}, false});
    });
    return nullptr;
  }

 private:
  core::topic_service& topics_;
};

}  // namespace

std::unique_ptr<runner> make_publish_runner(core::topic_service& topics) { return std::make_unique<publish_runner>(topics); }

}  // namespace mofa::effects

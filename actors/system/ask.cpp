#include "actors/system/ask.hpp"

#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/mailbox_element.hpp>
#include <vector>

#include "actors/system/system.hpp"

namespace mofa::actors {

ask_bridge::ask_bridge(caf::actor_config& cfg) : caf::monitorable_actor(cfg) {}
ask_bridge::~ask_bridge() = default;

void ask_bridge::send(const caf::strong_actor_ptr& to, caf::message question, steady_time deadline, receiver done) {
  if (!to) return done(fail(errc::unavailable, "this part of the server is restarting; try again"));
  const auto id = next_.fetch_add(1, std::memory_order_relaxed);
  {
    auto& mine = shard_of(id);
    const std::lock_guard lock{mine.guard};
    mine.waiting.emplace(id, pending{deadline, std::move(done)});
  }
  to->enqueue(ctrl(), caf::make_message_id(id), std::move(question), nullptr);
}

ask_bridge::receiver ask_bridge::take(std::uint64_t id) {
  auto& mine = shard_of(id);
  const std::lock_guard lock{mine.guard};
  const auto found = mine.waiting.find(id);
  if (found == mine.waiting.end()) return {};
  auto done = std::move(found->second.done);
  mine.waiting.erase(found);
  return done;
}

void ask_bridge::enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) {
  if (!what || !what->mid.is_response()) return;
  auto done = take(what->mid.request_id().integer_value());
  if (!done) return;  // its deadline has passed already
  auto reply = what->move_content_to_message();
  if (reply.match_elements<caf::error>())
    return done(fail(errc::unavailable, "this part of the server is restarting; try again"));
  done(&reply);
}

void ask_bridge::expire(steady_time now) {
  std::vector<receiver> late;
  for (auto& one : shards_) {
    const std::lock_guard lock{one.guard};
    for (auto it = one.waiting.begin(); it != one.waiting.end();) {
      if (it->second.deadline > now) {
        ++it;
        continue;
      }
      late.push_back(std::move(it->second.done));
      it = one.waiting.erase(it);
    }
  }
  for (auto& done : late) done(fail(errc::timeout, "no answer within the deadline; the request may still take effect"));
}

void ask_bridge::close() { expire(steady_time::max()); }

}  // namespace mofa::actors

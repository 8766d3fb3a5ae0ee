// The ask bridge: how a thread that is no actor asks one. Each question ends exactly once: reply, error, or deadline.
// Owned by the kernel, one for the process; gateway threads ask, workers deliver the answers.
// Thread-safe; an answer's completion is called on the worker that replied.
#pragma once

#include <caf/actor_cast.hpp>
#include <caf/monitorable_actor.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "actors/system/messages.hpp"
#include "server/base/callback.hpp"
#include "server/base/result.hpp"

namespace mofa::actors {

/// An actor without a mailbox: replies arrive in enqueue(), on the thread of whoever replies.
class ask_bridge final : public caf::monitorable_actor {
 public:
  using steady_time = std::chrono::steady_clock::time_point;
  /// Gets the reply, or why there is none.
  using receiver = callback<void(result<caf::message*>)>;

  explicit ask_bridge(caf::actor_config& cfg);
  ~ask_bridge() override;

  /// Sends the question; the reply's single element of type Reply goes to `done`.
  /// Errors: unavailable (the actor has ended: its part of the server restarts), timeout.
  template <class Reply, class Handle, class Question>
  void ask(const Handle& to, Question question, steady_time deadline, callback<void(result<Reply>)> done) {
    send(caf::actor_cast<caf::strong_actor_ptr>(to), caf::make_message(std::move(question)), deadline,
         [done = std::move(done)](result<caf::message*> reply) mutable {
           if (!reply) return done(std::move(reply).error());
           if (!(*reply)->template match_elements<Reply>())
             return done(fail(errc::internal, "an actor answered something else"));
           done(std::move((*reply)->template get_mutable_as<Reply>(0)));
         });
  }

  /// Ends every question whose deadline has passed; called a few times a second.
  void expire(steady_time now);
  /// Ends all questions; the process stops.
  void close();

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override;
  const char* name() const override { return "ask_bridge"; }

 private:
  struct pending {
    steady_time deadline;
    receiver done;
  };
  struct shard {
    std::mutex guard;
    std::unordered_map<std::uint64_t, pending> waiting;
  };

  void send(const caf::strong_actor_ptr& to, caf::message question, steady_time deadline, receiver done);
  receiver take(std::uint64_t id);
  shard& shard_of(std::uint64_t id) { return shards_[id % shards_.size()]; }

  std::atomic<std::uint64_t> next_{1};
  std::array<shard, 16> shards_;
};

}  // namespace mofa::actors

// The actor world: an actor system in virtual time with clock, store and directory; nothing happens until a test says so.
// Owned by one test; ends all actors that it was told of.
// No threads: actors run inside run() and pass().
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/directory/directory.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/environment.hpp"
#include "actors/system/system.hpp"
#include "tests/support/actor_store.hpp"

namespace mofa::test {

class manual_clock final : public clock {
 public:
  time_point now() const override { return at; }
  time_point at{std::chrono::seconds{1'700'000'000}};
};

/// Writes down what tests ask about.
class noting_probe final : public actors::probe {
 public:
  void late_message_dropped(std::string_view what) override { notes.push_back("late " + std::string{what}); }
  void child_restarted(std::string_view path, std::string_view reason) override {
    notes.push_back("restarted " + std::string{path} + ": " + std::string{reason});
  }
  void escalated(std::string_view path, std::string_view) override { notes.push_back("escalated " + std::string{path}); }
  std::vector<std::string> notes;
};

class actor_world {
 public:
  actor_world();
  ~actor_world();
  actor_world(const actor_world&) = delete;
  actor_world& operator=(const actor_world&) = delete;

  /// Until no actor has a message.
  void run();
  /// The same, for each of the coming milliseconds.
  void pass(milliseconds span);
  /// Ends it with the world.
  template <class Handle>
  Handle keep(Handle one) {
    kept_.push_back(caf::actor_cast<caf::actor>(one));
    return one;
  }
  /// Ends what was kept; for tests whose actors see what the test owns.
  void end();
  /// An actor for `name` in the directory, which answers every input with `answer` and keeps it in `inputs`.
  void put_agent(const std::string& name);

  /// Whom ask() goes through.
  actors::ask_bridge& bridge() { return *bridge_; }
  /// Where the answer will be; it is empty until run().
  template <class Reply, class Handle, class Question>
  std::shared_ptr<std::optional<result<Reply>>> ask(const Handle& to, Question question) {
    auto out = std::make_shared<std::optional<result<Reply>>>();
    bridge_->ask<Reply>(to, std::move(question), ask_deadline, [out](result<Reply> got) { out->emplace(std::move(got)); });
    return out;
  }

  manual_clock time;
  noting_probe watch;
  actors::environment env{time, watch, 1, milliseconds{10'000}};
  memory_store store;
  directory::directory where;
  std::vector<actors::task_input> inputs;
  actors::task_reply answer;

 private:
  static constexpr auto ask_deadline = std::chrono::steady_clock::time_point::max();

  actors::system_config config_;
  caf::actor_config bridge_config_;

 public:
  caf::actor_system system;

 private:
  caf::strong_actor_ptr bridge_owner_;
  actors::ask_bridge* bridge_ = nullptr;
  std::vector<caf::actor> kept_;
};

}  // namespace mofa::test

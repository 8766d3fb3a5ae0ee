#include "actors/system/ask.hpp"

#include <doctest/doctest.h>
#include <caf/exit_reason.hpp>
#include <caf/make_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <condition_variable>
#include <stdexcept>
#include <thread>

#include "tests/support/actor_world.hpp"

using namespace mofa;
using namespace mofa::test;
using actors::ask_bridge;
using actors::done_reply;
using steady_time = ask_bridge::steady_time;

namespace {

constexpr steady_time early{std::chrono::seconds{10}};
constexpr steady_time late{std::chrono::seconds{20}};
constexpr steady_time never = steady_time::max();

using keeper = caf::typed_actor<caf::replies_to<actors::restart_child>::with<done_reply>, caf::reacts_to<actors::tick>>;

/// The name that was asked for, as a failure: answers can be told from one another.
done_reply named(const std::string& name) { return {fail(errc::invalid, name)}; }

/// Everything that came to one question.
struct heard {
  std::vector<result<done_reply>> answers;
  callback<void(result<done_reply>)> ear() {
    return [this](result<done_reply> got) { answers.push_back(std::move(got)); };
  }
  /// Of the only answer: what the actor said.
  std::string text() const {
    if (answers.size() != 1 || !answers[0] || answers[0]->value) return "not one reply";
    return answers[0]->value.error().detail;
  }
  /// Of the only answer: why there is no reply.
  errc failure() const {
    REQUIRE(answers.size() == 1);
    REQUIRE_FALSE(answers[0]);
    return answers[0].error().code;
  }
};

/// Answers at once, but "wait" not before the next tick; "throw" kills it, "refuse" is answered with an error.
keeper::behavior_type answering(keeper::pointer self) {
  actors::guard(self);
  auto waiting = std::make_shared<std::vector<std::pair<std::string, caf::typed_response_promise<done_reply>>>>();
  return {[self, waiting](const actors::restart_child& what) -> caf::result<done_reply> {
            if (what.name == "throw") throw std::runtime_error("told to throw");
            if (what.name == "refuse") return caf::make_error(caf::sec::runtime_error);
            if (!what.name.starts_with("wait")) return named(what.name);
            waiting->emplace_back(what.name, self->make_response_promise<done_reply>());
            return waiting->back().second;
          },
          [waiting](actors::tick) {
            // The last one first: nobody may rely on the order.
            for (; !waiting->empty(); waiting->pop_back()) waiting->back().second.deliver(named(waiting->back().first));
          }};
}

struct asking : actor_world {
  keeper subject = keep(system.spawn(answering));

  void ask(const keeper& whom, const std::string& name, steady_time deadline, heard& into) {
    bridge().ask<done_reply>(whom, actors::restart_child{name}, deadline, into.ear());
  }
  void ask(const std::string& name, heard& into, steady_time deadline = never) { ask(subject, name, deadline, into); }
  void release() {
    caf::anon_send(subject, actors::tick{});
    run();
  }
};

}  // namespace

TEST_CASE("a question ends with its reply, once") {
  heard got;
  asking world;
  world.ask("a", got, early);
  CHECK(got.answers.empty());
  world.run();
  CHECK(got.text() == "a");
  world.bridge().expire(late);
  world.bridge().close();
  world.run();
  CHECK(got.answers.size() == 1);
}

TEST_CASE("many questions at one time get each its own reply, in whatever order") {
  std::vector<heard> got(100);
  asking world;
  for (std::size_t i = 0; i < got.size(); ++i) world.ask((i % 3 == 0 ? "wait" : "now") + std::to_string(i), got[i]);
  world.run();
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i].answers.size() == (i % 3 == 0 ? 0 : 1));
  world.release();
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i].text() == (i % 3 == 0 ? "wait" : "now") + std::to_string(i));
}

TEST_CASE("a question to nobody is unavailable at once") {
  heard got;
  asking world;
  world.ask(keeper{}, "a", never, got);
  CHECK(got.failure() == errc::unavailable);
}

TEST_CASE("a question to an actor that has ended is unavailable") {
  heard got;
  asking world;
  caf::anon_send_exit(world.subject, caf::exit_reason::user_shutdown);
  world.run();
  world.ask("a", got);
  world.run();
  CHECK(got.failure() == errc::unavailable);
}

TEST_CASE("an actor that ends with questions in its mailbox leaves none of them open") {
  heard first, second;
  asking world;
  caf::anon_send_exit(world.subject, caf::exit_reason::kill);
  world.ask("a", first);
  world.ask("b", second);
  world.run();
  CHECK(first.failure() == errc::unavailable);
  CHECK(second.failure() == errc::unavailable);
}

TEST_CASE("an answer that an actor had promised and took with it ends with the deadline") {
  heard got;
  asking world;
  world.ask("wait", got, early);
  world.run();
  caf::anon_send_exit(world.subject, caf::exit_reason::kill);
  world.run();
  CHECK(got.answers.empty());  // CAF tells nobody of a promise that is dropped
  world.bridge().expire(early);
  CHECK(got.failure() == errc::timeout);
}

TEST_CASE("an actor that throws at a question, or answers it with an error, is unavailable to its asker") {
  heard refused, thrown, after;
  asking world;
  world.ask("refuse", refused);
  world.run();
  CHECK(refused.failure() == errc::unavailable);
  world.ask("throw", thrown);
  world.ask("a", after);
  world.run();
  CHECK(thrown.failure() == errc::unavailable);
  CHECK(after.failure() == errc::unavailable);
}

TEST_CASE("an answer of another type is an internal error") {
  asking world;
  std::vector<errc> got;
  world.bridge().ask<actors::task_reply>(world.subject, actors::restart_child{"a"}, never,
                                         [&](result<actors::task_reply> answer) {
                                           REQUIRE_FALSE(answer);
                                           got.push_back(answer.error().code);
                                         });
  world.run();
  CHECK(got == std::vector<errc>{errc::internal});
}

TEST_CASE("a question whose deadline has come ends with a timeout, and its late answer is nobody's") {
  heard soon, patient;
  asking world;
  world.ask("wait1", soon, early);
  world.ask("wait2", patient, late);
  world.run();
  world.bridge().expire(early - std::chrono::nanoseconds{1});
  CHECK(soon.answers.empty());
  world.bridge().expire(early);
  CHECK(soon.failure() == errc::timeout);
  CHECK(patient.answers.empty());
  world.release();
  CHECK(soon.answers.size() == 1);
  CHECK(patient.text() == "wait2");
}

TEST_CASE("closing ends all questions, however long they would wait") {
  std::vector<heard> got(40);
  asking world;
  for (auto& each : got) world.ask("wait", each, &each == &got[0] ? early : never);
  world.run();
  world.bridge().close();
  for (const auto& each : got) CHECK(each.failure() == errc::timeout);
  world.release();
  for (const auto& each : got) CHECK(each.answers.size() == 1);
}

TEST_CASE("who is answered may ask again") {
  heard second;
  asking world;
  world.bridge().ask<done_reply>(world.subject, actors::restart_child{"wait"}, early,
                                 [&](result<done_reply>) { world.ask("b", second); });
  world.run();
  world.bridge().expire(early);  // calls the completion without a lock
  world.run();
  CHECK(second.text() == "b");
}

TEST_CASE("threads that ask, answer and look after deadlines together end each question once") {
  constexpr std::size_t count = 4000;
  std::vector<std::atomic<int>> ends(count);
  std::mutex guard;
  std::condition_variable changed;
  std::size_t ended = 0;

  actors::system_config settings{2};
  caf::actor_system system{settings};
  caf::actor_config of_bridge;
  const auto owner =
      caf::make_actor<ask_bridge, caf::strong_actor_ptr>(system.next_actor_id(), system.node(), &system, of_bridge);
  auto& bridge = *static_cast<ask_bridge*>(caf::actor_cast<caf::abstract_actor*>(owner));
  const auto subject = system.spawn(answering);

  const auto ask_half = [&](std::size_t from) {
    for (std::size_t i = from; i < count; i += 2) {
      // Every other one of each half may end either way.
      const auto deadline = i % 4 < 2 ? std::chrono::steady_clock::now() : never;
      bridge.ask<done_reply>(subject, actors::restart_child{std::to_string(i)}, deadline, [&, i](result<done_reply> got) {
        ++ends[i];
        if (got) CHECK(got->value.error().detail == std::to_string(i));
        const std::lock_guard lock{guard};
        ++ended;
        changed.notify_one();
      });
      if (i % 16 < 2) bridge.expire(std::chrono::steady_clock::now());
    }
  };
  std::thread other{ask_half, 1};
  ask_half(0);
  other.join();
  {
    std::unique_lock lock{guard};
    CHECK(changed.wait_for(lock, std::chrono::seconds{30}, [&] { return ended >= count; }));
  }
  bridge.close();
  caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
  system.await_all_actors_done();
  for (const auto& each : ends) CHECK(each == 1);
}

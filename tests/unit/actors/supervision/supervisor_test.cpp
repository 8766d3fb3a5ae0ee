#include "actors/supervision/supervisor.hpp"

#include <doctest/doctest.h>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <stdexcept>

#include "tests/support/actor_world.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace mofa::supervision;
using lines = std::vector<std::string>;

namespace {

/// Children that write down when they start and stop, and that crash when they are told to.
struct family {
  lines log;
  std::map<std::string, caf::actor> alive;
  lines given_up;
  actors::supervisor_actor top;
  actor_world world;  // ends first

  caf::actor start_child(const std::string& name, bool stubborn) {
    log.push_back("start " + name);
    auto made = world.system.spawn([this, name, stubborn](caf::event_based_actor* self) -> caf::behavior {
      actors::guard(self);
      self->attach_functor([this, name](const caf::error&) { log.push_back("stop " + name); });
      if (stubborn) self->set_exit_handler([](caf::exit_msg&) {});
      return {[self, name](actors::tick order) {
        if (order.what != 0) return self->quit();
        throw std::runtime_error(name + " broke");
      }};
    });
    alive[name] = world.keep(made);
    return made;
  }

  child_spec child(const std::string& name, bool stubborn = false, restart when = restart::permanent) {
    return {name, [this, name, stubborn] { return start_child(name, stubborn); }, when, milliseconds{100}, false};
  }

  supervisor_spec spec(strategy how, int intensity = 5) {
    supervisor_spec out;
    out.name = "top";
    out.path = "top";
    out.how = how;
    out.rule = {intensity, milliseconds{30'000}, milliseconds{50}, milliseconds{5'000}};
    out.give_up = [this](std::string causes) { given_up.push_back(std::move(causes)); };
    return out;
  }

  void run(supervisor_spec wanted) {
    top = world.keep(spawn_supervisor(world.system, std::move(wanted), world.env));
    world.run();
    log.clear();
  }

  void abc(strategy how, int intensity = 5) {
    auto wanted = spec(how, intensity);
    for (const auto* name : {"a", "b", "c", "d"}) wanted.children.push_back(child(name));
    run(std::move(wanted));
  }

  void crash(const std::string& name) {
    caf::anon_send(alive.at(name), actors::tick{});
    world.run();
  }

  core::supervision_node tree() {
    const auto answer = world.ask<actors::tree_reply>(top, actors::tree_request{});
    world.run();
    REQUIRE(answer->has_value());
    REQUIRE(**answer);
    return (**answer)->node;
  }
};

}  // namespace

TEST_CASE("one_for_one restarts only the child that crashed, at once") {
  family all;
  all.abc(strategy::one_for_one);
  all.crash("b");
  CHECK(all.log == lines{"stop b", "start b"});
  CHECK(all.world.watch.notes == lines{"restarted top/b: b broke"});
}

TEST_CASE("rest_for_one restarts those that started later too, and stops them in reverse") {
  family all;
  all.abc(strategy::rest_for_one);
  all.crash("b");
  CHECK(all.log == lines{"stop b", "stop d", "stop c", "start b", "start c", "start d"});
}

TEST_CASE("one_for_all restarts all, and stops them in reverse") {
  family all;
  all.abc(strategy::one_for_all);
  all.crash("c");
  CHECK(all.log == lines{"stop c", "stop d", "stop b", "stop a", "start a", "start b", "start c", "start d"});
}

TEST_CASE("from the second crash on a restart waits for its backoff") {
  family all;
  all.abc(strategy::one_for_one);
  all.crash("b");
  all.log.clear();
  all.crash("b");
  all.world.pass(milliseconds{20});
  CHECK(all.log == lines{"stop b"});
  CHECK(all.tree().children[1].state == "restarting");
  all.world.pass(milliseconds{30});
  CHECK(all.log == lines{"stop b", "start b"});
  CHECK(all.tree().children[1].state == "running");
}

TEST_CASE("a crash during a backoff takes along who depends on it") {
  family all;
  all.abc(strategy::rest_for_one);
  all.crash("d");
  all.crash("d");
  all.log.clear();
  all.crash("b");
  all.world.pass(milliseconds{100});
  CHECK(all.log == lines{"stop b", "stop c", "start b", "start c", "start d"});
}

TEST_CASE("crashes during a backoff count: beyond the intensity the supervisor gives up without another start") {
  family all;
  all.abc(strategy::one_for_one, 3);
  all.crash("a");
  all.crash("a");
  all.log.clear();
  all.crash("b");
  CHECK(all.given_up.empty());
  all.crash("c");
  REQUIRE(all.given_up.size() == 1);
  CHECK(all.log == lines{"stop b", "stop c", "stop d"});
}

TEST_CASE("more crashes than the intensity end all children, and the root gives up with the cause") {
  family all;
  all.abc(strategy::one_for_one, 2);
  for (int i = 0; i < 2; ++i) {
    all.crash("b");
    all.world.pass(milliseconds{50});
  }
  CHECK(all.given_up.empty());
  all.log.clear();
  all.crash("b");
  CHECK(all.log == lines{"stop b", "stop d", "stop c", "stop a"});
  CHECK(all.given_up == lines{"top: more than 2 restarts in 30000 ms <- b: b broke"});
}

TEST_CASE("crashes that are further apart than the period do not add up") {
  family all;
  all.abc(strategy::one_for_one, 1);
  all.crash("b");
  all.world.pass(milliseconds{30'001});
  all.crash("b");
  CHECK(all.given_up.empty());
  CHECK(all.log == lines{"stop b", "start b", "stop b", "start b"});
}

TEST_CASE("a supervisor that gives up is a crash of its parent's child, and the causes make a chain") {
  family all;
  auto wanted = all.spec(strategy::one_for_one, 1);
  wanted.children.push_back(all.child("a"));
  wanted.children.push_back({"branch",
                             [&all] {
                               auto inner = all.spec(strategy::one_for_one, 1);
                               inner.name = "branch";
                               inner.path = "top/branch";
                               inner.give_up = nullptr;
                               inner.children.push_back(all.child("leaf"));
                               return caf::actor_cast<caf::actor>(
                                   all.world.keep(spawn_supervisor(all.world.system, inner, all.world.env)));
                             },
                             restart::permanent, milliseconds{1'000}, true});
  all.run(std::move(wanted));
  CHECK(all.tree().children[1].children.at(0).name == "leaf");
  const auto exhaust = [&] {
    all.crash("leaf");
    all.crash("leaf");
    all.world.pass(milliseconds{100});
  };
  exhaust();
  CHECK(all.given_up.empty());
  CHECK(all.tree().children[1].restarts == 1);
  CHECK(all.tree().children[1].children.at(0).restarts == 0);
  exhaust();
  CHECK(
      all.given_up ==
      lines{
          "top: more than 1 restarts in 30000 ms <- branch: branch: more than 1 restarts in 30000 ms <- leaf: leaf broke"});
  CHECK(all.log.back() == "stop a");
}

TEST_CASE("a supervisor that is told to end stops its children in reverse, one at a time") {
  family all;
  all.abc(strategy::one_for_one);
  caf::anon_send_exit(all.top, caf::exit_reason::user_shutdown);
  all.world.run();
  CHECK(all.log == lines{"stop d", "stop c", "stop b", "stop a"});
  CHECK(all.given_up.empty());
}

TEST_CASE("a child that ignores its exit is killed after its grace") {
  family all;
  auto wanted = all.spec(strategy::one_for_one);
  wanted.children.push_back(all.child("a"));
  wanted.children.push_back(all.child("deaf", true));
  all.run(std::move(wanted));
  caf::anon_send_exit(all.top, caf::exit_reason::user_shutdown);
  all.world.pass(milliseconds{99});
  CHECK(all.log.empty());
  all.world.pass(milliseconds{1});
  CHECK(all.log == lines{"stop deaf", "stop a"});
}

TEST_CASE("a child that ends in order is started again only when it is permanent") {
  family all;
  auto wanted = all.spec(strategy::one_for_one);
  wanted.children.push_back(all.child("permanent"));
  wanted.children.push_back(all.child("transient", false, restart::transient));
  wanted.children.push_back(all.child("temporary", false, restart::temporary));
  all.run(std::move(wanted));
  for (const auto* name : {"permanent", "transient", "temporary"}) {
    caf::anon_send(all.alive.at(name), actors::tick{1});
    all.world.pass(milliseconds{100});
  }
  CHECK(all.log == lines{"stop permanent", "start permanent", "stop transient", "stop temporary"});
  CHECK(all.tree().children[1].state == "stopped");
}

TEST_CASE("the tree shows who was restarted how often, and why") {
  family all;
  all.abc(strategy::one_for_one);
  all.crash("b");
  const auto node = all.tree();
  CHECK(node.type == "supervisor");
  CHECK(node.strategy == "one_for_one");
  CHECK(node.state == "running");
  REQUIRE(node.children.size() == 4);
  CHECK(node.children[1].restarts == 1);
  CHECK(node.children[1].last_failure == "b broke");
  CHECK(node.children[0].restarts == 0);
}

TEST_CASE("a restart by the operator does not count as a crash") {
  family all;
  all.abc(strategy::one_for_one, 1);
  for (int i = 0; i < 3; ++i) {
    const auto done = all.world.ask<actors::done_reply>(all.top, actors::restart_child{"b"});
    all.world.run();
    REQUIRE(done->has_value());
    CHECK((**done)->value);
  }
  CHECK(all.given_up.empty());
  CHECK(all.tree().children[1].restarts == 3);
  const auto wrong = all.world.ask<actors::done_reply>(all.top, actors::restart_child{"nobody"});
  all.world.run();
  REQUIRE_FALSE((**wrong)->value);
  CHECK((**wrong)->value.error().code == errc::not_found);
}

TEST_CASE("a child that is added is watched and restarted like the others; one that is removed is gone for good") {
  family all;
  all.abc(strategy::one_for_one);
  const auto ask = [&](auto question) {
    const auto answer = all.world.ask<actors::done_reply>(all.top, std::move(question));
    all.world.run();
    REQUIRE(answer->has_value());
    REQUIRE(**answer);
    return (**answer)->value;
  };
  const auto extra = std::make_shared<const child_spec>(all.child("e"));
  CHECK(ask(actors::add_child{extra}));
  CHECK(ask(actors::add_child{extra}).error().code == errc::conflict);
  all.crash("e");
  CHECK(all.log == lines{"start e", "stop e", "start e"});
  all.log.clear();
  CHECK(ask(actors::remove_child{"b"}));
  CHECK(ask(actors::remove_child{"b"}).error().code == errc::not_found);
  all.world.pass(milliseconds{100});
  CHECK(all.log == lines{"stop b"});
  CHECK(all.tree().children.size() == 4);
}

TEST_CASE("a child that has ended and is not started again can be added again; one that is about to start cannot") {
  family all;
  auto wanted = all.spec(strategy::one_for_one);
  wanted.children.push_back(all.child("a", false, restart::transient));
  all.run(std::move(wanted));
  const auto add = [&] {
    const auto answer = all.world.ask<actors::done_reply>(
        all.top, actors::add_child{std::make_shared<const child_spec>(all.child("a", false, restart::transient))});
    all.world.run();
    REQUIRE(answer->has_value());
    REQUIRE(**answer);
    return (**answer)->value;
  };
  CHECK(add().error().code == errc::conflict);
  caf::anon_send(all.alive.at("a"), actors::tick{1});
  all.world.run();
  CHECK(all.tree().children[0].state == "stopped");
  all.log.clear();
  CHECK(add());
  CHECK(all.log == lines{"start a"});
  CHECK(all.tree().children.size() == 1);
  CHECK(all.tree().children[0].state == "running");
  // The second crash is followed by a backoff.
  all.crash("a");
  all.crash("a");
  REQUIRE(all.tree().children[0].state == "restarting");
  CHECK(add().error().code == errc::conflict);
  all.world.pass(milliseconds{100});
  CHECK(all.log == lines{"start a", "stop a", "start a", "stop a", "start a"});
}

#include "actors/system/system.hpp"

#include <doctest/doctest.h>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <stdexcept>

#include "tests/support/actor_world.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

/// Spawns an actor that does this at its first message; how it ended.
template <class Act>
std::string end_of(Act act) {
  std::string reason = "it goes on";
  actor_world world;
  const auto subject = world.keep(world.system.spawn([&, act](caf::event_based_actor* self) -> caf::behavior {
    actors::guard(self);
    self->attach_functor([&reason](const caf::error& why) { reason = actors::reason_text(why); });
    return {[self, act](actors::tick) { act(self); }};
  }));
  caf::anon_send(subject, actors::tick{});
  world.run();
  return std::string{reason};  // before the world ends it
}

}  // namespace

TEST_CASE("what an actor throws is the reason of its end, with its text") {
  CHECK(end_of([](caf::event_based_actor*) { throw std::runtime_error("the disk is on fire"); }) == "the disk is on fire");
  CHECK(end_of([](caf::event_based_actor*) { throw 7; }) == "something was thrown that is not an exception");
}

TEST_CASE("an orderly end keeps its text, and without one it is normal") {
  CHECK(end_of([](caf::event_based_actor* self) { self->quit(actors::failure("not the owner any more")); }) ==
        "not the owner any more");
  CHECK(end_of([](caf::event_based_actor* self) { self->quit(); }) == "normal");
  CHECK(end_of([](caf::event_based_actor*) {}) == "it goes on");
}

TEST_CASE("a reason of CAF's own is named") {
  const auto text = end_of([](caf::event_based_actor* self) { self->quit(caf::exit_reason::kill); });
  CHECK(text.find("kill") != std::string::npos);
}

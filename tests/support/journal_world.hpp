// The journal world: an actor world with journal, feeds and a reader over its store, which tasks and agents stand on.
// Owned by one test; what the test adds ends with it.
// No threads: actors run inside run() and pass().
#pragma once

#include "tests/support/actor_world.hpp"

namespace mofa::test {

struct journal_world : actor_world {
  journal_world();
};

}  // namespace mofa::test

#include "protocols/core/caller.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using core::scope;

TEST_CASE("every scope has a name of its own, and is found by it") {
  unsigned bits = 0;
  for (const auto each : core::all_scopes) {
    CHECK_FALSE(core::to_string(each).empty());
    CHECK(core::scope_from(core::to_string(each)) == each);
    bits |= static_cast<unsigned>(each);
  }
  CHECK(bits == 63);
  CHECK(core::scope_names() == "tasks:read, tasks:write, agents:read, agents:write, metrics, admin");
}

TEST_CASE("what is no scope's name is none") {
  for (const auto* text : {"", "tasks", "tasks:", "Admin", "admin ", "tasks:read,admin"})
    CHECK_FALSE(core::scope_from(text));
}

TEST_CASE("a caller has what its key gives, and an admin has everything") {
  core::caller who;
  CHECK_FALSE(who.has(scope::metrics));
  who.scopes = static_cast<unsigned>(scope::metrics);
  CHECK(who.has(scope::metrics));
  CHECK_FALSE(who.has(scope::tasks_read));
  CHECK_FALSE(who.sees_all_owners());
  who.scopes = static_cast<unsigned>(scope::admin);
  for (const auto each : core::all_scopes) CHECK(who.has(each));
  CHECK(who.sees_all_owners());
}

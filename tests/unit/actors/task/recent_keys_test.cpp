#include "actors/task/recent_keys.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace std::chrono_literals;

namespace {

const time_point start{1'000'000s};

core::idempotency_record looked(time_point at, const std::string& key = "k") {
  return {"default", "local", {key, "POST /x", "hash"}, at};
}

}  // namespace

TEST_CASE("a message whose request looked for its key before another one was committed with it is too late") {
  task::recent_keys keys;
  CHECK(keys.take(looked(start), start + 1ms));
  CHECK_FALSE(keys.take(looked(start + 2ms), start + 3ms));
  keys.committed(start + 5ms);
  CHECK_FALSE(keys.take(looked(start + 4ms), start + 9s));
  CHECK_FALSE(keys.take(looked(start + 5ms), start + 9s));
  // It has seen what the store says: the record was forgotten.
  CHECK(keys.take(looked(start + 6ms), start + 9s));
}

TEST_CASE("keys are told apart by tenant, principal, operation and text, and taken anew after a while") {
  task::recent_keys keys;
  std::vector<core::idempotency_record> all(5, looked(start));
  all[1].tenant = "acme";
  all[2].principal = "bob";
  all[3].once.operation = "POST /y";
  all[4].once.key = "other";
  for (const auto& each : all) {
    CHECK(keys.take(each, start));
    keys.committed(start);
  }
  CHECK_FALSE(keys.take(all[0], start));
  CHECK(keys.take(looked(start, "later"), start + 2min));  // lets go of the old ones
  CHECK(keys.take(all[0], start + 2min));
}

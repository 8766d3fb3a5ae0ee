// Memory: what agents remember of a context, by key, bounded, and gone with the context.
#include <doctest/doctest.h>

#include "server/base/limits.hpp"
#include "tests/support/store_backends.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;
using core::task_state;

namespace {

using found = std::optional<std::string>;

template <class Backend>
struct remembering {
  Backend backend;
  std::unique_ptr<core::store> store = backend.open();
  std::uint64_t epoch = *store->acquire_ownership();
  core::caller local = caller_of("local");

  void put(const std::string& context, const std::string& key, const std::string& value) {
    REQUIRE(store->memory_put(local, context, key, value, after(0)));
  }
  found get(const std::string& context, const std::string& key) {
    const auto got = store->memory_get(local, context, key);
    REQUIRE(got);
    return *got;
  }
  task_id task(const std::string& context, std::int64_t at = 0, task_state state = task_state::completed) {
    task_story story{epoch, after(at)};
    story.row.context_id = context;
    REQUIRE(append_one(*store, story.step(state, {"submitted"})));
    return story.id();
  }
};

}  // namespace

TEST_CASE_TEMPLATE("what was put is there, also for the next process", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  CHECK(on.get("c", "name") == std::nullopt);
  on.put("c", "name", R"("Ada")");
  CHECK(on.get("c", "name") == R"("Ada")");
  on.put("c", "name", R"({"first":"Ada"})");
  CHECK(on.get("c", "name") == R"({"first":"Ada"})");
  CHECK(on.get("c", "Name") == std::nullopt);
  CHECK(*on.backend.open()->memory_get(on.local, "c", "name") == R"({"first":"Ada"})");
}

TEST_CASE_TEMPLATE("a key is forgotten when nothing is put", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  on.put("c", "a", "1");
  on.put("c", "b", "2");
  REQUIRE(on.store->memory_put(on.local, "c", "a", std::nullopt, after(1)));
  REQUIRE(on.store->memory_put(on.local, "c", "never there", std::nullopt, after(1)));
  CHECK(on.get("c", "a") == std::nullopt);
  CHECK(on.get("c", "b") == "2");
}

TEST_CASE_TEMPLATE("contexts, owners and tenants have memories of their own", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  on.put("c", "key", "1");
  CHECK(on.get("d", "key") == std::nullopt);
  for (const auto& other : {caller_of("other"), caller_of("local", "elsewhere"), admin_of("default")}) {
    CHECK(*on.store->memory_get(other, "c", "key") == std::nullopt);
    REQUIRE(on.store->memory_put(other, "c", "key", "2", after(1)));
  }
  CHECK(on.get("c", "key") == "1");
}

TEST_CASE_TEMPLATE("keys, values and their number are bounded", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  const auto refusal = [&](const std::string& key, const std::string& value) {
    const auto done = on.store->memory_put(on.local, "c", key, value, after(0));
    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::limit_exceeded);
    return done.error().detail;
  };
  CHECK(refusal(std::string(limits::memory_key_bytes + 1, 'k'), "1") ==
        "a key of the memory has at most 128 bytes, not 129");
  CHECK(refusal("k", std::string(limits::memory_value_bytes + 1, '1')) ==
        "a value of the memory has at most 65536 bytes as JSON, not 65537");
  const std::string longest_key(limits::memory_key_bytes, 'k'), longest_value(limits::memory_value_bytes, '1');
  on.put("c", longest_key, longest_value);
  CHECK(on.get("c", longest_key) == longest_value);

  for (int i = 1; i < limits::memory_keys; ++i) on.put("c", std::to_string(i), "1");
  CHECK(refusal("one more", "1") == "the memory of a context has at most 1000 keys; put null to forget one");
  on.put("c", "1", "changed");
  on.put("d", "one more", "1");
  REQUIRE(on.store->memory_put(on.local, "c", "1", std::nullopt, after(0)));
  on.put("c", "one more", "1");
}

TEST_CASE_TEMPLATE("a context's memory goes with it", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  on.task("c");
  on.task("d");
  on.put("c", "key", "1");
  on.put("d", "key", "2");
  REQUIRE(on.store->remove_context(on.local, "c"));
  CHECK(on.get("c", "key") == std::nullopt);
  CHECK(on.get("d", "key") == "2");
}

TEST_CASE_TEMPLATE("a context's memory goes with its last task", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  const auto first = on.task("c", 0), second = on.task("c", 1);
  on.put("c", "key", "1");
  REQUIRE(on.store->remove(on.local, first));
  CHECK(on.get("c", "key") == "1");
  REQUIRE(on.store->remove(on.local, second));
  CHECK(on.get("c", "key") == std::nullopt);
}

TEST_CASE_TEMPLATE("the sweep forgets with the tasks, and keeps what still has one", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  on.task("old", 0);
  on.task("both", 0);
  on.task("both", 100);
  on.put("old", "key", "1");
  on.put("both", "key", "2");
  CHECK(*on.store->sweep(after(50), after(50), after(0), 10) == 2);
  CHECK(on.get("old", "key") == std::nullopt);
  CHECK(on.get("both", "key") == "2");
}

TEST_CASE_TEMPLATE("memory of a context without tasks ends with the process", Backend, MOFA_STORE_BACKENDS) {
  remembering<Backend> on;
  on.task("c", 0, task_state::working);
  on.put("c", "key", "1");
  on.put("in memory only", "key", "2");
  CHECK(on.get("in memory only", "key") == "2");
  const auto next = on.backend.open();
  REQUIRE(next->acquire_ownership());
  CHECK(*next->memory_get(on.local, "c", "key") == "1");
  CHECK(*next->memory_get(on.local, "in memory only", "key") == std::nullopt);
}

// Agents that came through the API: their definition, their mark and the idempotency key that made them, in one step.
#include <doctest/doctest.h>

#include "tests/support/store_backends.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

core::idempotency_record key(const std::string& name, const std::string& hash = "body", std::int64_t at = 0) {
  return {"default", "local", {name, "POST /api/v1/agents", hash}, after(at)};
}

result<std::optional<core::agent_hit>> find(core::store& in, const core::idempotency_record& of) {
  return in.find_agent(of.tenant, of.principal, of.once.operation, of.once.key);
}

}  // namespace

TEST_CASE_TEMPLATE("an agent is kept with its version, its mark and its key", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  CHECK(*store->keep_agent("a", "one", "h1", key("k"), after(0)) == 1);
  CHECK(store->definition("a", 1)->body == "one");
  REQUIRE(store->marked_agents()->size() == 1);
  CHECK(store->marked_agents()->at(0).mark == core::agent_mark::kept);
  const auto hit = find(*store, key("k"));
  REQUIRE(hit);
  REQUIRE(*hit);
  CHECK((*hit)->name == "a");
  CHECK((*hit)->version == 1);
  CHECK((*hit)->body_hash == "body");

  // Another process finds the same.
  CHECK(find(*backend.open(), key("k"))->has_value());
}

TEST_CASE_TEMPLATE("without a key an agent is kept the same way, and the same text is the same version", Backend,
                   MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  REQUIRE(store->put_definition("a", "one", "h1", after(0)));
  REQUIRE(store->mark_agent("a", core::agent_mark::leaving));
  CHECK(*store->keep_agent("a", "one", "h1", std::nullopt, after(1)) == 1);
  CHECK(*store->keep_agent("a", "two", "h2", std::nullopt, after(2)) == 2);
  CHECK(store->marked_agents()->at(0).mark == core::agent_mark::kept);
  CHECK_FALSE(*find(*store, key("k")));
}

TEST_CASE_TEMPLATE("a key that was used keeps anything else from being written", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  REQUIRE(store->keep_agent("a", "one", "h1", key("k"), after(0)));
  CHECK(store->keep_agent("b", "one", "h1", key("k"), after(1)).error().code == errc::conflict);
  CHECK(store->keep_agent("b", "two", "h2", key("k", "other"), after(1)).error().code == errc::idempotency_mismatch);
  CHECK(store->definition("b", 1).error().code == errc::not_found);
  CHECK(store->marked_agents()->size() == 1);
  CHECK((*find(*store, key("k")))->name == "a");
}

TEST_CASE_TEMPLATE("keys of agents belong to tenant, principal and operation", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  REQUIRE(store->keep_agent("a", "one", "h1", key("k"), after(0)));
  std::vector<core::idempotency_record> others(3, key("k"));
  others[0].tenant = "acme";
  others[1].principal = "bob";
  others[2].once.operation = "POST /elsewhere";
  int version = 1;
  for (const auto& other : others) {
    CHECK_FALSE(*find(*store, other));
    CHECK(*store->keep_agent("a", "v" + std::to_string(version), "h" + std::to_string(version + 1), other, after(1)) ==
          version + 1);
    ++version;
  }
}

TEST_CASE_TEMPLATE("keys of agents are forgotten by their own age, the agents stay", Backend, MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  REQUIRE(store->keep_agent("a", "one", "h1", key("old", "body", 0), after(0)));
  REQUIRE(store->keep_agent("b", "one", "h1", key("new", "body", 100), after(100)));
  REQUIRE(store->sweep(after(0), after(0), after(50), 10));
  CHECK_FALSE(*find(*store, key("old")));
  CHECK(*find(*store, key("new")));
  CHECK(store->marked_agents()->size() == 2);
  CHECK(*store->keep_agent("a", "two", "h2", key("old"), after(101)) == 2);
}

TEST_CASE_TEMPLATE("a key whose agent lost its mark tells so, also when another agent has its name", Backend,
                   MOFA_STORE_BACKENDS) {
  Backend backend;
  const auto store = backend.open();
  REQUIRE(store->keep_agent("a", "one", "h1", key("k"), after(0)));
  REQUIRE(store->keep_agent("b", "one", "h1", key("of b"), after(0)));
  REQUIRE(store->mark_agent("a", core::agent_mark::leaving));
  CHECK((*find(*store, key("k")))->version == 1);
  REQUIRE(store->mark_agent("a", std::nullopt));
  CHECK((*find(*store, key("k")))->version == 0);
  CHECK((*find(*store, key("of b")))->version == 1);
  REQUIRE(store->keep_agent("a", "one", "h1", key("again"), after(1)));
  CHECK((*find(*store, key("k")))->version == 0);
  CHECK((*find(*store, key("again")))->version == 1);
}

#include "server/tools/memory_tools.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <tuple>

#include "protocols/schema/schema.hpp"
#include "server/tools/registry.hpp"

using namespace mofa;
using core::json;

namespace {

/// Keeps by tenant, owner, context and key, as the real one does; refuses when told.
class kept_memory final : public core::context_memory {
 public:
  std::optional<error> refuse;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::string> values;

  void get(core::caller who, std::string context_id, std::string key,
           callback<void(result<std::optional<std::string>>)> done) override {
    if (refuse) return done(*refuse);
    const auto found = values.find({who.tenant, who.principal, context_id, key});
    done(found == values.end() ? std::optional<std::string>{} : std::optional{found->second});
  }
  void put(core::caller who, std::string context_id, std::string key, std::optional<std::string> value,
           callback<void(result<void>)> done) override {
    if (refuse) return done(*refuse);
    const std::tuple at{who.tenant, who.principal, context_id, key};
    if (value) {
      values[at] = *value;
    } else {
      values.erase(at);
    }
    done({});
  }
};

struct world {
  kept_memory memory;
  tools::registry all = *tools::registry::make(
      {std::make_shared<tools::memory_put>(memory), std::make_shared<tools::memory_get>(memory)}, schema::compile);

  result<json> call(std::string_view tool, json arguments, std::string principal = "local", std::string context = "c") {
    std::optional<result<json>> answer;
    core::caller who;
    who.principal = std::move(principal);
    (*all.find(tool))->invoke({"task/3", std::move(arguments), who, std::move(context)}, [&](result<json> value) {
      REQUIRE_FALSE(answer);
      answer = std::move(value);
    });
    REQUIRE(answer);
    return *answer;
  }
};

}  // namespace

TEST_CASE("what an agent puts, it gets") {
  world on;
  for (const auto& value : {json("Ada"), json(7), json::array({1, "two"}), json{{"a", {{"b", false}}}}}) {
    const auto stored = on.call("memory_put", {{"key", "name"}, {"value", value}});
    REQUIRE(stored);
    CHECK(*stored == json{{"stored", true}});
    CHECK(*on.call("memory_get", {{"key", "name"}}) == json{{"value", value}});
  }
}

TEST_CASE("what was never put, or was forgotten with null, is null") {
  world on;
  CHECK(*on.call("memory_get", {{"key", "name"}}) == json{{"value", nullptr}});
  CHECK(on.call("memory_put", {{"key", "name"}, {"value", 1}}));
  CHECK(*on.call("memory_put", {{"key", "name"}, {"value", nullptr}}) == json{{"stored", true}});
  CHECK(*on.call("memory_get", {{"key", "name"}}) == json{{"value", nullptr}});
  CHECK(on.memory.values.empty());
}

TEST_CASE("each owner and each context has a memory of its own") {
  world on;
  CHECK(on.call("memory_put", {{"key", "name"}, {"value", 1}}, "ada", "c"));
  CHECK(*on.call("memory_get", {{"key", "name"}}, "ada", "c") == json{{"value", 1}});
  CHECK(*on.call("memory_get", {{"key", "name"}}, "ada", "d") == json{{"value", nullptr}});
  CHECK(*on.call("memory_get", {{"key", "name"}}, "bob", "c") == json{{"value", nullptr}});
}

TEST_CASE("keys and arguments are checked") {
  world on;
  CHECK(on.call("memory_put", {{"key", "a"}}).error().detail == "memory_put: arguments: missing member 'value'");
  CHECK_FALSE(on.call("memory_put", {{"key", ""}, {"value", 1}}));
  CHECK_FALSE(on.call("memory_put", {{"key", std::string(129, 'a')}, {"value", 1}}));
  CHECK_FALSE(on.call("memory_get", json::object()));
  CHECK_FALSE(on.call("memory_get", {{"key", 1}}));
  CHECK(on.memory.values.empty());
}

TEST_CASE("a refusal of the memory is the tool's error, with its name") {
  world on;
  on.memory.refuse = fail(errc::limit_exceeded, "the memory is full");
  for (const auto& [tool, arguments] :
       {std::pair{"memory_put", json{{"key", "a"}, {"value", 1}}}, {"memory_get", json{{"key", "a"}}}}) {
    const auto refused = on.call(tool, arguments);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::limit_exceeded);
    CHECK(refused.error().detail == std::string{tool} + ": the memory is full");
  }
}

TEST_CASE("stored bytes that are no JSON are corrupt, not null") {
  world on;
  on.memory.values[{"default", "local", "c", "a"}] = "{";
  CHECK(on.call("memory_get", {{"key", "a"}}).error().code == errc::corrupt);
}

// A catalog of agents that take a text or data, for tests of the runners that call them.
// Made by a test on its stack.
// One thread.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "actors/catalog/catalog.hpp"
#include "protocols/schema/schema.hpp"
#include "tests/support/actor_store.hpp"

namespace mofa::test {

using core::json;

/// A kind without members, whose behaviour nobody runs here.
struct empty_kind final : core::agent_kind {
  struct nothing final : core::behaviour {
    std::unique_ptr<core::behaviour_state> initial() const override { return std::make_unique<core::behaviour_state>(); }
    std::vector<core::event_draft> decide(const core::task_row&, const core::behaviour_state&,
                                          const core::fact&) const override {
      return {};
    }
    void apply(core::behaviour_state&, const core::event&, const json&) const noexcept override {}
    int snapshot_version() const noexcept override { return 1; }
    json save(const core::behaviour_state&) const override { return nullptr; }
    std::unique_ptr<core::behaviour_state> load(int, const json&) const override { return initial(); }
    bool knows(std::string_view, int) const noexcept override { return true; }
  };
  std::string_view name() const noexcept override { return "empty"; }
  std::span<const std::string_view> members() const noexcept override { return {}; }
  result<core::behaviour_ptr> compile(const core::definition&) const override {
    return core::behaviour_ptr{std::make_shared<nothing>()};
  }
};

struct known_agents {
  memory_store store;
  catalog::catalog all{{std::make_shared<empty_kind>()}, schema::compile};

  /// Takes data that fits `input_schema`, or without one a text.
  void put(const std::string& name, const json& input_schema = nullptr, const std::string& skill = "forecast") {
    json document{{"name", name}, {"kind", "empty"}, {"skills", json::array({json{{"id", skill}}})}};
    if (!input_schema.is_null()) document["input_schema"] = input_schema;
    auto made = all.compile(document);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().detail));
    REQUIRE(all.put(std::move(*made), name + ".yaml", store, {}));
  }
};

inline const json city_schema{{"type", "object"},
                              {"properties", {{"city", {{"type", "string"}}}}},
                              {"required", {"city"}},
                              {"additionalProperties", false}};

}  // namespace mofa::test

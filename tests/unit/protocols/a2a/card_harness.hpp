// The routes of cards with agents, a clock and callers as a test says, and what reads their answers.
// Made by each test case.
// One thread.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/a2a/card_routes.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

namespace mofa::a2a::testing {

using core::json;
using rest::testing::header_of;

/// Agents by name, in pages of one.
class named_agents final : public rest::testing::fake_agents {
 public:
  std::map<std::string, std::shared_ptr<core::definition>> all;
  time_point made_at = *parse_rfc3339("2026-01-31T09:00:00.123Z");
  bool has_versions = true;

  core::definition& add(const std::string& name, std::optional<bool> is_public = {}) {
    auto& made = all[name] = std::make_shared<core::definition>();
    made->name = name;
    made->version = 7;
    made->shown.is_public = is_public;
    return *made;
  }
  void list(core::agent_filter, core::page_request page, core::completion<core::page<core::agent_info>> done) override {
    if (failure) return done(*failure);
    const auto at = all.upper_bound(page.cursor);
    core::page<core::agent_info> out;
    if (at != all.end()) {
      out.items.push_back({.definition = at->second, .source = {}, .error = {}});
      if (std::next(at) != all.end()) out.next_cursor = at->first;
    }
    done(std::move(out));
  }
  void get(std::string name, core::completion<core::agent_info> done) override {
    if (failure) return done(*failure);
    const auto found = all.find(name);
    if (found == all.end()) return done(error{errc::not_found, "no agent '" + name + "'; did you mean 'secret'?"});
    done(core::agent_info{.definition = found->second, .source = {}, .error = {}});
  }
  void versions(std::string, core::completion<std::vector<core::agent_version>> done) override {
    if (!has_versions) return done(error{errc::unavailable, "restarting"});
    done(std::vector<core::agent_version>{{.version = 6, .created_at = made_at - milliseconds{1}, .hash = ""},
                                          {.version = 7, .created_at = made_at, .hash = ""}});
  }
};

inline const core::caller local{"default", "local", static_cast<unsigned>(core::scope::admin)};
inline const core::caller anonymous{"default", "anonymous", 0};
inline const core::caller reader{"acme", "ci", static_cast<unsigned>(core::scope::agents_read)};
inline const core::caller user{"acme", "app", static_cast<unsigned>(core::scope::tasks_read)};

struct ask {
  std::string pattern;
  std::string agent{};
  http::header_list headers{};
  std::string query{};
  std::string tenant{};
};

struct card_harness {
  named_agents agents;
  a2a::card_options options;
  bool with_keys = false;
  time_point started = *parse_rfc3339("2026-01-31T09:00:00.456Z");
  time_point changed{};
  time_point now = *parse_rfc3339("2026-03-01T00:00:00Z");
  core::caller who = local;

  card_harness() {
    options.default_agent = "echo";
    options.server = [this] { return a2a::server_view{with_keys, started, changed, now}; };
    agents.add("echo").description = "Says it again.";
  }

  http::route_table table() {
    http::route_table out;
    a2a::add_card_routes(out, options, agents);
    return out;
  }

  http::response operator()(ask what) {
    for (auto& each : table()) {
      if (each.pattern != what.pattern) continue;
      http::request from;
      from.method = "GET";
      from.headers = std::move(what.headers);
      if (!from.header("host")) from.headers.emplace_back("host", "127.0.0.1:8080");
      from.query = std::move(what.query);
      if (!what.agent.empty()) from.parameters.emplace_back("agent", what.agent);
      if (!what.tenant.empty()) from.parameters.emplace_back("tenant", what.tenant);
      from.caller = who;
      std::optional<http::response> got;
      each.handle(std::move(from), [&](http::response answer) { got = std::move(answer); });
      REQUIRE(got);
      return *std::move(got);
    }
    FAIL("no route " << what.pattern);
    return {};
  }

  json card(ask what) {
    const auto got = (*this)(std::move(what));
    REQUIRE(got.status == 200);
    CHECK(got.content_type == "application/json");
    return json::parse(got.body);
  }
};

inline const std::string well_known = "/a2a/{agent}/.well-known/agent-card.json";

/// No two signatures are the same.
inline a2a::card_signer random_signer(int& times) {
  return {"ES256", "1", [&times](std::string_view) -> result<std::string> { return "random " + std::to_string(++times); }};
}

inline std::string reason_of(const http::response& from) {
  const auto body = json::parse(from.body);
  return body["error"]["details"][0]["reason"].get<std::string>();
}

}  // namespace mofa::a2a::testing

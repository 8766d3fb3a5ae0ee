// Harness of the dialect's tests: its route table over the services of the REST tests.
// One for each test case, on its stack.
// The test's thread only.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "protocols/openai/routes.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

namespace mofa::openai::testing {

using rest::testing::header_of;
using rest::testing::some_id;

/// Agents in pages of one, as many as there are names.
class paged_agents final : public rest::testing::fake_agents {
 public:
  std::vector<std::string> names{"echo"};

  void list(core::agent_filter, core::page_request page, core::completion<core::page<core::agent_info>> done) override {
    asked.push_back("list limit=" + std::to_string(page.limit));
    if (failure) return done(*failure);
    const auto at = page.cursor.empty() ? 0U : std::stoul(page.cursor);
    auto definition = std::make_shared<core::definition>();
    definition->name = names.at(at);
    core::page<core::agent_info> out;
    out.items.push_back({.definition = std::move(definition), .source = {}, .error = {}});
    if (at + 1 < names.size()) out.next_cursor = std::to_string(at + 1);
    done(std::move(out));
  }
};

struct harness {
  bool ending = false;  ///< the server ends while somebody waits
  rest::testing::fake_tasks tasks;
  paged_agents agents;
  http::route_table table = routes(tasks, agents);

  http::response operator()(const std::string& method, const std::string& path, std::string body = {},
                            http::header_list headers = {}, std::string query = {}, bool from_browser = false) {
    http::request from;
    from.method = method;
    from.path = path;
    from.query = std::move(query);
    from.body = std::move(body);
    from.headers = std::move(headers);
    from.from_browser = from_browser;
    from.caller.principal = "ada";
    std::optional<http::response> got;
    for (const auto& route : table) {
      if (route.method == method && route.pattern == path)
        route.handle(std::move(from), [&](http::response answer) { got = std::move(answer); });
    }
    REQUIRE(got);
    return rest::testing::after_the_wait(std::move(*got), ending);
  }
  http::response post(std::string body, http::header_list headers = {}) {
    return (*this)("POST", "/v1/chat/completions", std::move(body), std::move(headers));
  }
};

/// The object `error` of an answer of that status.
inline core::json error_of(const http::response& from, int status) {
  CHECK_MESSAGE(from.status == status, from.body);
  CHECK(from.content_type == "application/json");
  return core::json::parse(from.body).at("error");
}

/// A task that has ended so.
inline std::shared_ptr<core::task> ended_task(core::task_state state, const std::string& text = {}, std::string code = {}) {
  auto out = std::make_shared<core::task>();
  out->row = rest::testing::some_row(state);
  out->row.status.code = std::move(code);
  if (!text.empty()) out->row.status.message = core::text_message(core::role::agent, "m-9", text);
  return out;
}

}  // namespace mofa::openai::testing

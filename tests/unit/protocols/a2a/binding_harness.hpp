// The A2A routes with services that answer what a test says: the ports behind the bindings and the operations.
// Made by each test case.
// One thread.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/a2a/routes.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

namespace mofa::a2a::testing {

using core::json;
using rest::testing::fake_agents;
using rest::testing::fake_tasks;
using rest::testing::some_id;

class fake_pushes final : public core::push_service {
 public:
  std::vector<std::string> asked;
  std::optional<error> failure;
  std::optional<error> unfit;  ///< of check()
  core::push_config config;
  std::size_t listed = 1;  ///< how many are listed, all the same
  std::string next_cursor;

  result<void> check(const core::push_config&) const override;
  void create(const core::caller&, core::push_config what, std::uint64_t after,
              core::completion<core::push_config> done) override;
  void get(const core::caller&, task_id, std::string id, core::completion<core::push_config> done) override;
  void list(const core::caller&, task_id, core::page_request want,
            core::completion<core::page<core::push_config>> done) override;
  void remove(const core::caller&, task_id, std::string id, core::completion<void> done) override;
};

class harness {
 public:
  harness();

  /// What a handler of that method and pattern answers.
  http::response call(const std::string& method, const std::string& pattern, http::request from);
  /// A JSON-RPC call to the agent echo, in 1.0 unless `version` says otherwise; the whole answer.
  http::response post(const std::string& body, const std::string& version = "1.0");
  /// The same of a method and its parameters, as JSON; the HTTP status must be 200.
  json rpc(const std::string& method, const json& params, const std::string& version = "1.0");
  /// HTTP+JSON below /a2a/echo.
  http::response rest(const std::string& method, const std::string& pattern, http::parameter_list parameters = {},
                      const std::string& body = {}, const std::string& query = {}, const std::string& version = "1.0");

  fake_tasks tasks;
  fake_agents agents;
  fake_pushes pushes;
  http::header_list headers;  ///< besides those that the call itself has
  bool ending = false;        ///< the server ends while somebody waits
  core::caller who;
  http::route_table table;
};

/// A task of the agent echo, as it is when it has ended.
std::shared_ptr<core::task> ended_task(core::task_state how = core::task_state::completed);

/// {"message": {…}} of the text, with a message id.
json message_of(const std::string& text);

std::string header_of(const http::response& from, std::string_view name);

}  // namespace mofa::a2a::testing

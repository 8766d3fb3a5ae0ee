#include "tests/unit/protocols/a2a/binding_harness.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace mofa::a2a::testing {
namespace {

template <class T>
void give(const std::optional<error>& failure, core::completion<T> done, T value) {
  if (failure) return done(*failure);
  done(std::move(value));
}

}  // namespace

result<void> fake_pushes::check(const core::push_config&) const {
  if (unfit) return *unfit;
  return {};
}

void fake_pushes::create(const core::caller&, core::push_config what, std::uint64_t after,
                         core::completion<core::push_config> done) {
  asked.push_back("create " + what.id + " after=" + std::to_string(after) + " " + what.dialect);
  config = what;
  give(failure, std::move(done), std::move(what));
}

void fake_pushes::get(const core::caller&, task_id, std::string id, core::completion<core::push_config> done) {
  asked.push_back("get " + id);
  give(failure, std::move(done), config);
}

void fake_pushes::list(const core::caller&, task_id, core::page_request want,
                       core::completion<core::page<core::push_config>> done) {
  asked.push_back("list " + std::to_string(want.limit) + " " + want.cursor);
  core::page<core::push_config> out;
  out.items.assign(listed, config);
  out.next_cursor = next_cursor;
  give(failure, std::move(done), std::move(out));
}

void fake_pushes::remove(const core::caller&, task_id, std::string id, core::completion<void> done) {
  asked.push_back("remove " + id);
  if (failure) return done(*failure);
  done(result<void>{});
}

harness::harness() {
  who.tenant = "default";
  who.principal = "ada";
  for (const auto each : core::all_scopes)
    if (each != core::scope::admin) who.scopes |= static_cast<unsigned>(each);
  tasks.task = ended_task();
  card_options how;
  how.default_agent = "echo";
  table = routes({tasks, agents, pushes}, std::move(how));
}

http::response harness::call(const std::string& method, const std::string& pattern, http::request from) {
  const http::route* found = nullptr;
  for (const auto& route : table)
    if (route.method == method && route.pattern == pattern) found = &route;
  REQUIRE_MESSAGE(found != nullptr, method << " " << pattern);
  from.method = method;
  from.path = pattern;
  from.caller = who;
  from.headers.emplace_back("host", "127.0.0.1:8080");
  from.headers.insert(from.headers.end(), headers.begin(), headers.end());
  std::optional<http::response> got;
  found->handle(std::move(from), [&](http::response answer) {
    REQUIRE_FALSE(got);
    got = std::move(answer);
  });
  REQUIRE(got);
  return rest::testing::after_the_wait(*std::move(got), ending);
}

http::response harness::post(const std::string& body, const std::string& version) {
  http::request from;
  from.headers = {{"content-type", "application/json"}};
  if (!version.empty()) from.headers.emplace_back("a2a-version", version);
  from.parameters = {{"agent", "echo"}};
  from.body = body;
  return call("POST", "/a2a/{agent}", std::move(from));
}

json harness::rpc(const std::string& method, const json& params, const std::string& version) {
  const auto got = post(json{{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}}.dump(), version);
  CHECK(got.status == 200);
  auto out = json::parse(got.body);
  CHECK(out["jsonrpc"] == "2.0");
  CHECK(out["id"] == 7);
  return out;
}

http::response harness::rest(const std::string& method, const std::string& pattern, http::parameter_list parameters,
                             const std::string& body, const std::string& query, const std::string& version) {
  http::request from;
  from.parameters = std::move(parameters);
  from.parameters.emplace_back("agent", "echo");
  from.body = body;
  from.query = query;
  from.headers = {{"content-type", "application/json"}};
  if (!version.empty()) from.headers.emplace_back("a2a-version", version);
  return call(method, "/a2a/{agent}" + pattern, std::move(from));
}

std::shared_ptr<core::task> ended_task(core::task_state how) {
  auto out = std::make_shared<core::task>(*rest::testing::some_task(how));
  out->row.status.message = core::text_message(core::role::agent, "m-3", "done");
  return out;
}

json message_of(const std::string& text) {
  return {{"message", {{"messageId", "m-9"}, {"role", "ROLE_USER"}, {"parts", {{{"text", text}}}}}}};
}

std::string header_of(const http::response& from, std::string_view name) {
  for (const auto& [key, value] : from.headers)
    if (key == name) return value;
  return {};
}

}  // namespace mofa::a2a::testing

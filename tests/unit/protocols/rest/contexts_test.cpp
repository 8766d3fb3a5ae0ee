#include <doctest/doctest.h>

#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

namespace {

ask of_context(std::string method, std::string_view tail = {}, std::string query = {}) {
  std::string pattern = "/api/v1/contexts/{id}";
  pattern += tail;
  return {.method = std::move(method), .pattern = pattern, .parameters = {{"id", "c-1"}}, .query = std::move(query)};
}

}  // namespace

TEST_CASE("contexts are listed in pages") {
  harness call;
  call.tasks.next_cursor = "next-page";
  const auto got = call.json({.method = "GET", .pattern = "/api/v1/contexts", .query = "limit=3&cursor=x"});
  CHECK(got["next_cursor"] == "next-page");
  CHECK(got["items"][0]["tasks"] == 2);
  CHECK(call.tasks.want.limit == 3);
  CHECK(call.tasks.want.cursor == "x");
  call.problem({.method = "GET", .pattern = "/api/v1/contexts", .query = "offset=3"}, 422, "invalid");
}

TEST_CASE("a context is shown, and its messages newest first") {
  harness call;
  CHECK(call.json(of_context("GET"))["id"] == "c-1");
  const auto messages = call.json(of_context("GET", "/messages", "limit=2"));
  CHECK(messages["items"][0]["message_id"] == "m-1");
  CHECK(messages["items"][0]["parts"][0]["text"] == "hello");
  CHECK(messages["next_cursor"].is_null());
  CHECK(call.tasks.asked == std::vector<std::string>{"context c-1", "context_messages c-1"});
  call.tasks.failure = fail(errc::not_found, "no such context");
  call.problem(of_context("GET"), 404, "not_found");
  call.problem(of_context("GET", "/messages"), 404, "not_found");
}

TEST_CASE("a context is deleted unless one of its tasks still runs") {
  harness call;
  CHECK(call(of_context("DELETE")).status == 204);
  CHECK(call.tasks.asked == std::vector<std::string>{"remove_context c-1"});
  call.tasks.failure = fail(errc::task_not_terminal, "a task runs");
  call.problem(of_context("DELETE"), 409, "task_not_terminal");
  call.problem(of_context("DELETE", "", "force=true"), 422, "invalid");
}

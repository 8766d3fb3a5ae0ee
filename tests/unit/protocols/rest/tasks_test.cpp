#include <doctest/doctest.h>

#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

namespace {

ask of_task(std::string method, std::string pattern, std::string query = {}, http::header_list headers = {}) {
  return {.method = std::move(method),
          .pattern = std::move(pattern),
          .parameters = {{"id", some_id}},
          .query = std::move(query),
          .headers = std::move(headers)};
}

const std::string one = "/api/v1/tasks/{id}";
const std::string feed = "/api/v1/tasks/{id}/events";

std::string path_of(const core::json& problem) { return problem["errors"][0]["path"]; }

}  // namespace

TEST_CASE("a task is shown with its history and artifacts") {
  harness call;
  const auto got = call.json(of_task("GET", one));
  CHECK(call.tasks.asked == std::vector<std::string>{"get " + some_id});
  CHECK(got["history"].size() == 2);
  CHECK(got["artifacts"].size() == 1);
}

TEST_CASE("the history is cut to its last messages") {
  harness call;
  const auto last = call.json(of_task("GET", one, "history=1"));
  REQUIRE(last["history"].size() == 1);
  CHECK(last["history"][0]["message_id"] == "m-2");
  CHECK(call.json(of_task("GET", one, "history=0"))["history"].empty());
  CHECK(call.json(of_task("GET", one, "history=99"))["history"].size() == 2);
  CHECK(path_of(call.problem(of_task("GET", one, "history=-1"), 422, "invalid")) == "?history");
}

TEST_CASE("a task that is not there, or whose id is none, is 404") {
  harness call;
  auto what = of_task("GET", one);
  what.parameters = {{"id", "1"}};
  call.problem(what, 404, "not_found");
  CHECK(call.tasks.asked.empty());
  call.tasks.failure = fail(errc::not_found, "no such task");
  call.problem(of_task("GET", one), 404, "not_found");
}

TEST_CASE("tasks are listed without history and artifacts, with filters and pages") {
  harness call;
  call.tasks.next_cursor = "abc";
  const auto got = call.json({.method = "GET",
                              .pattern = "/api/v1/tasks",
                              .query = "agent=echo&context_id=c%201&state=working&label=team:a:b&parent_id=" + some_id +
                                       "&since=2026-01-31T10:00:00%2B01:00&limit=7&cursor=xyz"});
  CHECK(got["next_cursor"] == "abc");
  REQUIRE(got["items"].size() == 1);
  CHECK_FALSE(got["items"][0].contains("history"));
  CHECK_FALSE(got["items"][0].contains("artifacts"));
  const auto& filter = *call.tasks.filter;
  CHECK(filter.agent == "echo");
  CHECK(filter.context_id == "c 1");
  CHECK(filter.state == core::task_state::working);
  CHECK(filter.label == std::pair<std::string, std::string>{"team", "a:b"});
  CHECK(filter.parent_id->str() == some_id);
  CHECK(to_rfc3339(*filter.since) == "2026-01-31T09:00:00.000Z");
  CHECK(call.tasks.want.limit == 7);
  CHECK(call.tasks.want.cursor == "xyz");
  CHECK(call.tasks.who.principal == "ada");
}

TEST_CASE("a list without parameters has a page of fifty and no filter") {
  harness call;
  CHECK(call.json({.method = "GET", .pattern = "/api/v1/tasks"})["next_cursor"].is_null());
  CHECK(call.tasks.want.limit == 50);
  CHECK(call.tasks.want.cursor.empty());
  CHECK_FALSE(call.tasks.filter->agent);
  CHECK_FALSE(call.tasks.filter->state);
}

TEST_CASE("wrong query parameters are named, all of them") {
  const std::pair<std::string, std::string> cases[] = {
      {"limit=0", "?limit"},
      {"limit=201", "?limit"},
      {"limit=ten", "?limit"},
      {"limit=", "?limit"},
      {"state=done", "?state"},
      {"label=nocolon", "?label"},
      {"label=:v", "?label"},
      {"since=yesterday", "?since"},
      {"parent_id=7", "?parent_id"},
      {"agent=a&agent=b", "?agent"},
      {"agent=%ff", "?agent"},
      {"%zz=1", "?%zz"},
      {"cursor=" + std::string(513, 'c'), "?cursor"},
  };
  for (const auto& [query, path] : cases) {
    harness call;
    CAPTURE(query);
    CHECK(path_of(call.problem({.method = "GET", .pattern = "/api/v1/tasks", .query = query}, 422, "invalid")) == path);
    CHECK(call.tasks.asked.empty());
  }
  harness call;
  const auto got =
      call.problem({.method = "GET", .pattern = "/api/v1/tasks", .query = "stat=working&limit=0"}, 422, "invalid");
  CHECK(got["errors"].size() == 2);
  CHECK(got["errors"][0]["message"] == "unknown parameter 'stat'; did you mean 'state'?");
  const auto near = call.problem({.method = "GET", .pattern = "/api/v1/tasks", .query = "state=workin"}, 422, "invalid");
  CHECK(near["errors"][0]["message"] == "unknown value 'workin'; did you mean 'working'?");
}

TEST_CASE("a hostile query gets a short answer") {
  harness call;
  std::string query;
  for (int i = 0; i < 1000; ++i) query += "x" + std::to_string(i) + "=1&";
  CHECK(call.problem({.method = "GET", .pattern = "/api/v1/tasks", .query = query}, 422, "invalid")["errors"].size() == 16);
}

TEST_CASE("an ended task is deleted") {
  harness call;
  const auto got = call(of_task("DELETE", one));
  CHECK(got.status == 204);
  CHECK(got.body.empty());
  CHECK(got.content_type.empty());
  CHECK(call.tasks.asked == std::vector<std::string>{"remove " + some_id});
  call.tasks.failure = fail(errc::task_not_terminal, "it runs");
  call.problem(of_task("DELETE", one), 409, "task_not_terminal");
}

TEST_CASE("a task is canceled with or without a reason") {
  harness call;
  call.tasks.task = some_task(core::task_state::canceled);
  auto what = of_task("POST", one + ":cancel");
  CHECK(call.json(what)["status"]["state"] == "canceled");
  what.body = R"({"reason": "changed my mind"})";
  CHECK(call.json(what)["status"]["state"] == "canceled");
  CHECK(call.tasks.asked == std::vector<std::string>{"cancel " + some_id + " ", "cancel " + some_id + " changed my mind"});
  what.body = R"({"reson": "x"})";
  CHECK(path_of(call.problem(what, 422, "invalid")) == "/reson");
  what.body = R"({"reason": 7})";
  CHECK(path_of(call.problem(what, 422, "invalid")) == "/reason");
  what.body = "{";
  call.problem(what, 400, "invalid_syntax");
  what.body.clear();
  call.tasks.failure = fail(errc::task_not_cancelable, "it is completed");
  call.problem(what, 409, "task_not_cancelable");
}

TEST_CASE("a full page of events says where the next one begins, the last page does not") {
  harness call;
  call.tasks.recorded = {some_event(3), some_event(4)};
  const auto full = call.json(of_task("GET", feed, "after=2&limit=2"));
  CHECK(full["next_cursor"] == "4");
  REQUIRE(full["items"].size() == 2);
  CHECK(full["items"][0]["seq"] == 3);
  CHECK(full["items"][0]["data"]["state"] == "working");
  CHECK(call.json(of_task("GET", feed, "cursor=2&limit=3"))["next_cursor"].is_null());
  call.tasks.recorded.clear();
  CHECK(call.json(of_task("GET", feed))["items"].empty());
  CHECK(call.tasks.asked == std::vector<std::string>{"events " + some_id + " after=2 limit=2",
                                                     "events " + some_id + " after=2 limit=3",
                                                     "events " + some_id + " after=0 limit=50"});
}

TEST_CASE("the range of events is checked") {
  harness call;
  CHECK(path_of(call.problem(of_task("GET", feed, "after=x"), 422, "invalid")) == "?after");
  CHECK(path_of(call.problem(of_task("GET", feed, "after=-0"), 422, "invalid")) == "?after");
  CHECK(path_of(call.problem(of_task("GET", feed, "after=1&cursor=1"), 422, "invalid")) == "?cursor");
  CHECK(path_of(call.problem(of_task("GET", feed, "after=99999999999999999999"), 422, "invalid")) == "?after");
  call.tasks.failure = fail(errc::not_found, "no such task");
  call.problem(of_task("GET", feed), 404, "not_found");
}

TEST_CASE("a stream of events begins after the number asked for, and resumes after the last one seen") {
  const std::pair<ask, std::string> cases[] = {
      {of_task("GET", feed, "", {{"accept", "text/event-stream"}}), "0"},
      {of_task("GET", feed, "after=5", {{"accept", "text/event-stream"}}), "5"},
      {of_task("GET", feed, "after=5", {{"accept", "text/event-stream"}, {"last-event-id", "9"}}), "9"},
  };
  for (const auto& [what, after] : cases) {
    harness call;
    auto got = call(what);
    REQUIRE(got.stream);
    CHECK(got.content_type == "text/event-stream");
    CHECK(call.tasks.asked.empty());
    got.stream->open(4, nullptr, [](result<core::subscription_ptr>) {});
    CHECK(call.tasks.asked == std::vector<std::string>{"subscribe " + some_id + " after=" + after + " credit=4"});
  }
  harness call;
  CHECK(path_of(call.problem(of_task("GET", feed, "", {{"accept", "text/event-stream"}, {"last-event-id", "x"}}), 422,
                             "invalid")) == "Last-Event-ID");
}

TEST_CASE("a stream of a task that has ended hands the reason to the session") {
  harness call;
  call.tasks.failure = fail(errc::task_terminal, "it has ended");
  auto got = call(of_task("GET", feed, "after=7", {{"accept", "text/event-stream"}}));
  errc code{};
  got.stream->open(1, nullptr, [&](result<core::subscription_ptr> opened) { code = opened.error().code; });
  CHECK(code == errc::task_terminal);
}

#include <doctest/doctest.h>

#include "tests/unit/protocols/a2a/binding_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using core::task_state;

TEST_CASE("a message is sent by POST, and answered in the media type that the client knows") {
  harness at;
  auto got = at.rest("POST", "/message:send", {}, message_of("hello").dump());
  CHECK(got.status == 200);
  CHECK(got.content_type == "application/json");
  CHECK(json::parse(got.body)["task"]["id"] == some_id);
  at.headers = {{"accept", "application/a2a+json, application/json"}};
  got = at.rest("POST", "/message:send", {}, message_of("hello").dump());
  CHECK(got.content_type == "application/a2a+json");
}

TEST_CASE("a stream is the bare pieces") {
  harness at;
  auto got = at.rest("POST", "/message:stream", {}, message_of("hello").dump());
  REQUIRE(got.stream);
  std::string text;
  got.stream->encoder->begin(text);
  CHECK(text.starts_with("id: 1\ndata: {\"task\":{"));
}

TEST_CASE("paths and queries fill the question, and the path wins") {
  harness at;
  auto got = at.rest("GET", "/tasks/{id}", {{"id", some_id}}, {}, "historyLength=1&id=another");
  CHECK(json::parse(got.body)["history"].size() == 1);
  CHECK(at.tasks.asked.back() == "get " + some_id);

  got = at.rest(
      "GET", "/tasks", {}, {},
      "contextId=c-1&status=TASK_STATE_COMPLETED&pageSize=2&pageToken=t&statusTimestampAfter=2026-01-31T09%3A00%3A00Z"
      "&includeArtifacts=true");
  CHECK(got.status == 200);
  CHECK(at.tasks.filter->context_id == "c-1");
  CHECK(at.tasks.filter->state == task_state::completed);
  CHECK(at.tasks.filter->status_since);
  CHECK(at.tasks.want.limit == 2);
  CHECK(at.tasks.want.cursor == "t");
  CHECK(json::parse(got.body)["tasks"][0]["artifacts"].size() == 1);

  CHECK(at.rest("GET", "/tasks", {}, {}, "status=working").status == 200);
  CHECK(at.tasks.filter->state == task_state::working);
  CHECK(at.rest("GET", "/tasks", {}, {}, "status=input-required").status == 200);
  CHECK(at.tasks.filter->state == task_state::input_required);
  CHECK(at.rest("GET", "/tasks", {}, {}, "status=2").status == 200);
  CHECK(at.tasks.filter->state == task_state::working);
  for (const auto* odd : {"Working", "at_work", "task_state_working", "-"}) {
    CAPTURE(odd);
    CHECK(at.rest("GET", "/tasks", {}, {}, "status=" + std::string{odd}).status == 400);
  }

  CHECK(at.rest("GET", "/tasks", {}, {}, "pageSize=0").status == 400);
  CHECK(at.rest("GET", "/{tenant}/tasks/{id}", {{"tenant", "default"}, {"id", some_id}}, {}, "tenant=other").status == 200);
  CHECK(at.rest("GET", "/{tenant}/tasks/{id}", {{"tenant", "other"}, {"id", some_id}}).status == 400);
  CHECK(at.rest("DELETE", "/tasks/{id}/pushNotificationConfigs/{config}", {{"id", some_id}, {"config", "p"}}, {},
                "tenant=other")
            .status == 400);
}

TEST_CASE("a query counts beside a body, which wins over it, and the path over both") {
  harness at;
  auto got = at.rest("GET", "/tasks/{id}", {{"id", some_id}}, "{}", "historyLength=1");
  CHECK(json::parse(got.body)["history"].size() == 1);
  got = at.rest("GET", "/tasks/{id}", {{"id", some_id}}, R"({"historyLength": 0, "id": "another"})", "historyLength=1");
  CHECK_FALSE(json::parse(got.body).contains("history"));
  CHECK(at.rest("GET", "/tasks", {}, "{}", "pageSize=0").status == 400);
  CHECK(at.rest("GET", "/tasks", {}, R"({"includeArtifacts": true})", "contextId=c-1").status == 200);
  CHECK(at.tasks.filter->context_id == "c-1");
}

TEST_CASE("what changes something asks for both scopes, as in JSON-RPC") {
  for (const auto& [has, lacks] :
       {std::pair{core::scope::tasks_write, "tasks:read"}, {core::scope::tasks_read, "tasks:write"}}) {
    for (const std::string version : {"", "/v1"}) {
      harness at;
      at.who.scopes = static_cast<unsigned>(has);
      const auto got = at.rest("POST", version + "/message:send", {}, message_of("hello").dump());
      CHECK(got.status == 403);
      CHECK(got.body.find("lacks the scope '" + std::string{lacks}) != std::string::npos);
      CHECK(at.rest("POST", version + "/tasks/{id}:cancel", {{"id", some_id}}).status == 403);
      CHECK(at.tasks.asked.empty());
    }
  }
}

TEST_CASE("below an agent's URL everything is refused in the form of its version") {
  harness at;
  int forms = 0;
  for (const auto& each : at.table) {
    if (!each.method.empty()) continue;
    ++forms;
    CHECK_FALSE(each.handle);
    const auto got = json::parse(each.refuse(fail(errc::not_found, "no such path")).body);
    if (each.pattern.ends_with("/v1")) {
      CHECK(got == json{{"code", -32600}, {"message", "no such path"}});
    } else {
      CHECK(each.pattern == "/a2a");
      CHECK(got["error"]["code"] == 404);
      CHECK(got["error"]["status"] == "NOT_FOUND");
    }
  }
  CHECK(forms == 2);
}

TEST_CASE("a task is canceled without a body, and subscribed to by POST and by GET") {
  harness at;
  at.tasks.task = ended_task(task_state::canceled);
  CHECK(json::parse(at.rest("POST", "/tasks/{id}:cancel", {{"id", some_id}}).body)["status"]["state"] ==
        "TASK_STATE_CANCELED");
  CHECK(at.rest("POST", "/tasks/{id}:cancel", {{"id", some_id}}, "null").status == 200);
  at.tasks.task = ended_task(task_state::working);
  CHECK(at.rest("POST", "/tasks/{id}:subscribe", {{"id", some_id}}).stream);
  CHECK(at.rest("GET", "/tasks/{id}:subscribe", {{"id", some_id}}).stream);
}

TEST_CASE("push configurations have paths of their own") {
  harness at;
  at.tasks.task = ended_task(task_state::working);
  const auto made = at.rest("POST", "/tasks/{id}/pushNotificationConfigs", {{"id", some_id}},
                            R"({"id": "p-1", "url": "https://example.org/hook", "task_id": "another"})");
  CHECK(made.status == 200);
  CHECK(at.pushes.config.task.str() == some_id);
  CHECK(json::parse(made.body)["taskId"] == some_id);
  CHECK(at.rest("GET", "/tasks/{id}/pushNotificationConfigs/{config}", {{"id", some_id}, {"config", "p-1"}}).status == 200);
  CHECK(at.pushes.asked.back() == "get p-1");
  CHECK(at.rest("GET", "/tasks/{id}/pushNotificationConfigs", {{"id", some_id}}, {}, "pageSize=3").status == 200);
  CHECK(at.pushes.asked.back() == "list 3 ");
  CHECK(at.rest("DELETE", "/tasks/{id}/pushNotificationConfigs/{config}", {{"id", some_id}, {"config", "p-1"}}).status ==
        204);
  CHECK(at.pushes.asked.back() == "remove p-1");
}

TEST_CASE("errors are those of AIP-193, with the ErrorInfo") {
  harness at;
  at.tasks.failure = fail(errc::not_found, "no task");
  const auto got = at.rest("GET", "/tasks/{id}", {{"id", some_id}});
  CHECK(got.status == 404);
  const auto why = json::parse(got.body)["error"];
  CHECK(why["code"] == 404);
  CHECK(why["status"] == "NOT_FOUND");
  CHECK(why["details"][0]["reason"] == "TASK_NOT_FOUND");
  CHECK(why["details"][0]["metadata"]["taskId"] == some_id);
}

TEST_CASE("a path without a version is of 1.0, and of no other one") {
  harness at;
  CHECK(at.rest("GET", "/tasks/{id}", {{"id", some_id}}, {}, {}, "").status == 200);
  const auto got = at.rest("GET", "/tasks/{id}", {{"id", some_id}}, {}, {}, "0.3");
  CHECK(got.status == 400);
  CHECK(json::parse(got.body)["error"]["details"][0]["reason"] == "VERSION_NOT_SUPPORTED");
  CHECK(at.rest("GET", "/tasks/{id}", {{"id", some_id}}, {}, {}, "99.0").status == 400);
}

TEST_CASE("bodies that are not JSON are refused, by what they are called and by what they are") {
  harness at;
  CHECK(json::parse(at.rest("POST", "/message:send", {}, "{").body)["error"]["code"] == 400);
  CHECK(at.rest("POST", "/message:send", {}, "[]").status == 400);
  http::request from;
  from.parameters = {{"agent", "echo"}};
  from.headers = {{"content-type", "text/plain"}};
  from.body = "{}";
  const auto got = at.call("POST", "/a2a/{agent}/message:send", std::move(from));
  CHECK(json::parse(got.body)["error"]["details"][0]["reason"] == "CONTENT_TYPE_NOT_SUPPORTED");
}

TEST_CASE("0.3 is below /v1 whatever the header says: shaped like its proto, and created with 201") {
  harness at;
  const std::string body = R"({"message": {"messageId": "m-9", "role": "ROLE_USER", "content": [{"text": "hi"}]},
                               "configuration": {"blocking": true}})";
  const auto got = at.rest("POST", "/v1/message:send", {}, body, {}, "");
  CHECK(got.status == 201);
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=100"});
  CHECK(json::parse(got.body)["task"]["status"]["state"] == "TASK_STATE_COMPLETED");
  CHECK(at.rest("GET", "/v1/tasks/{id}", {{"id", some_id}}, {}, {}, "1.0").status == 200);
  at.tasks.failure = fail(errc::not_found, "no task");
  const auto lost = at.rest("GET", "/v1/tasks/{id}", {{"id", some_id}}, {}, {}, "");
  CHECK(lost.status == 404);
  CHECK(json::parse(lost.body)["code"] == -32001);
}

TEST_CASE("the default agent answers at the origin too") {
  harness at;
  http::request from;
  from.headers = {{"content-type", "application/json"}, {"a2a-version", "1.0"}};
  from.body = message_of("hello").dump();
  CHECK(at.call("POST", "/message:send", std::move(from)).status == 200);
  CHECK(at.tasks.submitted->agent == "echo");
  http::request old;
  old.parameters = {{"id", some_id}};
  CHECK(at.call("GET", "/v1/tasks/{id}", std::move(old)).status == 200);
}

TEST_CASE("at the origin a tenant of nobody's is a path that is not there") {
  harness at;
  http::request from;
  from.parameters = {{"tenant", "api"}};
  const auto got = at.call("GET", "/{tenant}/tasks", std::move(from));
  CHECK(got.status == 404);
  CHECK(got.content_type == "application/problem+json");
  http::request own;
  own.parameters = {{"tenant", "default"}};
  CHECK(at.call("GET", "/{tenant}/tasks", std::move(own)).status == 200);
}

TEST_CASE("0.3 has no list of tasks, and says so in its own form") {
  harness at;
  const auto got = at.rest("GET", "/v1/tasks", {}, {}, {}, "");
  CHECK(got.status == 400);
  CHECK(json::parse(got.body)["code"] == -32004);
  CHECK(at.tasks.asked.empty());
}

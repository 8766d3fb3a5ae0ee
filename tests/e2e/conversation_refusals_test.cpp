#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

void check_problem(const http_answer& got, int status, const std::string& code) {
  CHECK(got.status == status);
  CHECK(got.header("content-type") == "application/problem+json");
  const auto problem = body_of(got);
  REQUIRE(problem.is_object());
  CHECK(problem.at("status") == status);
  CHECK(problem.at("code") == code);
  CHECK(problem.at("request_id") == got.header("x-request-id"));
  CHECK(!problem.at("detail").get<std::string>().empty());
}

TEST_CASE_FIXTURE(with_server, "an unknown agent is 404 and the near one is named") {
  const auto got = with.post("/api/v1/agents/ehco/tasks", message_body("x"));
  check_problem(got, 404, "not_found");
  CHECK(body_of(got).at("detail").get<std::string>().find("did you mean 'echo'?") != std::string::npos);
  check_problem(with.get("/api/v1/agents/ehco"), 404, "not_found");
  check_problem(with.get("/api/v1/agents/ehco/actor"), 404, "not_found");
}

TEST_CASE_FIXTURE(with_server, "an unknown member is 422 with its place and the nearest known one") {
  const auto got = with.post("/api/v1/agents/echo/tasks", R"({"mesage": "x", "message": "y"})");
  check_problem(got, 422, "invalid");
  const auto wrong = body_of(got).at("errors").at(0);
  CHECK(wrong.at("path") == "/mesage");
  CHECK(wrong.at("message").get<std::string>().find("did you mean 'message'?") != std::string::npos);
}

TEST_CASE_FIXTURE(with_server, "content that is wrong is 422 with each place") {
  for (const std::string body :
       {R"({})", R"({"message": 5})", R"({"message": {"parts": []}})", R"({"message": "x", "priority": "urgent"})",
        R"({"message": "x", "timeout_ms": 0})", R"({"message": "x", "labels": {"a:b": "c"}})", R"([])", R"("x")"})
    check_problem(with.post("/api/v1/agents/echo/tasks", body), 422, "invalid");
  check_problem(with.get("/api/v1/tasks?state=working&limit=0"), 422, "invalid");
  check_problem(with.get("/api/v1/tasks?colour=blue"), 422, "invalid");
}

TEST_CASE_FIXTURE(with_server, "a body that is not JSON is 400") {
  for (const std::string body :
       {R"({"message": )", "message=x", R"({"message": "x", "message": "y"})", "{\"message\": \"\xff\"}", ""})
    check_problem(with.post("/api/v1/agents/echo/tasks", body), 400, "invalid_syntax");
}

TEST_CASE_FIXTURE(with_server, "a body beyond the limit is 413") {
  test_server small{{.settings = "limits: {body_bytes: 2048}\n"}};
  REQUIRE(small.start());
  conversation there{small.port()};
  check_problem(there.post("/api/v1/agents/echo/tasks", message_body(std::string(4096, 'x'))), 413, "payload_too_large");
  CHECK(state_of(there.ask("echo", std::string(1024, 'x'))) == "completed");
}

TEST_CASE_FIXTURE(with_server,
                  "a known path with another method is 405 and says which are allowed; an unknown path is 404") {
  const auto got = with.post("/api/v1/tasks", "{}");
  check_problem(got, 405, "method_not_allowed");
  CHECK(got.header("allow").find("GET") != std::string::npos);
  check_problem(with.remove("/livez"), 405, "method_not_allowed");
  check_problem(with.get("/api/v1/nothing"), 404, "not_found");
  check_problem(with.get("/nothing"), 404, "not_found");
  check_problem(with.get("/nothing/tasks"), 404, "not_found");
}

TEST_CASE_FIXTURE(with_server, "an unknown task is 404 whatever is asked of it") {
  for (const std::string task : {"/api/v1/tasks/0190163d-8694-739b-aea5-966c26f8ad91", "/api/v1/tasks/none"}) {
    check_problem(with.get(task), 404, "not_found");
    check_problem(with.get(task + "/events"), 404, "not_found");
    check_problem(with.post(task + "/messages", message_body("x")), 404, "not_found");
    check_problem(with.post(task + ":cancel"), 404, "not_found");
    check_problem(with.remove(task), 404, "not_found");
  }
}

TEST_CASE_FIXTURE(with_server, "a host that is not this machine is 421 and a foreign page may change nothing") {
  check_problem(with.get("/api/v1/agents", {{"Host", "evil.example"}}), 421, "host_not_allowed");
  check_problem(with.post("/api/v1/agents/echo/tasks", message_body("x"), {{"Origin", "https://evil.example"}}), 403,
                "origin_not_allowed");
}

TEST_CASE_FIXTURE(with_server, "a repeated Idempotency-Key continues on the task that the first request made") {
  const header_pairs key{{"Idempotency-Key", "once-and-again"}, {"Prefer", "wait=10"}};
  const auto first = with.post("/api/v1/agents/echo/tasks", message_body("once"), key);
  CHECK(first.status == 200);
  CHECK(first.header("idempotency-replayed").empty());
  const auto again = with.post("/api/v1/agents/echo/tasks", message_body("once"), key);
  CHECK(again.status == 200);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(again.body == first.body);
  CHECK(again.header("location") == first.header("location"));

  check_problem(with.post("/api/v1/agents/echo/tasks", message_body("twice"), key), 422, "idempotency_mismatch");
  // The key belongs to the path.
  const auto elsewhere = with.post("/api/v1/agents/fleeting/tasks", message_body("once"), key);
  CHECK(elsewhere.status == 200);
  CHECK(elsewhere.header("idempotency-replayed").empty());

  event_stream streamed{
      server.port(), "POST", "/api/v1/agents/echo/tasks", message_body("once"), {{"Idempotency-Key", "once-and-again"}}};
  CHECK(streamed.answer().header("idempotency-replayed") == "true");
  CHECK(streamed.rest().size() == body_of(first).at("last_event"));
}

TEST_CASE_FIXTURE(with_server, "a message that is sent twice with one Idempotency-Key is one message") {
  const auto id = id_of(with.ask("weather", "weather in Oslo"));
  const auto path = "/api/v1/tasks/" + id + "/messages";
  const header_pairs key{{"Idempotency-Key", "monday"}};
  const auto first = with.post(path, message_body("Monday"), key);
  CHECK(first.status == 202);
  CHECK(first.header("idempotency-replayed").empty());
  const auto again = with.post(path, message_body("Monday"), key);
  CHECK(again.status == 202);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(id_of(body_of(again)) == id);
  check_problem(with.post(path, message_body("Tuesday"), key), 422, "idempotency_mismatch");
  CHECK(with.ended(id).at("artifacts").at(0).at("parts").at(0).at("text") == "Sunny in Oslo, Monday.");

  // Long after the end too: the answer is the task, not 409.
  const auto late = with.post(path, message_body("Monday"), key);
  CHECK(late.status == 202);
  CHECK(late.header("idempotency-replayed") == "true");
  CHECK(state_of(body_of(late)) == "completed");
  check_problem(with.post(path, message_body("Tuesday"), key), 422, "idempotency_mismatch");
  int received = 0;
  for (const auto& one : with.events(id)) received += one.event == "message_received" ? 1 : 0;
  CHECK(received == 1);
}

TEST_CASE_FIXTURE(with_server, "a repeated message with the same id is taken once") {
  const auto asked = with.ask("weather", "weather in Oslo");
  const auto path = "/api/v1/tasks/" + id_of(asked);
  const auto body = json{{"message", {{"message_id", "answer-1"}, {"parts", {{{"text", "Monday"}}}}}}}.dump();
  CHECK(with.post(path + "/messages", body).status == 202);
  const auto repeated = with.post(path + "/messages", body);
  CHECK((repeated.status == 202 || repeated.status == 409));  // 409: the task has ended already
  const auto task = with.ended(id_of(asked));
  CHECK(task.at("artifacts").at(0).at("parts").at(0).at("text") == "Sunny in Oslo, Monday.");
  int received = 0;
  for (const auto& one : with.events(id_of(asked))) received += one.event == "message_received" ? 1 : 0;
  CHECK(received == 1);
}

TEST_CASE_FIXTURE(with_server, "other words under a message id that the task knows are a message like any other") {
  const auto body = [](const char* text) {
    return json{{"message", {{"message_id", "1"}, {"parts", {{{"text", text}}}}}}}.dump();
  };
  const auto begun = body_of(with.post("/api/v1/agents/ender/tasks", body("twice"), {{"Prefer", "wait=15"}}));
  REQUIRE(state_of(begun) == "input_required");
  const auto path = "/api/v1/tasks/" + id_of(begun) + "/messages";
  const auto told = with.post(path, body("one"), {{"Prefer", "wait=15"}});
  CHECK(told.status == 200);
  CHECK(text_of(body_of(told)) == "and the second?");
  // A repetition goes on from its own message, not from the first one of that id.
  event_stream again{server.port(), "POST", path, body("one")};
  REQUIRE(again.status() == 200);
  const auto from = again.next();
  REQUIRE(from);
  CHECK(from->event == "message_received");
  CHECK(json::parse(from->data).at("data").at("message").at("parts").at(0).at("text") == "one");
  CHECK(with.post(path, body("two")).status == 202);
  const auto task = with.ended(id_of(begun));
  CHECK(text_of(task) == "two");
  int received = 0;
  for (const auto& one : with.events(id_of(begun))) received += one.event == "message_received" ? 1 : 0;
  CHECK(received == 2);
}

}  // namespace
}  // namespace mofa::test

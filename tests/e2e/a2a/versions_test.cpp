// Which version a request speaks, and what becomes of one that is not spoken.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string url = "/a2a/a2a_player";

json error_of(const http_answer& from) {
  REQUIRE_MESSAGE(body_of(from).is_object(), from.body);
  return body_of(from).at("error");
}

// The details of ErrorInfo among an error's data or details.
json info_in(const json& details) {
  for (const auto& each : details)
    if (each.value("@type", "").ends_with("ErrorInfo")) return each;
  return json::object();
}

void check_not_spoken(const http_answer& got, int status, const json& details) {
  CHECK_MESSAGE(got.status == status, got.body);
  const auto info = info_in(details);
  CHECK(info.value("reason", "") == "VERSION_NOT_SUPPORTED");
  const auto versions = info.value("metadata", json::object()).value("supportedVersions", json{});
  const auto listed = versions.dump();
  CHECK_MESSAGE(listed.find("1.0") != std::string::npos, got.body);
  CHECK_MESSAGE(listed.find("0.3") != std::string::npos, got.body);
}

TEST_CASE_FIXTURE(with_a2a, "a JSON-RPC request without a version, or with an empty one, is of 0.3") {
  for (const auto& headers : {rpc_headers(""), header_pairs{{"Content-Type", "application/json"}, {"A2A-Version", ""}},
                              rpc_headers("0.3"), rpc_headers("0.3.0")}) {
    const auto got = body_of(with.post(url, rpc_body("message/send", send_params_v03("hello")), headers));
    REQUIRE_MESSAGE(got.contains("result"), got.dump());
    CHECK(got.at("result").at("kind") == "task");
    CHECK(got.at("result").at("status").at("state") == "completed");
  }
}

TEST_CASE_FIXTURE(with_a2a, "clients of 0.2 are answered as those of 0.3") {
  const auto got = body_of(with.post(url, rpc_body("message/send", send_params_v03("hello")), rpc_headers("0.2.6")));
  REQUIRE_MESSAGE(got.contains("result"), got.dump());
  CHECK(got.at("result").at("kind") == "task");
}

TEST_CASE_FIXTURE(with_a2a, "a JSON-RPC request with version 1.0 is of 1.0, by header or by query") {
  const auto body = rpc_body("SendMessage", send_params("hello"));
  const header_pairs lower{{"content-type", "application/json"}, {"a2a-version", "1.0"}};
  for (const auto& got : {with.post(url, body, rpc_headers("1.0")), with.post(url, body, lower),
                          with.post(url + "?A2A-Version=1.0", body, rpc_headers(""))}) {
    REQUIRE_MESSAGE(body_of(got).contains("result"), got.body);
    CHECK(body_of(got).at("result").at("task").at("status").at("state") == "TASK_STATE_COMPLETED");
  }
}

TEST_CASE_FIXTURE(with_a2a, "the patch number of a version plays no part") {
  const auto rpc = with.post(url, rpc_body("SendMessage", send_params("hello")), rpc_headers("1.0.1"));
  CHECK_MESSAGE(body_of(rpc).contains("result"), rpc.body);
  const auto rest = with.post(url + "/message:send", send_params("hello").dump(), rest_headers("1.0.7"));
  CHECK_MESSAGE(rest.status == 200, rest.body);
  const auto old = with.post(url, rpc_body("message/send", send_params_v03("hello")), rpc_headers("0.3.14"));
  CHECK_MESSAGE(body_of(old).contains("result"), old.body);
  const json body{{"message", written_message(way::v03_rest, say("hello"))}, {"configuration", {{"blocking", true}}}};
  const auto old_rest = with.post(url + "/v1/message:send", body.dump(), rest_headers("0.3.14"));
  CHECK_MESSAGE(old_rest.status == 201, old_rest.body);
  CHECK(body_of(old_rest).at("task").at("history").at(0).contains("content"));
}

TEST_CASE_FIXTURE(with_a2a, "a version that is not spoken is VersionNotSupported, and the answer lists those that are") {
  for (const std::string version : {"99.0", "0.5", "1.7", "2.0", "one", "1"}) {
    CAPTURE(version);
    const auto rpc = with.post(url, rpc_body("SendMessage", send_params("hello")), rpc_headers(version));
    CHECK(error_of(rpc).at("code") == -32009);
    check_not_spoken(rpc, 200, error_of(rpc).at("data"));
    const auto rest = with.post(url + "/message:send", send_params("hello").dump(), rest_headers(version));
    CHECK(error_of(rest).at("status") == "FAILED_PRECONDITION");
    check_not_spoken(rest, 400, error_of(rest).at("details"));
  }
  const auto query = with.post(url + "?A2A-Version=99.0", rpc_body("SendMessage", send_params("hello")), rpc_headers(""));
  CHECK(error_of(query).at("code") == -32009);
}

TEST_CASE_FIXTURE(with_a2a,
                  "a 1.0 method without the version is VersionNotSupported, and its message names the header to send") {
  for (const std::string version : {"", "0.3"}) {
    for (const std::string method : {"SendMessage", "GetTask", "ListTasks", "SubscribeToTask", "GetExtendedAgentCard"}) {
      const auto got = with.post(url, rpc_body(method, send_params("hello")), rpc_headers(version));
      const auto why = error_of(got);
      CHECK_MESSAGE(why.at("code") == -32009, got.body);
      CHECK_MESSAGE(why.at("message").get<std::string>().find("A2A-Version: 1.0") != std::string::npos, got.body);
      check_not_spoken(got, 200, why.at("data"));
    }
  }
}

TEST_CASE_FIXTURE(with_a2a, "a 0.3 method under 1.0 is an unknown method") {
  for (const std::string method : {"message/send", "tasks/get", "tasks/pushNotificationConfig/set"}) {
    const auto got = with.post(url, rpc_body(method, send_params_v03("hello")), rpc_headers("1.0"));
    CHECK_MESSAGE(error_of(got).at("code") == -32601, got.body);
    CHECK(got.status == 200);
  }
}

TEST_CASE_FIXTURE(with_a2a, "an unknown method is MethodNotFound in each version") {
  for (const std::string version : {"1.0", "0.3", ""}) {
    for (const std::string method : {"tasks/foo", "sendMessage", "Tasks"}) {
      const auto got = with.post(url, rpc_body(method), rpc_headers(version));
      CHECK_MESSAGE(error_of(got).at("code") == -32601, version, " ", method, " ", got.body);
    }
  }
  // There is no such list in 0.3.
  CHECK(error_of(with.post(url, rpc_body("tasks/list"), rpc_headers(""))).at("code") == -32601);
}

TEST_CASE_FIXTURE(with_a2a, "REST below /v1 is 0.3 whatever the header says") {
  const json body{{"message", written_message(way::v03_rest, say("hello"))}, {"configuration", {{"blocking", true}}}};
  for (const std::string version : {"", "0.3", "1.0", "99.0"}) {
    const auto got = with.post(url + "/v1/message:send", body.dump(), rest_headers(version));
    CHECK_MESSAGE(got.status < 300, version, " ", got.body);
    CHECK(body_of(got).at("task").at("status").at("state") == "TASK_STATE_COMPLETED");
    CHECK(body_of(got).at("task").at("history").at(0).contains("content"));
  }
}

TEST_CASE_FIXTURE(with_a2a, "REST without a prefix is 1.0, also without a version, and refuses 0.3") {
  for (const std::string version : {"", "1.0"}) {
    const auto got = with.post(url + "/message:send", send_params("hello").dump(), rest_headers(version));
    CHECK_MESSAGE(got.status == 200, version, " ", got.body);
    CHECK(body_of(got).at("task").at("status").at("state") == "TASK_STATE_COMPLETED");
  }
  const auto query = with.post(url + "/message:send?A2A-Version=1.0", send_params("hello").dump(), rest_headers(""));
  CHECK_MESSAGE(query.status == 200, query.body);
  const auto old = with.post(url + "/message:send", send_params("hello").dump(), rest_headers("0.3"));
  check_not_spoken(old, 400, error_of(old).at("details"));
}

TEST_CASE_FIXTURE(with_a2a, "tasks are the same in all four ways: made in one, read in another") {
  const auto made = player().settle("hello");
  each([&](client& one) {
    const auto got = one.get(made.at("id"));
    REQUIRE_MESSAGE(got.ok(), got.text());
    CHECK(state_of(got.result) == "TASK_STATE_COMPLETED");
    CHECK(got.result.at("contextId") == made.at("contextId"));
    CHECK(status_text(got.result) == "hello");
    CHECK(got.result.at("history").at(0).at("messageId") == made.at("history").at(0).at("messageId"));
  });
}

}  // namespace
}  // namespace mofa::test::a2a

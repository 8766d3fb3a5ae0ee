// The errors of A2A in both bindings, both versions and both profiles.
#include <set>

#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string nothing = "0190163d-8694-739b-aea5-966c26f8ad91";

// The SDKs of 0.3 have the statuses of 1.0.0.
int status_in_v03(int code, int status) { return code == -32002 ? 409 : code == -32005 ? 415 : status; }

// What a refusal must be: its code, its reason, and its HTTP status in REST.
void check_refused(const answer& got, way how, int code, const std::string& reason, int status, const std::string& grpc) {
  CHECK_MESSAGE(got.code == code, name_of(how), ": ", got.text());
  if (!is_rest(how)) {
    CHECK(got.http.status == 200);
    if (is_v1(how)) CHECK_MESSAGE(got.reason == reason, got.text());
    return;
  }
  if (how == way::v03_rest) {
    CHECK_MESSAGE(got.http.status == status_in_v03(code, status), got.text());
    return;
  }
  CHECK_MESSAGE(got.http.status == status, got.text());
  CHECK_MESSAGE(got.reason == reason, got.text());
  CHECK_MESSAGE(got.body.at("error").at("status") == grpc, got.text());
}

json info_of(const answer& got) {
  const auto& list =
      got.body.at("error").contains("data") ? got.body.at("error").at("data") : got.body.at("error").at("details");
  for (const auto& each : list)
    if (each.value("@type", "").ends_with("ErrorInfo")) return each;
  return json::object();
}

TEST_CASE_FIXTURE(with_a2a, "a task that there is not is TaskNotFound in every operation that names one") {
  each([&](client& one) {
    auto message = say("hello");
    message["taskId"] = nothing;
    for (const auto& id : {nothing, std::string{"no-id-of-ours"}}) {
      check_refused(one.get(id), one.how(), -32001, "TASK_NOT_FOUND", 404, "NOT_FOUND");
      check_refused(one.cancel(id), one.how(), -32001, "TASK_NOT_FOUND", 404, "NOT_FOUND");
      check_refused(one.push_list(id), one.how(), -32001, "TASK_NOT_FOUND", 404, "NOT_FOUND");
      check_refused(one.push_get(id, "a"), one.how(), -32001, "TASK_NOT_FOUND", 404, "NOT_FOUND");
      check_refused(one.push_set(id, {{"id", "a"}, {"url", "https://hook.invalid/"}}), one.how(), -32001, "TASK_NOT_FOUND",
                    404, "NOT_FOUND");
    }
    check_refused(one.send(message), one.how(), -32001, "TASK_NOT_FOUND", 404, "NOT_FOUND");
    check_refused(one.stream_refused(message), one.how(), -32001, "TASK_NOT_FOUND", 404, "NOT_FOUND");
    check_refused(one.subscribe_refused(nothing), one.how(), -32001, "TASK_NOT_FOUND", 404, "NOT_FOUND");
  });
}

TEST_CASE_FIXTURE(with_a2a, "an error says its reason, its domain and the task that it is about") {
  each_v1([&](client& one) {
    const auto info = info_of(one.get(nothing));
    CHECK(info.at("@type") == "type.googleapis.com/google.rpc.ErrorInfo");
    CHECK(info.at("reason") == "TASK_NOT_FOUND");
    CHECK(info.at("domain") == "a2a-protocol.org");
    CHECK(info.at("metadata").at("taskId") == nothing);
  });
}

TEST_CASE_FIXTURE(with_a2a, "a task that has ended cannot be canceled, and takes no message and no subscriber") {
  each([&](client& one) {
    for (const std::string text : {"hello", "fail", "reject"}) {
      const auto task = one.settle(text).at("id").get<std::string>();
      check_refused(one.cancel(task), one.how(), -32002, "TASK_NOT_CANCELABLE", 400, "FAILED_PRECONDITION");
      auto more = say("and more");
      more["taskId"] = task;
      check_refused(one.send(more), one.how(), -32004, "UNSUPPORTED_OPERATION", 400, "FAILED_PRECONDITION");
      check_refused(one.stream_refused(more), one.how(), -32004, "UNSUPPORTED_OPERATION", 400, "FAILED_PRECONDITION");
      check_refused(one.subscribe_refused(task), one.how(), -32004, "UNSUPPORTED_OPERATION", 400, "FAILED_PRECONDITION");
    }
  });
}

TEST_CASE_FIXTURE(with_a2a, "a part of a type that the agent does not take is ContentTypeNotSupported") {
  each("a2a_clerk", [&](client& one) {
    const auto image = say_parts(json::array({{{"raw", "AAEC"}, {"mediaType", "image/png"}, {"filename", "a.png"}}}));
    check_refused(one.send(image, {{"acceptedOutputModes", {"application/json"}}}), one.how(), -32005,
                  "CONTENT_TYPE_NOT_SUPPORTED", 400, "INVALID_ARGUMENT");
    check_refused(one.stream_refused(image), one.how(), -32005, "CONTENT_TYPE_NOT_SUPPORTED", 400, "INVALID_ARGUMENT");
  });
}

TEST_CASE_FIXTURE(with_a2a, "an output that the agent does not make is ContentTypeNotSupported before anything begins") {
  each("a2a_clerk", [&](client& one) {
    check_refused(one.send(say("note this"), {{"acceptedOutputModes", {"image/png", "audio/ogg"}}}), one.how(), -32005,
                  "CONTENT_TYPE_NOT_SUPPORTED", 400, "INVALID_ARGUMENT");
    for (const auto& modes : {json::array({"application/json"}), json::array({"image/png", "application/json"}),
                              json::array({"*/*"}), json::array()}) {
      const auto got = one.send(say("note this"), {{"acceptedOutputModes", modes}});
      CHECK_MESSAGE(got.ok(), modes.dump(), " ", got.text());
    }
  });
}

TEST_CASE_FIXTURE(with_a2a, "an extended card that there is not is UnsupportedOperation, as its capability says") {
  each([&](client& one) {
    check_refused(one.extended_card(), one.how(), -32004, "UNSUPPORTED_OPERATION", 400, "FAILED_PRECONDITION");
    const auto card = body_of(
        with.get("/a2a/a2a_player/.well-known/agent-card.json", {{"A2A-Version", is_v1(one.how()) ? "1.0" : "0.3"}}));
    CHECK_FALSE(card.at("capabilities").value("extendedAgentCard", false));
    CHECK_FALSE(card.value("supportsAuthenticatedExtendedCard", false));
  });
}

TEST_CASE_FIXTURE(with_a2a, "errors of 0.3 over REST have a code and a message, and nothing of 1.0") {
  auto one = player(way::v03_rest);
  const std::string ended = one.settle("hello").at("id");
  auto more = say("and more");
  more["taskId"] = ended;
  struct {
    answer got;
    int code, status;
  } const all[]{{one.get(nothing), -32001, 404},
                {one.cancel(ended), -32002, 409},
                {one.send(more), -32004, 400},
                {speak("a2a_clerk", way::v03_rest).send(say_parts(json::array({{{"raw", "AAEC"}}}))), -32005, 415},
                {one.rest("POST", "/message:send", "{}"), -32602, 400}};
  for (const auto& [got, code, status] : all) {
    CHECK_MESSAGE(got.http.status == status, got.text());
    CHECK(got.http.header("content-type").starts_with("application/json"));
    CHECK_MESSAGE(got.body.at("code") == code, got.text());
    CHECK(!got.body.at("message").get<std::string>().empty());
    CHECK_MESSAGE(got.body.size() == 2, got.text());
  }
  const auto lacking = one.rest("POST", "/message:send", R"({"message": {"messageId": "m", "role": "ROLE_USER"}})");
  CHECK_MESSAGE(lacking.body.at("message").get<std::string>().find("content") != std::string::npos, lacking.text());
}

TEST_CASE_FIXTURE(with_a2a, "a mistake in the parameters is 400 with the field that it is in") {
  auto one = player(way::v1_rest);
  const auto violations = [](const answer& got) {
    CHECK_MESSAGE(got.http.status == 400, got.text());
    CHECK(got.body.at("error").at("status") == "INVALID_ARGUMENT");
    std::set<std::string> out;
    for (const auto& each : got.body.at("error").at("details")) {
      if (each.at("@type") != "type.googleapis.com/google.rpc.BadRequest") continue;
      for (const auto& violation : each.at("fieldViolations")) {
        CHECK(!violation.at("description").get<std::string>().empty());
        out.insert(violation.at("field").get<std::string>());
      }
    }
    return out;
  };
  const auto lacking = violations(one.rest("POST", "/message:send", json{{"message", {{"role", "ROLE_USER"}}}}.dump()));
  CHECK(lacking.contains("message.messageId"));
  CHECK(lacking.contains("message.parts"));
  const auto wrong = violations(one.rest(
      "POST", "/message:send",
      json{{"message", {{"messageId", "m"}, {"role", "ROLE_USER"}, {"parts", {{{"text", "a"}}, {{"text", 7}}}}}}}.dump()));
  CHECK(wrong == std::set<std::string>{"message.parts[1].text"});
  CHECK(violations(one.list({{"pageSize", 101}})) == std::set<std::string>{"pageSize"});
}

TEST_CASE("with the profile 1.0.0 the HTTP statuses are those of that text") {
  test_server server{plan_of("a2a: {errors: {profile: \"1.0.0\"}}\n")};
  REQUIRE_MESSAGE(server.start(), server.errors());
  client one{server.port(), "a2a_clerk", way::v1_rest};
  const auto task = one.task(say("note this")).at("id").get<std::string>();
  CHECK(one.cancel(task).http.status == 409);
  CHECK(one.cancel(task).code == -32002);
  const auto image = say_parts(json::array({{{"raw", "AAEC"}, {"mediaType", "image/png"}}}));
  CHECK(one.send(image).http.status == 415);
  CHECK(one.send(image).code == -32005);
  CHECK(one.get(nothing).http.status == 404);
  CHECK(client(server.port(), "a2a_clerk", way::v1_rpc).cancel(task).code == -32002);
}

}  // namespace
}  // namespace mofa::test::a2a

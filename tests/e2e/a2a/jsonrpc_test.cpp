// The envelope of JSON-RPC: what is no request, what is one, and what its answer carries.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string url = "/a2a/a2a_player";

// Both versions, and the name of a method in each.
struct spoken_version {
  std::string version, get, send;
  json params = json::object();  // of the sending
};
std::vector<spoken_version> both_versions() {
  return {{"1.0", "GetTask", "SendMessage", send_params("hello")},
          {"", "tasks/get", "message/send", send_params_v03("hello")}};
}

void check_error(const http_answer& got, int status, int code) {
  CHECK_MESSAGE(got.status == status, got.body);
  CHECK(got.header("content-type").starts_with("application/json"));
  const auto body = body_of(got);
  REQUIRE_MESSAGE(body.is_object(), got.body);
  CHECK(body.at("jsonrpc") == "2.0");
  CHECK(body.contains("id"));
  CHECK_FALSE(body.contains("result"));
  CHECK_MESSAGE(body.at("error").at("code") == code, got.body);
  CHECK(!body.at("error").at("message").get<std::string>().empty());
}

TEST_CASE_FIXTURE(with_a2a, "a body that is no JSON is a parse error with HTTP 400 and the id null") {
  for (const std::string version : {"1.0", ""}) {
    for (const std::string body : {"", "{", "hello", "{\"jsonrpc\": \"2.0\",}", "[1, 2", "\xff\xfe"}) {
      const auto got = with.post(url, body, rpc_headers(version));
      check_error(got, 400, -32700);
      CHECK(body_of(got).at("id").is_null());
    }
  }
}

TEST_CASE_FIXTURE(with_a2a, "a batch is refused as one invalid request") {
  const auto one = json::parse(rpc_body("GetTask", {{"id", "x"}}));
  for (const auto& batch : {json::array(), json::array({one}), json::array({one, one, 1})}) {
    for (const std::string version : {"1.0", ""}) {
      const auto got = with.post(url, batch.dump(), rpc_headers(version));
      check_error(got, 200, -32600);
      CHECK(body_of(got).at("id").is_null());
    }
  }
}

TEST_CASE_FIXTURE(with_a2a, "what is JSON but no request of JSON-RPC 2.0 is an invalid request") {
  for (const auto& [version, get, send, params] : both_versions()) {
    CAPTURE(version);
    const auto good = json::parse(rpc_body(get, {{"id", "x"}}));
    auto no_version = good, old = good, no_method = good, number = good, list_id = good, object_id = good, texts = good;
    no_version.erase("jsonrpc");
    old["jsonrpc"] = "1.0";
    no_method.erase("method");
    number["method"] = 7;
    list_id["id"] = json::array({1});
    object_id["id"] = {{"a", 1}};
    texts["params"] = "all of them";
    for (const auto& each :
         {no_version, old, no_method, number, list_id, object_id, texts, json("text"), json(7), json(nullptr)})
      check_error(with.post(url, each.dump(), rpc_headers(version)), 200, each == texts ? -32602 : -32600);
    // Whole, it is a request.
    check_error(with.post(url, good.dump(), rpc_headers(version)), 200, -32001);
  }
}

TEST_CASE_FIXTURE(with_a2a, "an answer has the id of its request: a text, a number, zero, a large one") {
  for (const auto& [version, get, send, params] : both_versions()) {
    CAPTURE(version);
    for (const auto& id : {json("x-1"), json(1), json(0), json(-7), json(9007199254740993), json(""), json(nullptr)}) {
      const auto answered = [&](const std::string& method, const json& with_params) {
        const json body{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", with_params}};
        auto got = body_of(with.post(url, body.dump(), rpc_headers(version)));
        CHECK_MESSAGE(got.at("id") == id, got.dump());
        CHECK(got.at("jsonrpc") == "2.0");
        return got;
      };
      CHECK(answered(get, {{"id", "x"}}).at("error").at("code") == -32001);
      CHECK(answered("NoSuchMethod", json::object()).at("error").at("code") == -32601);
      CHECK(answered(send, params).contains("result"));
    }
  }
}

TEST_CASE_FIXTURE(with_a2a,
                  "a call without an id is done and answered with the id null, and an id with a fraction is refused") {
  for (const auto& [version, get, send, params] : both_versions()) {
    CAPTURE(version);
    auto body = json::parse(rpc_body(send, params));
    body.erase("id");
    const auto got = body_of(with.post(url, body.dump(), rpc_headers(version)));
    REQUIRE_MESSAGE(got.contains("result"), got.dump());
    CHECK(got.at("id").is_null());
    body["id"] = 1.5;
    check_error(with.post(url, body.dump(), rpc_headers(version)), 200, -32600);
  }
}

TEST_CASE_FIXTURE(with_a2a, "a wrong content type is ContentTypeNotSupported with HTTP 400, before the body is looked at") {
  for (const auto& [version, get, send, params] : both_versions()) {
    CAPTURE(version);
    const auto headers_of = [&, of = version](const std::string& type) {
      return header_pairs{{"A2A-Version", of}, {"Content-Type", type}};
    };
    for (const std::string type : {"text/plain", "application/xml", "multipart/form-data", "application/a2a"}) {
      CAPTURE(type);
      for (const auto& body : {rpc_body(send, params), std::string{"{"}})
        check_error(with.post(url, body, headers_of(type)), 400, -32005);
    }
    for (const std::string type : {"application/json", "application/json; charset=utf-8", "Application/JSON"}) {
      const auto got = with.post(url, rpc_body(send, params), headers_of(type));
      CHECK_MESSAGE(body_of(got).contains("result"), got.body);
    }
  }
}

TEST_CASE_FIXTURE(with_a2a, "answers of JSON-RPC are application/json") {
  for (const auto& [version, get, send, params] : both_versions()) {
    CAPTURE(version);
    for (const std::string accept : {"application/json", "*/*", "application/a2a+json"}) {
      auto headers = rpc_headers(version);
      headers.emplace_back("Accept", accept);
      for (const auto& body : {rpc_body(send, params), rpc_body(get, {{"id", "x"}})}) {
        const auto got = with.post(url, body, headers);
        CHECK(got.status == 200);
        CHECK(got.header("content-type").starts_with("application/json"));
      }
    }
  }
}

TEST_CASE_FIXTURE(with_a2a, "parameters that are missing or wrong are InvalidParams and name the field") {
  const auto call = [&](const std::string& method, const json& params) {
    auto got = with.post(url, rpc_body(method, params), rpc_headers());
    check_error(got, 200, -32602);
    return body_of(got).at("error");
  };
  const auto names = [](const json& why, const std::string& field) {
    for (const auto& each : why.value("data", json::array())) {
      if (!each.value("@type", "").ends_with("google.rpc.BadRequest")) continue;
      for (const auto& one : each.at("fieldViolations")) {
        CHECK(!one.at("description").get<std::string>().empty());
        if (one.at("field").get<std::string>().find(field) != std::string::npos) return true;
      }
    }
    return false;
  };
  CHECK(names(call("SendMessage", json::object()), "message"));
  CHECK(names(call("GetTask", json::object()), "id"));
  CHECK(names(call("GetTask", {{"id", 7}}), "id"));
  CHECK(names(call("GetTask", {{"id", "x"}, {"historyLength", -1}}), "historyLength"));
  CHECK(names(call("ListTasks", {{"pageSize", 101}}), "pageSize"));
  auto message = say("hello");
  message.erase("messageId");
  CHECK(names(call("SendMessage", {{"message", message}}), "messageId"));
  message = say("hello");
  message["role"] = "ROLE_NOBODY";
  CHECK(names(call("SendMessage", {{"message", message}}), "role"));
  message = say_parts(json::array());
  CHECK(names(call("SendMessage", {{"message", message}}), "parts"));
  CHECK(call("SendMessage", json::array({1})).at("code") == -32602);
  // 0.3 has a message alone, which says the same.
  const auto said = [&](const std::string& method, const json& params) {
    auto got = with.post(url, rpc_body(method, params), rpc_headers(""));
    check_error(got, 200, -32602);
    return body_of(got).at("error").at("message").get<std::string>();
  };
  CHECK(said("tasks/get", {{"id", 7}}).find("id") != std::string::npos);
  CHECK(said("tasks/get", {{"id", "x"}, {"historyLength", -1}}).find("historyLength") != std::string::npos);
  auto old = send_params_v03("hello");
  old["message"].erase("messageId");
  CHECK(said("message/send", old).find("messageId") != std::string::npos);
}

TEST_CASE_FIXTURE(with_a2a, "the URL is the same with and without a trailing slash") {
  for (const std::string at : {"/a2a/a2a_player", "/a2a/a2a_player/"}) {
    const auto now = body_of(with.post(at, rpc_body("SendMessage", send_params("hello")), rpc_headers()));
    CHECK_MESSAGE(now.contains("result"), now.dump());
    const auto old = body_of(with.post(at, rpc_body("message/send", send_params_v03("hello")), rpc_headers("")));
    CHECK_MESSAGE(old.contains("result"), old.dump());
  }
}

TEST_CASE_FIXTURE(with_a2a, "the default agent answers at the origin in all four ways") {
  for (const auto how : all_ways) {
    client one{server.port(), "", how};
    const auto done = one.settle("What is 17*23?");
    CHECK(state_of(done) == "TASK_STATE_COMPLETED");
    CHECK(status_text(done) == "The result is 391.");
    // The same agent at its own URL knows the task, another one does not.
    CHECK(speak("assistant", how).get(done.at("id")).ok());
    CHECK(player(how).get(done.at("id")).code == -32001);
  }
}

TEST_CASE_FIXTURE(with_a2a, "an agent that there is not is 404, and another method than POST is 405") {
  for (const auto& [version, get, send, params] : both_versions()) {
    CAPTURE(version);
    const auto nobody = with.post("/a2a/nobody_at_all", rpc_body(send, params), rpc_headers(version));
    CHECK_MESSAGE(nobody.status == 404, nobody.body);
    check_error(nobody, 404, -32600);
    check_error(with.post("/a2a/nobody_at_all", rpc_body(get, {{"id", "x"}}), rpc_headers(version)), 404, -32600);
    const auto read = with.get(url, {{"A2A-Version", version}});
    check_error(read, 405, -32600);
    CHECK(read.header("allow").find("POST") != std::string::npos);
  }
}

}  // namespace
}  // namespace mofa::test::a2a

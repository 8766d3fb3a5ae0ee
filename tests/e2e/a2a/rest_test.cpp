// HTTP+JSON: paths, methods, content types, query parameters.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string url = "/a2a/a2a_player";

header_pairs with_types(const std::string& content, const std::string& accept = {}) {
  header_pairs out{{"A2A-Version", "1.0"}};
  if (!content.empty()) out.emplace_back("Content-Type", content);
  if (!accept.empty()) out.emplace_back("Accept", accept);
  return out;
}

TEST_CASE_FIXTURE(with_a2a, "REST takes application/json and application/a2a+json and refuses other types") {
  const auto body = send_params("hello").dump();
  for (const std::string type : {"application/json", "application/a2a+json", "application/a2a+json; charset=utf-8"}) {
    const auto got = with.post(url + "/message:send", body, with_types(type));
    CHECK_MESSAGE(got.status == 200, type, " ", got.body);
  }
  for (const std::string type : {"text/plain", "application/xml", "application/x-www-form-urlencoded"}) {
    const auto got = with.post(url + "/message:send", body, with_types(type));
    CHECK_MESSAGE(got.status == 400, type, " ", got.body);
    const auto read = read_answer(way::v1_rest, got);
    CHECK(read.code == -32005);
    const auto old = with.post(url + "/v1/message:send", body, {{"Content-Type", type}});
    CHECK_MESSAGE(old.status >= 400, old.body);
    CHECK(read_answer(way::v03_rest, old).code == -32005);
  }
}

TEST_CASE_FIXTURE(with_a2a,
                  "REST answers as application/a2a+json where the request speaks of it, else as application/json") {
  const auto body = send_params("hello").dump();
  const auto type_of = [&](const std::string& content, const std::string& accept) {
    return with.post(url + "/message:send", body, with_types(content, accept)).header("content-type");
  };
  CHECK(type_of("application/json", "").starts_with("application/json"));
  CHECK(type_of("application/json", "application/json").starts_with("application/json"));
  CHECK(type_of("application/json", "*/*").starts_with("application/json"));
  CHECK(type_of("application/a2a+json", "").starts_with("application/a2a+json"));
  CHECK(type_of("application/json", "application/a2a+json, application/json").starts_with("application/a2a+json"));
  const auto refused = with.get(url + "/tasks/none", with_types("", "application/a2a+json"));
  CHECK(refused.status == 404);
  CHECK(refused.header("content-type").starts_with("application/a2a+json"));
  const json old{{"message", written_message(way::v03_rest, say("hello"))}, {"configuration", {{"blocking", true}}}};
  const auto made = with.post(url + "/v1/message:send", old.dump(), {{"Content-Type", "application/json"}});
  CHECK(made.header("content-type").starts_with("application/json"));
}

TEST_CASE_FIXTURE(with_a2a, "every operation of REST has its path and method") {
  for (const auto how : {way::v1_rest, way::v03_rest}) {
    auto one = player(how);
    const auto task = one.task(say("ask")).at("id").get<std::string>();
    CHECK(one.rest("GET", "/tasks/" + task).http.status == 200);
    const auto made = one.push_set(task, {{"id", "a"}, {"url", "https://hook.invalid/hook"}});
    CHECK_MESSAGE(made.ok(), made.text());
    CHECK(one.rest("GET", "/tasks/" + task + "/pushNotificationConfigs").http.status == 200);
    CHECK(one.rest("GET", "/tasks/" + task + "/pushNotificationConfigs/a").http.status == 200);
    const auto removed = one.rest("DELETE", "/tasks/" + task + "/pushNotificationConfigs/a");
    CHECK_MESSAGE((removed.http.status == 200 || removed.http.status == 204), removed.text());
    CHECK(one.rest("POST", "/tasks/" + task + ":cancel").http.status == 200);
  }
  CHECK(player(way::v1_rest).rest("GET", "/tasks").http.status == 200);
}

TEST_CASE_FIXTURE(with_a2a, "a send answers 200 in 1.0 and 201 in 0.3") {
  CHECK(player(way::v1_rest).send(say("hello")).http.status == 200);
  CHECK(player(way::v03_rest).send(say("hello")).http.status == 201);
}

TEST_CASE_FIXTURE(with_a2a, "cancel takes no body, an empty object, and metadata") {
  auto one = player(way::v1_rest);
  for (const std::string body : {"", "{}", R"({"metadata": {"why": "enough"}})"}) {
    const auto task = one.task(say("ask")).at("id").get<std::string>();
    const auto got = one.rest("POST", "/tasks/" + task + ":cancel", body);
    REQUIRE_MESSAGE(got.http.status == 200, got.text());
    CHECK(state_of(got.body) == "TASK_STATE_CANCELED");
  }
}

TEST_CASE_FIXTURE(with_a2a, "subscribe is a GET and a POST, and is not taken for the reading of a task") {
  auto one = player(way::v1_rest);
  const auto task = one.task(say("ask")).at("id").get<std::string>();
  for (const std::string method : {"GET", "POST"}) {
    event_stream stream{server.port(), method, url + "/tasks/" + task + ":subscribe", "", rest_headers()};
    REQUIRE_MESSAGE(stream.status() == 200, stream.refusal().body);
    CHECK(stream.answer().header("content-type").starts_with("text/event-stream"));
    const auto first = stream.next();
    REQUIRE(first);
    CHECK(json::parse(first->data).at("task").at("id") == task);
  }
  one.cancel(task);
}

TEST_CASE_FIXTURE(with_a2a, "query parameters are camelCase, of the types of their fields, and decoded") {
  auto one = player(way::v1_rest);
  auto message = say("hello");
  message["contextId"] = "a context/with & signs";
  const auto task = one.task(message);
  const auto found = one.list({{"contextId", "a context/with & signs"}, {"includeArtifacts", true}, {"pageSize", 5}});
  REQUIRE_MESSAGE(found.ok(), found.text());
  REQUIRE(found.result.at("tasks").size() == 1);
  CHECK(found.result.at("tasks").at(0).at("id") == task.at("id"));
  CHECK(one.list({{"includeArtifacts", "perhaps"}}).code == -32602);
  CHECK(one.list({{"pageSize", "many"}}).code == -32602);
  CHECK(one.rest("GET", "/tasks/" + task.at("id").get<std::string>() + "?historyLength=none").code == -32602);
}

TEST_CASE_FIXTURE(with_a2a, "a path of REST that there is not is 404, and a wrong method is 405") {
  for (const std::string path : {"/message:shout", "/tasks/x:fly", "/tasks/x/pushes", "/no/such/path/at/all"}) {
    const auto got = with.post(url + path, "{}", rest_headers());
    CHECK_MESSAGE((got.status == 404 || got.status == 405), path, " ", got.body);
  }
  const auto got = with.get(url + "/message:send", rest_headers());
  CHECK_MESSAGE(got.status == 405, got.body);
}

TEST_CASE_FIXTURE(with_a2a, "below an agent's URL every refusal is in the form of the protocol, whatever the path is") {
  const auto refused = [&](const std::string& method, const std::string& path, int status, header_pairs headers) {
    CAPTURE(method + " " + path);
    http_client anybody{server.port()};
    const auto got = method == "GET" ? anybody.get(path, headers) : anybody.post(path, "{}", headers);
    REQUIRE(got);
    CHECK_MESSAGE(got->status == status, got->body);
    CHECK_MESSAGE(got->header("content-type").starts_with("application/json"), got->header("content-type"));
    const bool rpc = path.substr(0, path.find('?')) == url;
    const bool old = path.starts_with(url + "/v1");
    return read_answer(rpc ? way::v1_rpc : old ? way::v03_rest : way::v1_rest, *got).code;
  };
  for (const std::string path : {"/message:shout", "/v1/message:shout", "/tasks/", "//message:send", "/v1/", "/x/y/z"})
    CHECK(refused("POST", url + path, 404, rest_headers()) == -32600);
  for (const std::string path : {"/tasks?contextId=%zz", "/tasks?contextId=%00", "/tasks?contextId=%ff", "/tasks/%ff",
                                 "/v1/tasks/%00", "/v1/tasks/x?historyLength=%f"})
    CHECK(refused("GET", url + path, 400, rest_headers()) == -32600);
  CHECK(refused("POST", url + "?x=%zz", 400, rpc_headers()) == -32600);
  for (const std::string path : {"", "/message:send", "/v1/message:send", "/no/such/path"}) {
    auto headers = rest_headers();
    headers.emplace_back("Host", "evil.example");
    CHECK(refused("POST", url + path, 421, headers) == -32000);
  }
  // At the origin, where other protocols have their paths, a path of nobody's is in nobody's form.
  CHECK(with.get("/no/such/path/at/all").header("content-type") == "application/problem+json");
}

TEST_CASE_FIXTURE(with_a2a, "a query counts where there is a body, too") {
  auto one = player(way::v1_rest);
  const auto task = one.settle("hello").at("id").get<std::string>();
  const auto shown = one.rest("GET", "/tasks/" + task + "?historyLength=0", "{}");
  REQUIRE_MESSAGE(shown.ok(), shown.text());
  CHECK_FALSE(shown.result.contains("history"));
}

TEST_CASE_FIXTURE(with_a2a, "the tenant in the path is the caller's own, and any other is refused") {
  for (const std::string base : {"/a2a/a2a_player/default", "/default"}) {
    const auto made = with.post(base + "/message:send", send_params("hello").dump(), rest_headers());
    REQUIRE_MESSAGE(made.status == 200, made.body);
    const auto task = body_of(made).at("task").at("id").get<std::string>();
    CHECK(with.get(base + "/tasks/" + task, rest_headers()).status == 200);
    CHECK(with.get(base + "/tasks", rest_headers()).status == 200);
  }
  for (const auto& refused :
       {with.post("/a2a/a2a_player/elsewhere/message:send", send_params("hello").dump(), rest_headers()),
        with.get("/a2a/a2a_player/elsewhere/tasks", rest_headers())}) {
    CHECK_MESSAGE(refused.status == 400, refused.body);
    CHECK(read_answer(way::v1_rest, refused).code == -32602);
  }
}

TEST_CASE_FIXTURE(with_a2a, "the tenant in the parameters is the caller's own, and that of the path wins over it") {
  each_v1([&](client& one) {
    const auto own = one.send(say("hello"), json::object(), {{"tenant", "default"}});
    CHECK_MESSAGE(own.ok(), own.text());
    const auto other = one.send(say("hello"), json::object(), {{"tenant", "elsewhere"}});
    CHECK_MESSAGE(other.code == -32602, other.text());
  });
  auto body = send_params("hello");
  body["tenant"] = "elsewhere";
  const auto got = with.post("/a2a/a2a_player/default/message:send", body.dump(), rest_headers());
  CHECK_MESSAGE(got.status == 200, got.body);
}

TEST_CASE_FIXTURE(with_a2a, "a body of REST that is no JSON or no object is refused as invalid") {
  for (const std::string path : {"/message:send", "/v1/message:send"}) {
    for (const std::string body : {"", "{", "[]", "7"}) {
      const auto got = with.post(url + path, body, rest_headers());
      CHECK_MESSAGE(got.status == 400, path, " ", body, " ", got.body);
      (void)read_answer(path.starts_with("/v1") ? way::v03_rest : way::v1_rest, got);
    }
  }
}

}  // namespace
}  // namespace mofa::test::a2a

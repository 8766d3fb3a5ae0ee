// Keys: who may ask, who is told what, and that another's task is as one that there is not.
#include "tests/e2e/a2a/world.hpp"

#include <set>

namespace mofa::test::a2a {
namespace {

const std::string nothing = "0190163d-8694-739b-aea5-966c26f8ad91";

// Without what must differ: the id that was asked for, and the number of the request.
std::string form_of(const answer& got, const std::string& id) {
  auto body = got.body;
  if (body.is_object()) body.erase("id");
  auto text = body.dump();
  for (auto at = text.find(id); at != std::string::npos; at = text.find(id)) text.replace(at, id.size(), "ID");
  for (auto at = text.find("\"timestamp\":\""); at != std::string::npos; at = text.find("\"timestamp\":\"", at + 1))
    text.replace(at + 13, text.find('"', at + 13) - at - 13, "T");
  return std::to_string(got.http.status) + " " + text;
}

TEST_CASE_FIXTURE(with_keys, "another principal's task is never revealed: every operation answers as for none") {
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    auto alice = as(keys.alice, how);
    const std::string task = alice.settle("ask").at("id");
    REQUIRE(alice.push_set(task, {{"id", "a"}, {"url", "https://hook.invalid/hook"}}).ok());
    for (const auto& key : {keys.bob, keys.carol}) {
      auto other = as(key, how);
      const auto same = [&](const std::function<answer(const std::string&)>& ask) {
        const auto got = ask(task), none = ask(nothing);
        CHECK_MESSAGE(got.code == -32001, got.text());
        CHECK(form_of(got, task) == form_of(none, nothing));
      };
      same([&](const std::string& id) { return other.get(id); });
      same([&](const std::string& id) { return other.cancel(id); });
      same([&](const std::string& id) { return other.push_list(id); });
      same([&](const std::string& id) { return other.push_get(id, "a"); });
      same([&](const std::string& id) { return other.push_set(id, {{"id", "b"}, {"url", "https://hook.invalid/b"}}); });
      same([&](const std::string& id) {
        auto message = say("let me in");
        message["taskId"] = id;
        return other.send(message);
      });
      same([&](const std::string& id) {
        auto message = say("let me in");
        message["taskId"] = id;
        return other.stream_refused(message);
      });
      same([&](const std::string& id) { return other.subscribe_refused(id); });
      same([&](const std::string& id) { return other.push_delete(id, "a"); });
    }
    CHECK(alice.push_get(task, "a").ok());
    CHECK(state_of(alice.get(task).result) == "TASK_STATE_INPUT_REQUIRED");
    CHECK(alice.cancel(task).ok());
  }
}

TEST_CASE_FIXTURE(with_keys, "a list has the caller's own tasks only, whatever is filtered by") {
  for (const auto how : v1_ways) {
    auto message = say("hello");
    message["contextId"] = "shared by name";
    const auto task = as(keys.alice, how).task(message);
    for (const auto& key : {keys.bob, keys.carol}) {
      const auto got = as(key, how).list({{"contextId", "shared by name"}});
      CHECK(got.result.at("tasks").empty());
      CHECK(got.result.at("totalSize") == 0);
      for (const auto& query : {json::object(), json{{"status", "TASK_STATE_COMPLETED"}}, json{{"pageSize", 100}},
                                json{{"statusTimestampAfter", "2000-01-01T00:00:00Z"}}}) {
        const auto seen = as(key, how).list(query);
        REQUIRE_MESSAGE(seen.ok(), seen.text());
        for (const auto& each : seen.result.at("tasks")) CHECK(each.at("id") != task.at("id"));
      }
    }
    CHECK(!as(keys.alice, how).list({{"contextId", "shared by name"}}).result.at("tasks").empty());
  }
}

TEST_CASE_FIXTURE(with_keys, "contexts of the same name belong to each caller alone") {
  for (const auto how : all_ways) {
    auto message = say("hello");
    message["contextId"] = "mine " + name_of(how);
    const auto a = as(keys.alice, how).task(message), b = as(keys.bob, how).task(message);
    CHECK(a.at("contextId") == b.at("contextId"));
    CHECK(a.at("id") != b.at("id"));
    CHECK(as(keys.bob, how).get(a.at("id")).code == -32001);
  }
}

TEST_CASE_FIXTURE(with_keys, "without a key, or with a wrong one, every request is 401 with a challenge") {
  for (const auto how : all_ways) {
    for (const std::string key : {"", "mofa_wrong"}) {
      CAPTURE(name_of(how));
      auto one = as(key, how);
      const std::string path = !is_rest(how) ? "" : how == way::v1_rest ? "/message:send" : "/v1/message:send";
      const auto body = is_rest(how) ? send_params("hello").dump()
                                     : rpc_body(is_v1(how) ? "SendMessage" : "message/send", send_params("hello"));
      const auto got = one.connection().post("/a2a/a2a_player" + path, body, one.headers());
      REQUIRE(got);
      CHECK(got->status == 401);
      CHECK(got->header("www-authenticate").starts_with("Bearer"));
      const auto shown = body_of(*got);
      if (!is_rest(how)) {
        CHECK_MESSAGE(shown.at("jsonrpc") == "2.0", got->body);
        CHECK(shown.at("id").is_null());
        CHECK(shown.at("error").at("code") == -32000);
      } else {
        const auto& why = how == way::v1_rest ? shown.at("error") : shown;
        CHECK_MESSAGE(!why.at("message").get<std::string>().empty(), got->body);
        CHECK(why.at("code") == (how == way::v1_rest ? 401 : -32000));
      }
      std::vector<answer> all{one.get(nothing),
                              one.cancel(nothing),
                              one.push_set(nothing, {{"id", "a"}, {"url", "https://hook.invalid/"}}),
                              one.push_get(nothing, "a"),
                              one.push_list(nothing),
                              one.push_delete(nothing, "a"),
                              one.stream_refused(say("hello")),
                              one.subscribe_refused(nothing),
                              one.extended_card()};
      if (is_v1(how)) all.push_back(one.list());
      for (const auto& each : all) {
        CHECK_MESSAGE(each.http.status == 401, each.text());
        CHECK(each.http.header("www-authenticate").starts_with("Bearer"));
      }
      // So it is where there is no such path.
      if (!is_rest(how)) continue;
      const auto lost = one.connection().post("/a2a/a2a_player" + path + "/no/such", body, one.headers());
      REQUIRE(lost);
      CHECK(lost->status == 401);
      CHECK_MESSAGE(read_answer(how, *lost).code == -32000, lost->body);
    }
  }
}

TEST_CASE_FIXTURE(with_keys, "a key without the right to write may read, and is 403 where it may not") {
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    auto one = as(keys.reader, how);
    CHECK(one.get(nothing).code == -32001);
    const std::string path = !is_rest(how) ? "" : how == way::v1_rest ? "/message:send" : "/v1/message:send";
    const json rest{{"message", written_message(how, say("hello"))}};
    const auto body = is_rest(how) ? rest.dump() : rpc_body(is_v1(how) ? "SendMessage" : "message/send", rest);
    const auto got = one.connection().post("/a2a/a2a_player" + path, body, one.headers());
    REQUIRE(got);
    CHECK_MESSAGE(got->status == 403, got->body);
    CHECK_MESSAGE(got->body.find("tasks:write") != std::string::npos, got->body);
    CHECK_MESSAGE(read_answer(how, *got).code == -32000, got->body);
    for (const auto& each : {one.cancel(nothing), one.push_set(nothing, {{"id", "a"}, {"url", "https://hook.invalid/"}}),
                             one.push_delete(nothing, "a"), one.stream_refused(say("hello"))}) {
      CHECK_MESSAGE(each.http.status == 403, each.text());
      CHECK_MESSAGE(each.text().find("tasks:write") != std::string::npos, each.text());
    }
  }
}

TEST_CASE_FIXTURE(with_keys, "a tenant is the caller's own or none") {
  for (const auto how : v1_ways) {
    auto one = as(keys.alice, how);
    CHECK(one.send(say("hello"), json::object(), {{"tenant", "north"}}).ok());
    CHECK(one.send(say("hello"), json::object(), {{"tenant", "south"}}).code == -32602);
    CHECK(one.send(say("hello"), json::object(), {{"tenant", "default"}}).code == -32602);
  }
  auto alice = as(keys.alice, way::v1_rest);
  CHECK(alice.rest("GET", "/north/tasks").http.status == 200);
  CHECK(alice.rest("GET", "/south/tasks").http.status == 400);
}

TEST_CASE_FIXTURE(with_keys, "the public cards are for everybody, the others for who has a key") {
  http_client anybody{server.port()};
  for (const std::string of : {"1.0", "0.3"}) {
    const header_pairs version{{"A2A-Version", of}};
    const auto open = anybody.get("/a2a/a2a_public/.well-known/agent-card.json", version);
    REQUIRE(open);
    CHECK_MESSAGE(open->status == 200, open->body);
    for (const std::string agent : {"a2a_player", "a2a_recluse"}) {
      const auto closed = anybody.get("/a2a/" + agent + "/.well-known/agent-card.json", version);
      REQUIRE(closed);
      CHECK_MESSAGE(closed->status == 404, closed->body);
      // That it is there is not told: so is the answer for one that is not.
      auto told = closed->body;
      const auto named = told.find(agent);
      REQUIRE_MESSAGE(named != std::string::npos, told);
      const auto none = anybody.get("/a2a/nobody_at_all/.well-known/agent-card.json", version);
      REQUIRE(none);
      CHECK(none->status == 404);
      CHECK(told.replace(named, agent.size(), "nobody_at_all") == none->body);
      auto shown = version;
      shown.emplace_back("Authorization", "Bearer " + keys.alice);
      const auto known = anybody.get("/a2a/" + agent + "/.well-known/agent-card.json", shown);
      REQUIRE(known);
      CHECK_MESSAGE(known->status == 200, known->body);
    }
    const auto catalogue = anybody.get("/a2a", version);
    REQUIRE(catalogue);
    std::set<std::string> names;
    const auto listed = body_of(*catalogue);
    for (const auto& each : listed.at("agents")) names.insert(each.at("name"));
    CHECK(names == std::set<std::string>{"a2a_public"});
  }
}

TEST_CASE_FIXTURE(with_keys, "a card declares the schemes that the server enforces") {
  http_client anybody{server.port()};
  const auto got = anybody.get("/a2a/a2a_public/.well-known/agent-card.json", {{"A2A-Version", "1.0"}});
  REQUIRE(got);
  const auto card = body_of(*got);
  std::set<std::string> kinds;
  for (const auto& [name, scheme] : card.at("securitySchemes").items()) {
    CHECK_MESSAGE(scheme.size() == 1, name);
    if (scheme.contains("httpAuthSecurityScheme")) {
      kinds.insert("http");
      CHECK(scheme.at("httpAuthSecurityScheme").at("scheme") == "Bearer");
    }
    if (scheme.contains("apiKeySecurityScheme")) {
      kinds.insert("key");
      CHECK(scheme.at("apiKeySecurityScheme").at("location") == "header");
      CHECK(!scheme.at("apiKeySecurityScheme").at("name").get<std::string>().empty());
    }
  }
  CHECK(kinds == std::set<std::string>{"http", "key"});
  // Each of them is one by which a caller is known.
  for (const auto& [name, scheme] : card.at("securitySchemes").items()) {
    auto headers = rpc_headers();
    if (scheme.contains("apiKeySecurityScheme"))
      headers.emplace_back(scheme.at("apiKeySecurityScheme").at("name").get<std::string>(), keys.alice);
    else
      headers.emplace_back("Authorization", "Bearer " + keys.alice);
    const auto rpc = anybody.post("/a2a/a2a_public", rpc_body("GetTask", {{"id", nothing}}), headers);
    REQUIRE(rpc);
    CHECK_MESSAGE(read_answer(way::v1_rpc, *rpc).code == -32001, name, " ", rpc->body);
    const auto rest = anybody.get("/a2a/a2a_public/tasks/" + nothing, headers);
    REQUIRE(rest);
    CHECK_MESSAGE(read_answer(way::v1_rest, *rest).code == -32001, name, " ", rest->body);
  }
  REQUIRE(!card.at("securityRequirements").empty());
  for (const auto& each : card.at("securityRequirements"))
    for (const auto& [name, list] : each.at("schemes").items()) {
      CHECK_MESSAGE(card.at("securitySchemes").contains(name), name);
      CHECK(list.at("list") == json{"tasks:read", "tasks:write"});
    }
  const auto old = anybody.get("/a2a/a2a_public/.well-known/agent-card.json", {{"A2A-Version", "0.3"}});
  REQUIRE(old);
  const auto shown = body_of(*old);
  CHECK(!shown.at("security").empty());
  for (const auto& [name, scheme] : shown.at("securitySchemes").items())
    CHECK_MESSAGE((scheme.value("type", "") == "http" || scheme.value("type", "") == "apiKey"), name);
}

TEST_CASE_FIXTURE(with_keys, "the extended card is for who has a key, and says more than the public one") {
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    // The scopes that the card asks for are enough, and one who may only read may read it.
    for (const auto& key : {keys.alice, keys.bob, keys.reader}) {
      auto known = as(key, how, "a2a_public");
      const auto got = known.extended_card();
      REQUIRE_MESSAGE(got.ok(), got.text());
      std::set<std::string> skills;
      for (const auto& each : got.result.at("skills")) skills.insert(each.at("id"));
      CHECK(skills.contains("inner"));
      if (is_rest(how)) CHECK(got.http.header("cache-control") == "private, max-age=60");
      CHECK(got.result.contains("url") == !is_v1(how));
    }
    auto unknown = as("", how, "a2a_public");
    const auto path = !is_rest(how) ? "" : how == way::v1_rest ? "/extendedAgentCard" : "/v1/card";
    const auto method = is_v1(how) ? "GetExtendedAgentCard" : "agent/getAuthenticatedExtendedCard";
    const auto refused = is_rest(how) ? unknown.connection().get("/a2a/a2a_public" + std::string{path}, unknown.headers())
                                      : unknown.connection().post("/a2a/a2a_public", rpc_body(method), unknown.headers());
    REQUIRE(refused);
    CHECK_MESSAGE(refused->status == 401, refused->body);
    CHECK(as(keys.alice, how).extended_card().code != 0);
  }
  for (const std::string version : {"1.0", "0.3"}) {
    const auto card =
        body_of(*http_client(server.port()).get("/a2a/a2a_public/.well-known/agent-card.json", {{"A2A-Version", version}}));
    const auto& shown =
        version == "1.0" ? card.at("capabilities").at("extendedAgentCard") : card.at("supportsAuthenticatedExtendedCard");
    CHECK(shown == true);
    CHECK(card.dump().find("inner") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(with_keys, "clients of 0.2 find the extended card where they look for it over HTTP") {
  const std::string place = "/a2a/a2a_public/agent/authenticatedExtendedCard";
  http_client anybody{server.port()};
  const auto got = anybody.get(place, {{"Authorization", "Bearer " + keys.bob}});
  REQUIRE(got);
  REQUIRE_MESSAGE(got->status == 200, got->body);
  CHECK(body_of(*got) == as(keys.bob, way::v03_rpc, "a2a_public").extended_card().result);
  const auto refused = anybody.get(place);
  REQUIRE(refused);
  CHECK(refused->status == 401);
  CHECK(refused->header("www-authenticate").starts_with("Bearer"));
  CHECK_MESSAGE(read_answer(way::v03_rest, *refused).code == -32000, refused->body);
}

}  // namespace
}  // namespace mofa::test::a2a

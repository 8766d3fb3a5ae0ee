#include <doctest/doctest.h>

#include <algorithm>

#include "server/base/digest.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

namespace {

ask of_agent(std::string method, std::string_view tail = {}) {
  std::string pattern = "/api/v1/agents/{name}";
  pattern += tail;
  return {.method = std::move(method), .pattern = pattern, .parameters = {{"name", "echo"}}};
}

}  // namespace

TEST_CASE("agents are listed with filters and pages") {
  harness call;
  const auto got = call.json({.method = "GET",
                              .pattern = "/api/v1/agents",
                              .query = "label=owner:demo&skill=math&kind=scenario&state=paused&q=say+it&limit=2&cursor=a"});
  CHECK(got["next_cursor"] == "echo");
  CHECK(got["items"][0]["name"] == "echo");
  CHECK(got["items"][0]["skills"][0]["tags"][0] == "sums");
  CHECK(got["items"][0]["source"] == "config/agents/echo.yaml");
  CHECK(got["items"][0]["error"].is_null());
  CHECK_FALSE(got["items"][0].contains("definition"));
  CHECK(call.agents.filter.label == std::pair<std::string, std::string>{"owner", "demo"});
  CHECK(call.agents.filter.skill == "math");
  CHECK(call.agents.filter.kind == "scenario");
  CHECK(call.agents.filter.state == core::agent_state::paused);
  CHECK(call.agents.filter.text == "say it");
  CHECK(call.agents.want.limit == 2);
  CHECK(call.agents.want.cursor == "a");
  call.problem({.method = "GET", .pattern = "/api/v1/agents", .query = "state=asleep"}, 422, "invalid");
}

TEST_CASE("an agent is shown with its limits and its document") {
  harness call;
  const auto got = call.json(of_agent("GET"));
  CHECK(call.agents.asked == std::vector<std::string>{"get echo"});
  CHECK(got["version"] == 3);
  CHECK(got["limits"]["max_concurrent_tasks"] == 256);
  CHECK(got["limits"]["input_timeout_ms"].is_null());
  CHECK(got["supervision"]["backoff_ms"] == core::json{50, 5000});
  CHECK(got["on_busy_context"] == "queue");
  CHECK(got["durability"] == "sync");
  CHECK(got["definition"]["kind"] == "scenario");
}

TEST_CASE("an unknown agent is 404 with what the port says, an impossible name is not even asked for") {
  harness call;
  call.agents.failure = fail(errc::not_found, "no agent 'ehco'; did you mean 'echo'?");
  CHECK(call.problem(of_agent("GET"), 404, "not_found")["detail"] == "no agent 'ehco'; did you mean 'echo'?");
  auto what = of_agent("GET");
  what.parameters = {{"name", std::string(129, 'a')}};
  call.problem(what, 404, "not_found");
  CHECK(call.agents.asked.size() == 1);
}

TEST_CASE("the versions of an agent are one page") {
  harness call;
  const auto got = call.json(of_agent("GET", "/versions"));
  CHECK(call.agents.asked == std::vector<std::string>{"versions echo"});
  CHECK(got["items"].size() == 2);
  CHECK(got["items"][0] == core::json{{"version", 2}, {"created_at", "2026-01-31T09:00:00.123Z"}, {"hash", "ab"}});
  CHECK(got["next_cursor"].is_null());
}

TEST_CASE("an agent's actor is shown live") {
  harness call;
  const auto got = call.json(of_agent("GET", "/actor"));
  CHECK(call.agents.asked == std::vector<std::string>{"actor echo"});
  CHECK(got["agent"] == "echo");
  CHECK(got["state"] == "ready");
  CHECK(got["last_failure"] == "boom");
  CHECK(got["live_tasks"] == 4);
}

TEST_CASE("each command reaches the agent and answers with its state afterwards") {
  const std::pair<std::string, core::agent_command> cases[] = {{":pause", core::agent_command::pause},
                                                               {":resume", core::agent_command::resume},
                                                               {":restart", core::agent_command::restart},
                                                               {":drain", core::agent_command::drain}};
  for (const auto& [verb, command] : cases) {
    harness call;
    auto what = of_agent("POST", verb);
    CHECK(call.json(what)["state"] == "paused");
    what.body = "{}";
    CHECK(call.json(what)["last_failure"].is_null());
    CHECK(call.agents.asked.front() == "command echo " + std::to_string(static_cast<int>(command)));
    what.body = R"({"force": true})";
    call.problem(what, 422, "invalid");
    what.body = "nonsense";
    call.problem(what, 400, "invalid_syntax");
    what.body.clear();
    what.query = "force=1";
    CHECK(call.problem(what, 422, "invalid")["errors"][0]["message"] == "unknown parameter 'force'; this route takes none");
    CHECK(call.agents.asked.size() == 2);
  }
}

TEST_CASE("the supervision tree is shown whole") {
  harness call;
  const auto got = call.json({.method = "GET", .pattern = "/api/v1/supervision"});
  CHECK(got["strategy"] == "one_for_one");
  CHECK(got["last_failure"].is_null());
  CHECK(got["children"][0]["name"] == "store");
  CHECK(got["children"][0]["strategy"].is_null());
  CHECK(got["children"][0]["restarts"] == 2);
  call.agents.failure = fail(errc::unavailable, "the root restarts");
  call.problem({.method = "GET", .pattern = "/api/v1/supervision"}, 503, "unavailable");
}

TEST_CASE("a definition is taken as JSON or as YAML, and answered with its ETag") {
  harness call;
  const std::string json_text = R"({"name":"echo","kind":"scenario"})", yaml_text = "name: echo\nkind: scenario\n";
  struct form {
    std::string body, type;
  };
  for (const auto& [body, type] :
       {form{json_text, "application/json"}, form{json_text, ""}, form{yaml_text, "application/yaml"},
        form{yaml_text, "application/x-www-form-urlencoded"}}) {
    CAPTURE(type);
    http::header_list headers;
    if (!type.empty()) headers.emplace_back("content-type", type);
    const auto got = call({.method = "POST", .pattern = "/api/v1/agents", .body = body, .headers = headers});
    CHECK(got.status == 201);
    CHECK(call.agents.asked.back() == R"(apply new 0 {"kind":"scenario","name":"echo"})");
    CHECK(std::count(got.headers.begin(), got.headers.end(), std::pair<std::string, std::string>{"ETag", "\"3\""}) == 1);
    CHECK(std::count(got.headers.begin(), got.headers.end(),
                     std::pair<std::string, std::string>{"Location", "/api/v1/agents/echo"}) == 1);
  }
  call.problem({.method = "POST", .pattern = "/api/v1/agents", .body = "{\"name\""}, 400, "invalid_syntax");
  call.problem({.method = "POST", .pattern = "/api/v1/agents", .body = "a: &x 1"}, 400, "invalid_syntax");
}

TEST_CASE("a web page must say that it sends a definition, as JSON or as YAML") {
  harness call;
  const std::string yaml_text = "name: echo\nkind: scenario\n";
  const auto from_page = [](std::string body, std::string type) {
    ask out{.method = "POST", .pattern = "/api/v1/agents", .body = std::move(body), .from_browser = true};
    if (!type.empty()) out.headers.emplace_back("content-type", std::move(type));
    return out;
  };
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
    CAPTURE(type);
    call.problem(from_page(yaml_text, type), 415, "unsupported_media_type");
    call.problem(from_page("{}", type), 415, "unsupported_media_type");
  }
  CHECK(call.agents.asked.empty());
  CHECK(call(from_page(yaml_text, "application/yaml")).status == 201);
  CHECK(call(from_page(R"({"name":"echo"})", "application/json")).status == 201);
}

TEST_CASE("PUT and DELETE hand on the version that If-Match names, and refuse what is no ETag") {
  harness call;
  auto put = of_agent("PUT");
  put.body = R"({"name":"echo","kind":"scenario"})";
  put.headers = {{"if-match", "\"3\""}};
  CHECK(call(put).status == 200);
  CHECK(call.agents.asked.back().starts_with("apply echo 3 "));
  put.headers = {{"if-match", "3"}};
  call.problem(put, 422, "invalid");

  auto remove = of_agent("DELETE");
  remove.headers = {{"if-match", "\"2\""}};
  CHECK(call(remove).status == 204);
  CHECK(call.agents.asked.back() == "remove echo 2");
  remove.query = "drain=true";
  CHECK(call(remove).status == 202);
  CHECK(call.agents.asked.back() == "remove echo 2 drain");
  remove.query = "drain=maybe";
  call.problem(remove, 422, "invalid");
  call.agents.failure = fail(errc::precondition_failed, "the newest version of 'echo' is 4");
  remove.query.clear();
  call.problem(remove, 412, "precondition_failed");
}

TEST_CASE("a new agent has the key of its request, bound to the caller and the body, and a repeat says so") {
  harness call;
  ask what{.method = "POST", .pattern = "/api/v1/agents", .body = R"({"name":"echo","kind":"scenario"})"};
  CHECK(header_of(call(what), "Idempotency-Replayed").empty());
  CHECK_FALSE(call.agents.applied->idempotency);
  what.headers = {{"idempotency-key", "k-1"}};
  call.agents.replayed = true;
  const auto got = call(what);
  CHECK(got.status == 201);
  CHECK(header_of(got, "Idempotency-Replayed") == "true");
  CHECK(header_of(got, "Location") == "/api/v1/agents/echo");
  REQUIRE(call.agents.applied->idempotency);
  CHECK(call.agents.applied->idempotency->key == "k-1");
  CHECK(call.agents.applied->idempotency->operation == "POST /api/v1/agents");
  CHECK(call.agents.applied->idempotency->body_hash == sha256_hex(what.body));
  CHECK(call.agents.applied->who.principal == "ada");
  what.headers = {{"idempotency-key", ""}};
  call.problem(what, 422, "invalid");
  what.headers = {{"idempotency-key", "k-1"}};
  call.agents.failure = fail(errc::idempotency_mismatch, "another body");
  call.problem(what, 422, "idempotency_mismatch");
}

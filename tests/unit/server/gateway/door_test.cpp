#include "server/gateway/door.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "server/gateway/origin.hpp"

using namespace mofa;

namespace {

constexpr time_point now{milliseconds{1'700'000'000'000}};

http::route route(std::string method, std::string pattern, std::optional<core::scope> scope) {
  return {std::move(method), std::move(pattern), scope, [](http::request, http::responder) {}};
}

gateway::router sample_routes() {
  http::route_table table;
  table.push_back(route("GET", "/livez", std::nullopt));
  table.push_back(route("GET", "/tasks/{id}", core::scope::tasks_read));
  table.push_back(route("POST", "/tasks", core::scope::tasks_write));
  table.push_back(http::form_below("/talk", [](const error& why) {
    http::response out;
    out.status = 418;
    out.body = to_string(why.code);
    return out;
  }));
  auto made = gateway::router::make(std::move(table));
  REQUIRE(made);
  return *std::move(made);
}

gateway::key key_of(std::string name, std::string_view secret, unsigned scopes) {
  gateway::key out;
  out.name = std::move(name);
  out.hash = sha256(secret);
  out.tenant = "t1";
  out.scopes = scopes;
  return out;
}

struct house {
  gateway::options settings;
  gateway::router routes = sample_routes();

  gateway::verdict judge(http::request& ask) const { return gateway::door{settings, routes}.judge(ask, now); }
};

http::request request(std::string method, std::string path, http::header_list headers = {}) {
  http::request out;
  out.method = std::move(method);
  out.path = std::move(path);
  out.headers = std::move(headers);
  out.request_id = "r";
  if (!out.header("host")) out.headers.emplace_back("host", "127.0.0.1:8080");
  out.from_browser = out.header("origin").has_value();
  return out;
}

std::string header_of(const http::response& answer, std::string_view name) {
  const auto found =
      std::find_if(answer.headers.begin(), answer.headers.end(), [&](const auto& each) { return each.first == name; });
  return found == answer.headers.end() ? std::string{} : found->second;
}

int status_of(const house& where, http::request ask) {
  const auto found = where.judge(ask);
  return found.answer ? found.answer->status : 0;
}

}  // namespace

TEST_CASE("without keys everybody is the local caller with every scope") {
  house at;
  auto ask = request("GET", "/tasks/7");
  const auto found = at.judge(ask);
  REQUIRE(found.route != nullptr);
  CHECK(found.pattern == "/tasks/{id}");
  CHECK(ask.caller.tenant == "default");
  CHECK(ask.caller.principal == "local");
  CHECK(ask.caller.scopes == 63);
  CHECK(ask.parameter("id") == "7");
}

TEST_CASE("without keys only loopback hosts are answered") {
  house at;
  for (const char* good :
       {"localhost", "LOCALHOST:1", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:8080", "[0:0:0:0:0:0:0:1]:1"}) {
    CAPTURE(good);
    CHECK(status_of(at, request("GET", "/livez", {{"host", good}})) == 0);
  }
  for (const char* bad : {"", "example.com", "localhost.example.com", "127.0.0.1.example.com", "128.0.0.1", "[::2]", "[::1",
                          "::1", "[::1]x", "localhost:", "localhost:80x", "127.1", "0x7f.0.0.1", "0.0.0.0", "localhost."}) {
    CAPTURE(bad);
    auto ask = request("GET", "/livez", {{"host", bad}});
    const auto found = at.judge(ask);
    REQUIRE(found.answer);
    CHECK(found.answer->status == 421);
    CHECK(found.refusal == "host_not_allowed");
  }
}

TEST_CASE("without keys a page of another origin may not change state") {
  house at;
  at.settings.cors_origins = {"https://board.example"};
  const auto status = [&](std::string method, std::string path, std::string origin) {
    return status_of(at, request(std::move(method), std::move(path), {{"origin", std::move(origin)}}));
  };
  CHECK(status("POST", "/tasks", "http://127.0.0.1:8080") == 0);
  CHECK(status("POST", "/tasks", "https://board.example") == 0);
  CHECK(status("POST", "/tasks", "http://evil.example") == 403);
  CHECK(status("POST", "/tasks", "http://127.0.0.1:9999") == 403);
  CHECK(status("POST", "/tasks", "https://127.0.0.1:8080") == 403);
  CHECK(status("POST", "/tasks", "null") == 403);
  CHECK(status("POST", "/tasks", "") == 403);
  CHECK(status("GET", "/tasks/7", "http://evil.example") == 0);
}

TEST_CASE("without keys a page of another origin may not open a WebSocket, which is a GET") {
  house at;
  at.settings.cors_origins = {"https://board.example"};
  const auto status = [&](std::string origin) {
    return status_of(at, request("GET", "/tasks/7", {{"origin", std::move(origin)}, {"upgrade", "WebSocket"}}));
  };
  CHECK(status("http://127.0.0.1:8080") == 0);
  CHECK(status("https://board.example") == 0);
  CHECK(status("http://evil.example") == 403);
  at.settings.keys = {key_of("ci", "mofa_a", 1)};
  auto ask = request("GET", "/tasks/7",
                     {{"origin", "http://evil.example"}, {"upgrade", "websocket"}, {"authorization", "Bearer mofa_a"}});
  CHECK(at.judge(ask).route != nullptr);
}

TEST_CASE("a known key gives its caller, by either header") {
  house at;
  at.settings.keys = {key_of("ci", "mofa_a", 1), key_of("ops", "mofa_b", 32)};
  auto ask = request("GET", "/tasks/7", {{"authorization", "bearer  mofa_b"}});
  REQUIRE(at.judge(ask).route != nullptr);
  CHECK(ask.caller.principal == "ops");
  CHECK(ask.caller.tenant == "t1");
  CHECK(ask.caller.scopes == 32);
  ask = request("GET", "/tasks/7", {{"x-api-key", "mofa_a"}});
  REQUIRE(at.judge(ask).route != nullptr);
  CHECK(ask.caller.principal == "ci");
}

TEST_CASE("no key, an unknown key and an expired key are 401, each with its own reason") {
  house at;
  auto old = key_of("old", "mofa_c", 1);
  old.expires = now;
  at.settings.keys = {key_of("ci", "mofa_a", 1), old};
  const auto detail = [&](http::header_list headers) {
    auto ask = request("GET", "/tasks/7", std::move(headers));
    const auto found = at.judge(ask);
    REQUIRE(found.answer);
    CHECK(found.answer->status == 401);
    CHECK(header_of(*found.answer, "WWW-Authenticate") == "Bearer realm=\"mofa\"");
    const auto begin = found.answer->body.find("\"detail\":\"") + 10;
    return found.answer->body.substr(begin, found.answer->body.find('"', begin) - begin);
  };
  CHECK(detail({}) == "no key; send 'Authorization: Bearer mofa_…' or 'X-API-Key: mofa_…'");
  CHECK(detail({{"authorization", "Basic mofa_a"}}) == "no key; send 'Authorization: Bearer mofa_…' or 'X-API-Key: mofa_…'");
  CHECK(detail({{"authorization", "Bearer mofa_x"}}) == "unknown key");
  CHECK(detail({{"x-api-key", "mofa_c"}}) == "the key 'old' expired at 2023-11-14T22:13:20.000Z");
}

TEST_CASE("with keys an unknown path is 401 to who shows none, and 404 to who does") {
  house at;
  at.settings.keys = {key_of("ci", "mofa_a", 1)};
  CHECK(status_of(at, request("GET", "/nothing")) == 401);
  CHECK(status_of(at, request("GET", "/nothing", {{"x-api-key", "mofa_a"}})) == 404);
  CHECK(status_of(at, request("PUT", "/livez")) == 401);
}

TEST_CASE("with keys a route without scope is open, and any host is answered") {
  house at;
  at.settings.keys = {key_of("ci", "mofa_a", 1)};
  auto ask = request("GET", "/livez", {{"host", "mofa.example"}});
  REQUIRE(at.judge(ask).route != nullptr);
  CHECK(ask.caller.principal == "anonymous");
  CHECK(ask.caller.scopes == 0);
}

TEST_CASE("on a route without scope who shows a key is known by it, and a wrong key is no key") {
  house at;
  at.settings.keys = {key_of("ci", "mofa_a", 1)};
  auto ask = request("GET", "/livez", {{"x-api-key", "mofa_a"}});
  REQUIRE(at.judge(ask).route != nullptr);
  CHECK(ask.caller.principal == "ci");
  CHECK(ask.caller.scopes == 1);
  ask = request("GET", "/livez", {{"x-api-key", "mofa_x"}});
  REQUIRE(at.judge(ask).route != nullptr);
  CHECK(ask.caller.principal == "anonymous");
}

TEST_CASE("a missing scope is 403 and named; admin has them all") {
  house at;
  at.settings.keys = {key_of("ci", "mofa_a", 1), key_of("ops", "mofa_b", 32)};
  auto ask = request("POST", "/tasks", {{"x-api-key", "mofa_a"}});
  const auto found = at.judge(ask);
  REQUIRE(found.answer);
  CHECK(found.answer->status == 403);
  CHECK(found.answer->body.find("the key 'ci' lacks the scope 'tasks:write'") != std::string::npos);
  CHECK(status_of(at, request("POST", "/tasks", {{"x-api-key", "mofa_b"}})) == 0);
}

TEST_CASE("an unknown method is 405 with those that the path takes, and OPTIONS asks for them") {
  house at;
  auto ask = request("PATCH", "/tasks/7");
  const auto found = at.judge(ask);
  REQUIRE(found.answer);
  CHECK(found.answer->status == 405);
  CHECK(found.pattern == "/tasks/{id}");
  CHECK(header_of(*found.answer, "Allow") == "GET, HEAD, OPTIONS");
  ask = request("OPTIONS", "/tasks");
  const auto asked = at.judge(ask);
  REQUIRE(asked.answer);
  CHECK(asked.answer->status == 204);
  CHECK(asked.refusal.empty());
  CHECK(asked.answer->body.empty());
  CHECK(header_of(*asked.answer, "Allow") == "POST, OPTIONS");
}

TEST_CASE("a preflight of an allowed origin needs no key; of another one it is an ordinary request") {
  house at;
  at.settings.keys = {key_of("ci", "mofa_a", 1)};
  at.settings.cors_origins = {"https://board.example"};
  auto ask = request("OPTIONS", "/tasks", {{"origin", "https://board.example"}, {"access-control-request-method", "POST"}});
  const auto found = at.judge(ask);
  REQUIRE(found.answer);
  CHECK(found.answer->status == 204);
  CHECK(header_of(*found.answer, "Access-Control-Allow-Methods") == "POST, OPTIONS");
  CHECK(header_of(*found.answer, "Access-Control-Allow-Headers").find("Authorization") != std::string::npos);
  CHECK(status_of(at, request("OPTIONS", "/tasks",
                              {{"origin", "https://evil.example"}, {"access-control-request-method", "POST"}})) == 401);
  const gateway::door door{at.settings, at.routes};
  CHECK(door.lets_pages_in());
  CHECK(door.readable_by("https://board.example") == "https://board.example");
  CHECK(door.readable_by("https://evil.example").empty());
}

TEST_CASE("pages may send and read the headers of A2A, under their old name too") {
  house at;
  CHECK_FALSE(gateway::door{at.settings, at.routes}.lets_pages_in());
  at.settings.cors_origins = {"https://board.example"};
  auto ask = request("OPTIONS", "/tasks", {{"origin", "https://board.example"}, {"access-control-request-method", "POST"}});
  const auto preflight = at.judge(ask);
  REQUIRE(preflight.answer);
  const auto sent = ", " + header_of(*preflight.answer, "Access-Control-Allow-Headers") + ",";
  http::response answer;
  gateway::door::allow_reading(answer, "https://board.example");
  const auto read = ", " + header_of(answer, "Access-Control-Expose-Headers") + ",";
  for (const char* each : {", A2A-Extensions,", ", X-A2A-Extensions,"}) {
    CHECK(sent.find(each) != std::string::npos);
    CHECK(read.find(each) != std::string::npos);
  }
  for (const char* each : {", A2A-Version,", ", Authorization,", ", If-None-Match,", ", Last-Event-ID,"})
    CHECK(sent.find(each) != std::string::npos);
  for (const char* each : {", ETag,", ", Retry-After,", ", WWW-Authenticate,"}) CHECK(read.find(each) != std::string::npos);
  CHECK(header_of(answer, "Access-Control-Allow-Origin") == "https://board.example");
  CHECK(header_of(answer, "Vary") == "Origin");
}

TEST_CASE("an answer that no page may read says only that it may differ") {
  http::response answer;
  gateway::door::allow_reading(answer, {});
  REQUIRE(answer.headers.size() == 1);
  CHECK(header_of(answer, "Vary") == "Origin");
}

TEST_CASE("what is refused without a route is in the form of the dialect that has the path") {
  house at;
  const auto words = [&](http::request ask) {
    const auto found = at.judge(ask);
    REQUIRE(found.answer);
    CHECK(found.answer->status == 418);
    CHECK(found.pattern == "unmatched");
    return found.answer->body;
  };
  CHECK(words(request("POST", "/talk/loudly")) == "not_found");
  CHECK(words(request("GET", "/talk", {{"host", "evil.example"}})) == "host_not_allowed");
  CHECK(words(request("POST", "/talk/x", {{"origin", "http://evil.example"}})) == "origin_not_allowed");
  auto odd = request("GET", "/talk/x");
  odd.query = "a=%ff";
  CHECK(words(std::move(odd)) == "invalid_syntax");
  at.settings.keys = {key_of("ci", "mofa_a", 1)};
  CHECK(words(request("GET", "/talk/x")) == "unauthenticated");
  CHECK(words(request("GET", "/talk/x", {{"x-api-key", "mofa_a"}})) == "not_found");
}

TEST_CASE("a query that is not well percent-encoded is 400") {
  house at;
  auto ask = request("GET", "/livez");
  ask.query = "a=%f";
  const auto found = at.judge(ask);
  REQUIRE(found.answer);
  CHECK(found.answer->status == 400);
}

TEST_CASE("a loopback address is recognised in each of its forms") {
  for (const char* good : {"127.0.0.1", "127.255.0.9", "::1", "[::1]", "localhost"})
    CHECK(gateway::is_loopback_address(good));
  for (const char* bad : {"0.0.0.0", "::", "10.0.0.1", "", "[]", "example.com"})
    CHECK_FALSE(gateway::is_loopback_address(bad));
}

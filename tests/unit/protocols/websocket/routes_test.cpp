#include "protocols/websocket/routes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "tests/unit/protocols/websocket/harness.hpp"

using namespace mofa;
using namespace mofa::websocket::testing;

namespace {

http::request handshake() {
  http::request out;
  out.method = "GET";
  out.path = "/api/v1/ws";
  out.headers = {{"upgrade", "websocket"},
                 {"connection", "keep-alive, Upgrade"},
                 {"sec-websocket-version", "13"},
                 {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  out.request_id = "r-1";
  return out;
}

http::response answer_to(http::request ask) {
  fake_tasks tasks;
  fake_topics topics;
  const auto table = websocket::routes(tasks, topics);
  REQUIRE(table.size() == 1);
  CHECK(table[0].scope == core::scope::tasks_read);
  std::optional<http::response> got;
  table[0].handle(std::move(ask), [&got](http::response what) { got = std::move(what); });
  REQUIRE(got);
  return *std::move(got);
}

http::request without(std::string_view name) {
  auto out = handshake();
  std::erase_if(out.headers, [&](const auto& each) { return each.first == name; });
  return out;
}

http::request with(std::string_view name, std::string value) {
  auto out = without(name);
  out.headers.emplace_back(name, std::move(value));
  return out;
}

std::string header_of(const http::response& from, std::string_view name) {
  const auto found =
      std::find_if(from.headers.begin(), from.headers.end(), [&](const auto& each) { return each.first == name; });
  return found == from.headers.end() ? std::string{} : found->second;
}

}  // namespace

TEST_CASE("a handshake in good form begins a conversation") {
  auto got = answer_to(handshake());
  CHECK(got.status == 101);
  REQUIRE(got.upgrade);
  CHECK(got.upgrade->key == "dGhlIHNhbXBsZSBub25jZQ==");
  int rings = 0;
  const auto talk = got.upgrade->open([&rings] { ++rings; });
  REQUIRE(talk);
  talk->hear(R"({"type":"ping","id":1})");
  CHECK(rings == 1);
  CHECK(talk->say() == R"({"type":"pong","id":1})");
}

TEST_CASE("names in the handshake's headers may be written in any case, also in several headers") {
  CHECK(answer_to(with("upgrade", "h2c, WebSocket")).status == 101);
  auto several = with("connection", "keep-alive");
  several.headers.emplace_back("connection", "uPgRaDe");
  CHECK(answer_to(std::move(several)).status == 101);
}

TEST_CASE("a plain GET is told to upgrade, and another version which one is spoken") {
  for (auto ask : {without("upgrade"), with("upgrade", "websockets"), without("sec-websocket-version"),
                   with("sec-websocket-version", "8")}) {
    const auto got = answer_to(std::move(ask));
    CHECK(got.status == 426);
    CHECK(got.content_type == "application/problem+json");
    CHECK(header_of(got, "Upgrade") == "websocket");
    CHECK(header_of(got, "Sec-WebSocket-Version") == "13");
    CHECK_FALSE(got.upgrade);
  }
}

TEST_CASE("a malformed handshake is a bad request") {
  for (auto ask : {without("connection"), with("connection", "close"), without("sec-websocket-key"),
                   with("sec-websocket-key", "short=="), with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ!!")}) {
    const auto got = answer_to(std::move(ask));
    CHECK(got.status == 400);
    CHECK_FALSE(got.upgrade);
  }
}

TEST_CASE("the route takes no query") {
  auto ask = handshake();
  ask.query = "after=1";
  CHECK(answer_to(std::move(ask)).status == 422);
}

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/integration/gateway_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

gateway::key key_of(const std::string& secret) {
  gateway::key out;
  out.name = secret;
  out.hash = sha256(secret);
  for (const auto each : core::all_scopes) out.scopes |= static_cast<unsigned>(each);
  return out;
}

std::string with_key(const std::string& secret, const std::string& body = {}) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + secret +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A connection that is used again and again: it has been open since before the change.
struct kept_open {
  explicit kept_open(std::uint16_t port) : client(port) {}
  int ask(const std::string& text) {
    if (!client.send(text)) return 0;
    const auto got = client.answer();
    return got ? got->status : 0;
  }
  raw_client client;
};

}  // namespace

TEST_CASE("a key that is taken away lets nobody in from then on, and a new one does, on connections that are open too") {
  gateway_fixture at{[](auto& settings) { settings.keys = {key_of("old"), key_of("stays")}; }};
  kept_open first{at.port()}, second{at.port()}, third{at.port()};
  for (auto* each : {&first, &second, &third}) CHECK(each->ask(with_key("old")) == 200);
  gateway::rules next;
  next.keys = {key_of("stays"), key_of("new")};
  REQUIRE(at.server->follow(next));
  for (auto* each : {&first, &second, &third}) {
    CHECK(each->ask(with_key("old")) == 401);
    CHECK(each->ask(with_key("stays")) == 200);
    CHECK(each->ask(with_key("new")) == 200);
  }
}

TEST_CASE("a stream whose key is taken away or loses a scope is cut off, another goes on") {
  gateway_fixture at{[](auto& settings) { settings.keys = {key_of("old"), key_of("less"), key_of("stays")}; }};
  raw_client client{at.port()};
  const auto open = [&](const std::string& secret) {
    REQUIRE(client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + secret + "\r\n\r\n"));
    const auto head = client.head();
    REQUIRE(head);
    CHECK(head->status == 200);
  };
  gateway::rules next;
  next.keys = {key_of("stays"), key_of("less")};
  next.keys[1].scopes = static_cast<unsigned>(core::scope::metrics);
  SUBCASE("gone") {
    open("old");
    REQUIRE(at.server->follow(next));
    CHECK(client.at_end());
    CHECK(at.feed->is_left());
  }
  SUBCASE("fewer scopes") {
    open("less");
    REQUIRE(at.server->follow(next));
    CHECK(client.at_end());
  }
  SUBCASE("expired") {
    next.keys = {key_of("old")};
    next.keys[0].expires = at.clock.now() - std::chrono::seconds{1};
    open("old");
    REQUIRE(at.server->follow(next));
    CHECK(client.at_end());
  }
  SUBCASE("another tenant's") {
    next.keys = {key_of("old")};
    next.keys[0].tenant = "other";
    open("old");
    REQUIRE(at.server->follow(next));
    CHECK(client.at_end());
  }
  SUBCASE("under another name") {
    next.keys = {key_of("old")};
    next.keys[0].name = "somebody";
    open("old");
    REQUIRE(at.server->follow(next));
    CHECK(client.at_end());
  }
  SUBCASE("as before, but for a day more") {
    next.keys[0].expires = at.clock.now() + std::chrono::hours{24};
    open("stays");
    REQUIRE(at.server->follow(next));
    at.feed->publish("{\"still\":\"here\"}");
    CHECK(client.until("still"));
    // It lives through more ticks than it takes to cut off another.
    gateway_fixture other{[](auto& settings) { settings.keys = {key_of("old")}; }};
    raw_client cut{other.port()};
    REQUIRE(cut.send("GET /stream HTTP/1.1\r\nHost: localhost\r\nX-API-Key: old\r\n\r\n"));
    REQUIRE(cut.head());
    REQUIRE(other.server->follow(next));
    CHECK(cut.at_end());
    at.feed->publish("{\"later\":\"too\"}");
    CHECK(client.until("later"));
  }
}

TEST_CASE("a key that is taken away while its request is being handled opens no stream and no WebSocket") {
  gateway_fixture at{[](auto& settings) {
    settings.threads = 1;
    settings.keys = {key_of("old"), key_of("stays")};
  }};
  raw_client gone{at.port()}, upgraded{at.port()}, there{at.port()};
  const auto ask = [&](raw_client& from, const std::string& secret) {
    REQUIRE(from.send("GET /held HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + secret + "\r\n\r\n"));
    return at.held->take();
  };
  auto answer_gone = ask(gone, "old");
  auto answer_upgraded = ask(upgraded, "old");
  auto answer_there = ask(there, "stays");
  // When this one is cut the worker has told all its sessions of the change, once.
  raw_client before{at.port()};
  REQUIRE(before.send("GET /stream HTTP/1.1\r\nHost: localhost\r\nX-API-Key: old\r\n\r\n"));
  REQUIRE(before.head());
  gateway::rules next;
  next.keys = {key_of("stays")};
  REQUIRE(at.server->follow(next));
  CHECK(before.at_end());
  answer_gone(at.stream_answer());
  const auto refused = gone.answer();
  REQUIRE(refused);
  CHECK(refused->status == 401);
  std::atomic<bool> opened{false};
  http::response turned;
  turned.upgrade.emplace();
  turned.upgrade->key = "dGhlIHNhbXBsZSBub25jZQ==";
  turned.upgrade->open = [&opened](std::function<void()>) -> std::shared_ptr<http::dialogue> {
    opened = true;
    return nullptr;
  };
  answer_upgraded(std::move(turned));
  const auto not_turned = upgraded.answer();
  REQUIRE(not_turned);
  CHECK(not_turned->status == 401);
  CHECK_FALSE(opened);
  answer_there(at.stream_answer());
  const auto head = there.head();
  REQUIRE(head);
  CHECK(head->status == 200);
}

TEST_CASE("a stream of a route that needs no key is not cut off by other keys") {
  std::shared_ptr<fake_feed> feed = std::make_shared<fake_feed>();
  http::route_table open;
  open.push_back({"GET", "/open", std::nullopt, [feed](http::request, http::responder answer) {
                    http::response out;
                    out.stream.emplace();
                    out.stream->open = [feed](std::size_t credit, std::shared_ptr<core::event_sink> sink,
                                              core::completion<core::subscription_ptr> done) {
                      feed->open(credit, std::move(sink), std::move(done));
                    };
                    out.stream->refuse = [](const error& why) { return http::problem(why, "/open", ""); };
                    answer(std::move(out));
                  }});
  gateway_fixture at{[](auto& settings) { settings.keys = {key_of("old")}; }, std::move(open)};
  raw_client client{at.port()}, cut{at.port()};
  REQUIRE(client.send(get_text("/open")));
  const auto head = client.head();
  REQUIRE(head);
  CHECK(head->status == 200);
  REQUIRE(cut.send("GET /stream HTTP/1.1\r\nHost: localhost\r\nX-API-Key: old\r\n\r\n"));
  REQUIRE(cut.head());
  gateway::rules next;
  next.keys = {key_of("new")};
  REQUIRE(at.server->follow(next));
  CHECK(cut.at_end());
  feed->publish("{\"still\":\"here\"}");
  CHECK(client.until("still"));
}

TEST_CASE("a connection that waits for its next request obeys the limits of the moment at which it comes") {
  gateway_fixture at;
  kept_open waiting{at.port()};
  CHECK(waiting.ask(with_key("-", std::string(3'000, 'x'))) == 200);
  gateway::rules next;
  next.body_bytes = 2'000;
  next.header_bytes = 1'024;
  REQUIRE(at.server->follow(next));
  CHECK(waiting.ask(with_key("-", std::string(1'999, 'x'))) == 200);
  CHECK(waiting.ask(with_key("-", std::string(2'001, 'x'))) == 413);
  kept_open other{at.port()};
  CHECK(other.ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: " + std::string(2'000, 'x') + "\r\n\r\n") == 431);
  next.header_bytes = 64 * 1024;
  next.body_bytes = 1024 * 1024;
  REQUIRE(at.server->follow(next));
  kept_open larger{at.port()};
  CHECK(larger.ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: " + std::string(50'000, 'x') + "\r\n\r\n") == 200);
  CHECK(larger.ask(with_key("-", std::string(500'000, 'x'))) == 200);
}

TEST_CASE("fewer requests and connections are allowed at once; those that are inside stay") {
  gateway_fixture at;
  kept_open inside{at.port()}, refused{at.port()};
  REQUIRE(inside.client.send(get_text("/held")));
  auto answer = at.held->take();
  CHECK(refused.ask(get_text("/large/1")) == 200);
  gateway::rules next;
  next.in_flight = 1;
  next.connections = 2;
  REQUIRE(at.server->follow(next));
  CHECK(refused.ask(get_text("/large/1")) == 503);
  CHECK(get(at.port(), "/livez")->status == 503);  // the third connection
  answer(text_answer("late"));
  CHECK(inside.client.answer()->body == "late");
  CHECK(refused.ask(get_text("/large/1")) == 200);
}

TEST_CASE("an idle connection is closed by the timeout of the request that it waits for") {
  gateway_fixture at;
  kept_open idle{at.port()};
  gateway::rules next;
  next.idle_timeout = milliseconds{50};
  REQUIRE(at.server->follow(next));
  CHECK(idle.ask(get_text("/livez")) == 200);
  CHECK(idle.client.at_end());
  CHECK(at.probe.reaches("timeout idle", 1));
}

TEST_CASE("pages of other origins may be let in") {
  gateway_fixture at;
  kept_open page{at.port()};
  const std::string ask = "POST /echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example\r\nContent-Length: 0\r\n\r\n";
  CHECK(page.ask(ask) == 403);
  gateway::rules next;
  next.cors_origins = {"https://a.example"};
  REQUIRE(at.server->follow(next));
  CHECK(page.ask(ask) == 200);
}

TEST_CASE("rules change under requests without one that goes wrong") {
  gateway_fixture at{[](auto& settings) { settings.keys = {key_of("stays")}; }};
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i)
    clients.emplace_back([&] {
      kept_open one{at.port()};
      for (int turn = 0; turn < 200; ++turn)
        if (one.ask(with_key("stays", "x")) != 200) ++wrong;
    });
  for (int turn = 0; turn < 200; ++turn) {
    gateway::rules next;
    next.keys = {key_of("stays"), key_of(std::to_string(turn))};
    next.body_bytes = 1024 + static_cast<std::size_t>(turn);
    if (!at.server->follow(std::move(next))) ++wrong;
  }
  for (auto& each : clients) each.join();
  CHECK(wrong == 0);
}

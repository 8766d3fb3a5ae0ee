#include "server/gateway/gateway.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "tests/integration/gateway_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

TEST_CASE("a connection serves one request after the other") {
  gateway_fixture at;
  raw_client client{at.port()};
  for (int i = 0; i < 3; ++i) {
    REQUIRE(client.send(get_text("/livez")));
    const auto got = client.answer();
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->body == "ok");
    CHECK(got->headers.at("server") == "mofa");
    CHECK(got->headers.at("content-type") == "text/plain");
    CHECK(got->headers.contains("date"));
    CHECK_FALSE(got->headers.contains("connection"));
  }
  CHECK(at.probe.of("opened") == 1);
  CHECK(at.probe.reaches("finished GET /livez 200", 3));
}

TEST_CASE("pipelined requests are answered in their order, though the first is answered last") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/held") + get_text("/livez") +
                      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc" + get_text("/nothing")));
  auto answer = at.held->take();
  std::thread{[&] { answer(text_answer("late")); }}.join();
  CHECK(client.answer()->body == "late");
  CHECK(client.answer()->body == "ok");
  CHECK(client.answer()->body == "local:abc");
  CHECK(client.answer()->status == 404);
}

TEST_CASE("HEAD is answered as GET without the body") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send("HEAD /large/64 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto got = client.answer(true);
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->headers.at("content-length") == "65536");
  REQUIRE(client.send("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  CHECK(client.answer(true)->headers.at("content-type") == "text/event-stream");
  REQUIRE(client.send(get_text("/livez")));
  CHECK(client.answer()->body == "ok");
}

TEST_CASE("HTTP/1.0 closes after the answer unless it asks to stay") {
  gateway_fixture at;
  raw_client stays{at.port()};
  REQUIRE(stays.send("GET /livez HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"));
  CHECK(stays.answer()->headers.at("connection") == "keep-alive");
  REQUIRE(stays.send("GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n"));
  CHECK(stays.answer()->headers.at("connection") == "close");
  CHECK(stays.at_end());
}

TEST_CASE("an unknown path is 404 and a wrong method 405, as problems that name the request") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine-1\r\n\r\n"));
  const auto unknown = client.answer();
  REQUIRE(unknown);
  CHECK(unknown->status == 404);
  CHECK(unknown->headers.at("content-type") == "application/problem+json");
  CHECK(unknown->headers.at("x-request-id") == "mine-1");
  CHECK(
      unknown->body ==
      R"({"type":"about:blank","title":"Not found","status":404,"detail":"no such path","instance":"/nothing","code":"not_found","request_id":"mine-1"})");
  REQUIRE(client.send("DELETE /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto wrong = client.answer();
  REQUIRE(wrong);
  CHECK(wrong->status == 405);
  CHECK(wrong->headers.at("allow") == "GET, HEAD, OPTIONS");
  CHECK(at.probe.reaches("finished DELETE door 405"));
  CHECK(at.probe.reaches("finished GET unmatched 404"));
  CHECK(at.probe.of("routes") == 7);
}

TEST_CASE("a request id that is too long or not printable is replaced") {
  gateway_fixture at;
  raw_client client{at.port()};
  for (const auto& bad : {std::string(129, 'x'), std::string{"a b"}, std::string{"\xff"}}) {
    REQUIRE(client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + bad + "\r\n\r\n"));
    const auto got = client.answer();
    REQUIRE(got);
    CHECK(got->headers.at("x-request-id").size() == 36);
  }
}

TEST_CASE("a body beyond the limit is 413, and the client that sends all of it still reads the answer") {
  gateway_fixture at{[](auto& settings) { settings.body_bytes = 1024; }};
  raw_client sized{at.port()};
  REQUIRE(
      sized.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x')));
  const auto got = sized.answer();
  REQUIRE(got);
  CHECK(got->status == 413);
  CHECK(got->headers.at("connection") == "close");
  CHECK(got->body.find("\"code\":\"payload_too_large\"") != std::string::npos);
  CHECK(sized.at_end());

  raw_client chunked{at.port()};
  REQUIRE(chunked.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 3; ++i) chunked.send("200\r\n" + std::string(512, 'x') + "\r\n");
  CHECK(chunked.answer()->status == 413);
}

TEST_CASE("a chunked body within the limit arrives whole") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
  REQUIRE(client.send("2\r\nde\r\n0\r\n\r\n" + get_text("/livez")));
  CHECK(client.answer()->body == "local:abcde");
  CHECK(client.answer()->body == "ok");
}

TEST_CASE("a header beyond the limit is 431") {
  gateway_fixture at{[](auto& settings) { settings.header_bytes = 1024; }};
  raw_client client{at.port()};
  REQUIRE(client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(4096, 'x') + "\r\n\r\n"));
  const auto got = client.answer();
  REQUIRE(got);
  CHECK(got->status == 431);
  CHECK(got->body.find("\"code\":\"header_too_large\"") != std::string::npos);
  CHECK(client.at_end());
}

TEST_CASE("what is not HTTP is 400, and a foreign host 421") {
  gateway_fixture at;
  for (const char* bad :
       {"hello\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    CAPTURE(bad);
    raw_client client{at.port()};
    REQUIRE(client.send(bad));
    const auto got = client.answer();
    REQUIRE(got);
    CHECK(got->status == 400);
    CHECK(got->headers.at("content-type") == "application/problem+json");
    CHECK(client.at_end());
  }
  raw_client client{at.port()};
  REQUIRE(client.send("GET /livez HTTP/1.1\r\nHost: rebound.example\r\n\r\n"));
  CHECK(client.answer()->status == 421);
  CHECK(get(at.port(), "/livez")->status == 200);
}

TEST_CASE("Expect: 100-continue is answered before the body is sent") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  CHECK(client.answer()->status == 100);
  REQUIRE(client.send("hi"));
  CHECK(client.answer()->body == "local:hi");

  REQUIRE(client.send("POST /nothing HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  const auto refused = client.answer();
  REQUIRE(refused);
  CHECK(refused->status == 404);
  CHECK(refused->headers.at("connection") == "close");
}

TEST_CASE("keys are asked for before the body is read; the answer to a small body leaves the connection open") {
  gateway::key key;
  key.name = "ci";
  key.hash = sha256("mofa_a");
  key.scopes = static_cast<unsigned>(core::scope::tasks_read);
  gateway_fixture at{[&](auto& settings) { settings.keys = {key}; }};
  raw_client client{at.port()};
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"));
  const auto unknown = client.answer();
  REQUIRE(unknown);
  CHECK(unknown->status == 401);
  CHECK(unknown->headers.contains("www-authenticate"));
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: x\r\nX-API-Key: mofa_a\r\nContent-Length: 2\r\n\r\nhi"));
  CHECK(client.answer()->status == 403);
  REQUIRE(client.send("GET /large/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer mofa_a\r\n\r\n"));
  CHECK(client.answer()->status == 200);
  REQUIRE(client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"));
  const auto large = client.answer();
  REQUIRE(large);
  CHECK(large->status == 401);
  CHECK(large->headers.at("connection") == "close");
  // Nobody makes series of metrics by asking for what he may not have.
  CHECK(at.probe.reaches("finished POST door 401", 2));
  CHECK(at.probe.reaches("finished POST door 403"));
}

TEST_CASE("an allowed origin may read every answer, errors too") {
  gateway_fixture at{[](auto& settings) { settings.cors_origins = {"https://board.example"}; }};
  raw_client client{at.port()};
  REQUIRE(client.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\nOrigin: https://board.example\r\n\r\n"));
  CHECK(client.answer()->headers.at("access-control-allow-origin") == "https://board.example");
  REQUIRE(
      client.send("OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://board.example\r\n"
                  "Access-Control-Request-Method: POST\r\n\r\n"));
  const auto preflight = client.answer();
  REQUIRE(preflight);
  CHECK(preflight->status == 204);
  CHECK(preflight->headers.at("access-control-allow-methods") == "POST, OPTIONS");
  REQUIRE(client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n"));
  CHECK_FALSE(client.answer()->headers.contains("access-control-allow-origin"));
}

TEST_CASE("where some origins may read, every answer tells caches that it is not the same for all; elsewhere none does") {
  for (const bool some : {true, false}) {
    CAPTURE(some);
    gateway_fixture at{[&](auto& settings) {
      if (some) settings.cors_origins = {"https://board.example"};
    }};
    at.feed->end();
    raw_client client{at.port()};
    for (const auto& ask : {get_text("/livez"), get_text("/nothing"), get_text("/stream"),
                            std::string{"OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\n\r\n"}}) {
      CAPTURE(ask);
      REQUIRE(client.send(ask));
      const auto got = client.answer();
      REQUIRE(got);
      CHECK(got->headers.contains("vary") == some);
      CHECK_FALSE(got->headers.contains("access-control-allow-origin"));
    }
  }
}

TEST_CASE("a request that does not come to its end is 408") {
  gateway_fixture at{[](auto& settings) { settings.header_timeout = milliseconds{50}; }};
  raw_client header{at.port()};
  REQUIRE(header.send("GET /livez HTTP/1.1\r\nHost: loc"));
  CHECK(header.answer()->status == 408);
  CHECK(at.probe.reaches("timeout header"));
  raw_client body{at.port()};
  REQUIRE(body.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel"));
  CHECK(body.answer()->status == 408);
  CHECK(at.probe.reaches("timeout body"));
}

TEST_CASE("an idle connection is closed without a word") {
  gateway_fixture at{[](auto& settings) { settings.idle_timeout = milliseconds{50}; }};
  raw_client silent{at.port()};
  CHECK(silent.at_end());
  raw_client used{at.port()};
  REQUIRE(used.send(get_text("/livez")));
  CHECK(used.answer()->body == "ok");
  CHECK(used.at_end());
  CHECK(at.probe.reaches("timeout idle", 2));
}

TEST_CASE("a client that does not read its answer is cut off") {
  gateway_fixture at{[](auto& settings) { settings.write_timeout = milliseconds{50}; }};
  raw_client client{at.port(), 4096};
  REQUIRE(client.send(get_text("/large/65536")));
  CHECK(at.probe.reaches("timeout write"));
  CHECK(at.probe.reaches("closed"));
}

TEST_CASE("a client that has finished sending gets the answers that are there at once") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/livez") + get_text("/large/1024")));
  client.finish_sending();
  CHECK(client.answer()->body == "ok");
  CHECK(client.answer()->body.size() == 1024 * 1024);
  CHECK(client.at_end());
}

TEST_CASE("a large answer arrives whole at a slow reader") {
  gateway_fixture at;
  raw_client client{at.port(), 4096};
  REQUIRE(client.send(get_text("/large/4096") + get_text("/livez")));
  CHECK(client.answer()->body == std::string(4096 * 1024, 'x'));
  CHECK(client.answer()->body == "ok");
}

TEST_CASE("beyond the requests in flight the answer is 503 at once, except on open routes") {
  gateway_fixture at{[](auto& settings) { settings.in_flight = 1; }};
  raw_client first{at.port()};
  REQUIRE(first.send(get_text("/held")));
  auto answer = at.held->take();
  const auto refused = get(at.port(), "/large/1");
  REQUIRE(refused);
  CHECK(refused->status == 503);
  CHECK(refused->headers.at("retry-after") == "1");
  CHECK(refused->body.find("\"code\":\"overloaded\"") != std::string::npos);
  CHECK(get(at.port(), "/livez")->status == 200);
  answer(text_answer("done"));
  CHECK(first.answer()->body == "done");
  CHECK(get(at.port(), "/large/1")->status == 200);
}

TEST_CASE("beyond the connections a client is turned away") {
  gateway_fixture at{[](auto& settings) { settings.connections = 1; }};
  raw_client first{at.port()};
  REQUIRE(first.send(get_text("/livez")));
  REQUIRE(first.answer());
  raw_client second{at.port()};
  CHECK(second.answer()->status == 503);
  CHECK(at.probe.of("refused") == 1);
  first.close();
  CHECK(at.probe.reaches("closed"));
  raw_client third{at.port()};
  REQUIRE(third.send(get_text("/livez")));
  CHECK(third.answer()->status == 200);
}

TEST_CASE("a handler that lets go of its responder, or throws, costs a 500 and nothing else") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/drop") + get_text("/throw") + get_text("/livez")));
  CHECK(client.answer()->status == 500);
  CHECK(client.answer()->status == 500);
  CHECK(client.answer()->status == 200);
  CHECK(at.probe.of("dropped /drop") == 1);
  CHECK(at.probe.of("failure handler of /throw: a handler's defect") == 1);

  REQUIRE(client.send(get_text("/held")));
  { const auto forgotten = at.held->take(); }
  CHECK(client.answer()->status == 500);
}

TEST_CASE("the answer to a client that is gone is dropped") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/held")));
  auto answer = at.held->take();
  client.close();
  answer(text_answer("nobody"));
  CHECK(at.probe.reaches("closed"));
  CHECK(get(at.port(), "/livez")->status == 200);
}

TEST_CASE("an answer that comes when the gateway is gone is dropped") {
  http::responder late;
  {
    gateway_fixture at;
    raw_client client{at.port()};
    REQUIRE(client.send(get_text("/held")));
    late = at.held->take();
    at.server->stop();
    CHECK(at.probe.of("closed") == 1);
    CHECK(client.at_end());
  }
  late(text_answer("too late"));
}

TEST_CASE("a port in use is named, with the next one to use") {
  gateway_fixture at;
  gateway::options settings;
  settings.port = at.port();
  const auto taken = gateway::gateway::listen(settings, {}, at.probe, at.clock);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().detail == "listen 127.0.0.1:" + std::to_string(at.port()) +
                                    ": in use; use --listen 127.0.0.1:" + std::to_string(at.port() + 1));
}

TEST_CASE("an address that cannot be listened on is refused with what to do") {
  counting_probe probe;
  const system_clock clock;
  const auto refusal = [&](std::string address) {
    gateway::options settings;
    settings.address = std::move(address);
    settings.port = 8080;
    const auto made = gateway::gateway::listen(settings, {}, probe, clock);
    return made ? std::string{} : made.error().detail;
  };
  CHECK(refusal("0.0.0.0") ==
        "listen 0.0.0.0:8080: an address other than loopback needs a key; add one to auth.keys (mofa keys new NAME)");
  CHECK(refusal("nowhere") == "listen nowhere:8080: not an IP address");
  gateway::options settings;
  settings.address = "192.0.2.1";
  settings.port = 8080;
  settings.keys.emplace_back();
  const auto absent = gateway::gateway::listen(settings, {}, probe, clock);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().detail == "listen 192.0.2.1:8080: this machine has no such address");
}

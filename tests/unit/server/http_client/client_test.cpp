#include "server/http_client/client.hpp"

#include <doctest/doctest.h>

#include <array>
#include <future>
#include <mutex>

#include "tests/support/mock_http_server.hpp"
#include "tests/unit/server/http_client/asking.hpp"

using namespace mofa;
using namespace mofa::test;
using std::chrono::milliseconds;

TEST_CASE("a request goes out as it was written, and its answer comes whole") {
  std::promise<mock_request> seen;
  mock_http_server server{[&](mock_peer& peer) {
    seen.set_value(*peer.read_request());
    peer.send(mock_answer(201, "done", "X-Kind: a b \r\nx-kind: second\r\n"));
    peer.wait_closed();
  }};
  const auto client = open_client();
  auto what = trusted_get(server.url("/v1/x?q=%20#part"));
  what.method = "POST";
  what.body = std::string{"{\"a\":1}\0!", 9};
  what.headers = {{"Authorization", "Bearer k"}, {"Content-Type", "application/json"}, {"X-Empty", ""}};
  const auto answer = ask(*client, what);
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(answer->body == "done");
  CHECK(answer->url == server.url("/v1/x?q=%20"));
  REQUIRE(answer->find("X-KIND"));
  CHECK(*answer->find("X-KIND") == "a b");
  CHECK(answer->find("X-Other") == nullptr);
  const auto request = seen.get_future().get();
  CHECK(request.method == "POST");
  CHECK(request.target == "/v1/x?q=%20");
  CHECK(request.body == what.body);
  CHECK(request.header("authorization") == "Bearer k");
  CHECK(request.header("content-type") == "application/json");
  CHECK(request.header("user-agent") == "mofa");
  CHECK(request.header("expect").empty());
  CHECK(request.header("accept-encoding").empty());
}

TEST_CASE("methods go out by their names, with or without a body") {
  std::mutex guard;
  std::vector<std::string> seen;
  mock_http_server server{[&](mock_peer& peer) {
    while (const auto request = peer.read_request()) {
      const std::lock_guard lock{guard};
      seen.push_back(request->method + " " + request->header("content-length") + request->header("content-type"));
      peer.send(request->method == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : mock_answer(200, ""));
    }
  }};
  const auto client = open_client();
  for (const auto* method : {"GET", "HEAD", "DELETE", "PUT", "PATCH", "OPTIONS", "POST"}) {
    auto what = trusted_get(server.url());
    what.method = method;
    if (what.method == "PATCH") what.body = "12345";
    const auto answer = ask(*client, what);
    REQUIRE(answer);
    CHECK(answer->body.empty());
  }
  CHECK(seen == std::vector<std::string>{"GET ", "HEAD ", "DELETE ", "PUT 0", "PATCH 5", "OPTIONS ", "POST 0"});
  CHECK(server.connections() == 1);
}

TEST_CASE("bytes are handed on as they come") {
  std::array<gate, 2> gates;
  mock_http_server server{[&](mock_peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + mock_chunked_head(200, "X-Late: 1\r\n"));
    gates[0].wait();
    peer.send(mock_chunk("one "));
    gates[1].wait();
    for (const char c : mock_chunk("two") + "0\r\nX-Trailer: 1\r\n\r\n") peer.send({&c, 1});
    peer.wait_closed();
  }};
  const auto client = open_client();
  const auto got = std::make_shared<recorder>();
  const auto call = client->start(trusted_get(server.url()), got);
  REQUIRE(got->wait_for_head());
  CHECK(got->head()->status == 200);
  CHECK(got->head()->find("x-late") != nullptr);
  CHECK(got->head()->find("x-early") == nullptr);
  CHECK(got->body().empty());
  gates[0].open();
  CHECK(got->wait_for_body("one "));
  CHECK(got->outcome() == "none");
  gates[1].open();
  REQUIRE(got->wait_for_end());
  CHECK(got->body() == "one two");
  CHECK(got->outcome() == "ok");
  CHECK(got->ends() == 1);
}

TEST_CASE("an answer without a length ends with its connection") {
  mock_http_server server{[](mock_peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.0 200 OK\r\n\r\nall of it");
  }};
  const auto client = open_client();
  const auto answer = ask(*client, trusted_get(server.url()));
  REQUIRE(answer);
  CHECK(answer->body == "all of it");
}

TEST_CASE("what is cut off, or is not HTTP, is a failure of the other side") {
  const auto client = open_client();
  struct broken {
    const char* answer;
    const char* body;
  };
  for (const auto& each : {broken{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", "12345"},
                           broken{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", "12345"},
                           broken{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ""},
                           broken{"HTTP/1.1 200 OK\r\nContent-", ""}, broken{"SSH-2.0-OpenSSH\r\n", ""}, broken{"", ""}}) {
    const std::string bytes = each.answer;
    CAPTURE(bytes);
    mock_http_server server{[&](mock_peer& peer) {
      peer.read_request();
      peer.send(bytes);
    }};
    const auto got = std::make_shared<recorder>();
    const auto call = client->start(trusted_get(server.url("/a?secret")), got);
    REQUIRE(got->wait_for_end());
    CHECK(got->outcome() == "upstream_failed");
    CHECK(got->detail().find(server.url("/a") + ": ") == 0);
    CHECK(got->detail().find("secret") == std::string::npos);
    CHECK(got->body() == each.body);
  }
}

TEST_CASE("a head without an end is cut off") {
  mock_http_server server{[](mock_peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-More: " + std::string(1000, 'x') + "\r\n")) {
    }
  }};
  const auto client = open_client();
  const auto answer = ask(*client, trusted_get(server.url()));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::upstream_failed);
}

TEST_CASE("nobody there is unavailable") {
  std::string url;
  { url = mock_http_server{always("")}.url(); }
  const auto client = open_client();
  const auto answer = ask(*client, trusted_get(url));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
  CHECK(answer.error().detail.find(url) == 0);
}

TEST_CASE("a request that cannot be sent is invalid") {
  const auto client = open_client();
  auto what = trusted_get("http://127.0.0.1:1/");
  what.headers = {{"X", "a\r\nb"}};
  CHECK(ask(*client, what).error().code == errc::invalid);
  CHECK(ask(*client, trusted_get("file:///etc/passwd")).error().code == errc::invalid);
  CHECK(ask(*client, guarded_get("ftp://example.org/")).error().code == errc::invalid);
  CHECK(ask(*client, guarded_get("http://user:password@example.org/")).error().code == errc::invalid);
}

TEST_CASE("a server that says nothing, or stops in the middle, runs into the idle timeout, and its connection is closed") {
  for (const bool begins : {false, true}) {
    std::promise<bool> closed;
    mock_http_server server{[&](mock_peer& peer) {
      peer.read_request();
      if (begins) peer.send(mock_chunked_head() + mock_chunk("x"));
      closed.set_value(peer.wait_closed());
    }};
    const auto client = open_client();
    auto what = trusted_get(server.url("/slow"));
    what.idle_timeout = milliseconds{60};
    const auto answer = ask(*client, what);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::timeout);
    CHECK(answer.error().detail == server.url("/slow") + ": not a byte for 60 ms");
    CHECK(closed.get_future().get());
  }
}

TEST_CASE("TLS that does not come about is no connection, at the latest after the connect timeout") {
  mock_http_server silent{[](mock_peer& peer) { peer.wait_closed(); }};
  const auto client = open_client();
  const auto encrypted = [](const mock_http_server& server) {
    return trusted_get("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  };
  auto what = encrypted(silent);
  what.connect_timeout = milliseconds{80};
  const auto late = ask(*client, what);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::timeout);
  CHECK(late.error().detail == what.url + ": no connection within 80 ms");
  mock_http_server plain{[](mock_peer& peer) { peer.send(mock_answer(400, "plain")); }};
  const auto wrong = ask(*client, encrypted(plain));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == errc::unavailable);
}

TEST_CASE("bytes that keep coming keep a request alive until the total timeout") {
  mock_http_server server{[](mock_peer& peer) {
    peer.read_request();
    peer.send(mock_chunked_head());
    while (!peer.wait_closed(milliseconds{5}) && peer.send(mock_chunk("x"))) {
    }
  }};
  const auto client = open_client();
  auto what = trusted_get(server.url());
  what.idle_timeout = milliseconds{5'000};
  what.total_timeout = milliseconds{150};
  const auto got = std::make_shared<recorder>();
  const auto call = client->start(what, got);
  REQUIRE(got->wait_for_end());
  CHECK(got->outcome() == "timeout");
  CHECK(got->detail() == server.url() + ": no whole answer within 150 ms");
  CHECK(got->body().size() > 1);
}

TEST_CASE("a connection is used again, also after an answer that was an error") {
  mock_http_server server{always(mock_answer(503, "later"))};
  const auto client = open_client();
  for (int i = 0; i < 10; ++i) {
    const auto answer = ask(*client, trusted_get(server.url()));
    REQUIRE(answer);
    CHECK(answer->status == 503);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a connection that the server closed meanwhile is replaced") {
  mock_http_server server{[](mock_peer& peer) {
    peer.read_request();
    peer.send(mock_answer(200, std::to_string(peer.index())));
  }};
  const auto client = open_client();
  for (int i = 0; i < 5; ++i) {
    const auto answer = ask(*client, trusted_get(server.url()));
    REQUIRE(answer);
    CHECK(answer->body == std::to_string(i));
  }
}

TEST_CASE("an answer of exactly the allowed size is whole, a longer one is cut there") {
  std::promise<bool> closed;
  mock_http_server server{[&](mock_peer& peer) {
    peer.read_request();
    peer.send(mock_answer(200, "12345"));
    peer.read_request();
    peer.send(mock_chunked_head() + mock_chunk("123") + mock_chunk("456"));
    closed.set_value(peer.wait_closed());
  }};
  const auto client = open_client();
  auto what = trusted_get(server.url());
  what.max_body_bytes = 5;
  const auto whole = ask(*client, what);
  REQUIRE(whole);
  CHECK(whole->body == "12345");
  const auto got = std::make_shared<recorder>();
  const auto call = client->start(what, got);
  REQUIRE(got->wait_for_end());
  CHECK(got->outcome() == "payload_too_large");
  CHECK(got->detail() == server.url() + ": the answer is longer than 5 bytes");
  CHECK(got->body() == "12345");
  CHECK(closed.get_future().get());
}

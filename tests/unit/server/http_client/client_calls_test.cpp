#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>

#include "server/http_client/client.hpp"
#include "server/http_client/probe.hpp"
#include "tests/support/mock_http_server.hpp"
#include "tests/unit/server/http_client/asking.hpp"

using namespace mofa;
using namespace mofa::test;
using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

TEST_CASE("many requests run at one time, from many threads") {
  mock_http_server server{[](mock_peer& peer) {
    while (const auto request = peer.read_request()) peer.send(mock_answer(200, request->target));
  }};
  const auto client = open_client();
  std::atomic<int> right{0};
  std::vector<std::thread> askers;
  for (int t = 0; t < 4; ++t) {
    askers.emplace_back([&, t] {
      std::vector<std::shared_ptr<recorder>> got;
      std::vector<core::running_call_ptr> calls;
      for (int i = 0; i < 25; ++i) {
        got.push_back(std::make_shared<recorder>());
        calls.push_back(client->start(trusted_get(server.url("/" + std::to_string(t * 100 + i))), got.back()));
      }
      for (int i = 0; i < 25; ++i) {
        const auto& each = got[static_cast<std::size_t>(i)];
        if (each->wait_for_end() && each->body() == "/" + std::to_string(t * 100 + i) && each->ends() == 1) ++right;
      }
    });
  }
  for (auto& each : askers) each.join();
  CHECK(right == 100);
}

TEST_CASE("letting go of a call closes its connection within 100 ms, in every phase, and silences it") {
  for (const bool begins : {false, true}) {
    std::promise<steady::time_point> closed;
    gate arrived;
    mock_http_server server{[&](mock_peer& peer) {
      peer.read_request();
      if (begins) peer.send(mock_chunked_head() + mock_chunk("x"));
      arrived.open();
      peer.wait_closed();
      closed.set_value(steady::now());
    }};
    const auto client = open_client();
    const auto got = std::make_shared<recorder>();
    auto call = client->start(trusted_get(server.url()), got);
    REQUIRE(arrived.wait());
    if (begins) REQUIRE(got->wait_for_body("x"));
    const auto begun = steady::now();
    call.reset();
    CHECK(closed.get_future().get() - begun < milliseconds{100});
    // The client is alive, and nothing came after.
    CHECK(ask(*client, trusted_get("http://127.0.0.1:1/")).error().code == errc::unavailable);
    CHECK(got->ends() == 0);
  }
}

TEST_CASE("a call may be let go of from within its callbacks") {
  struct quitter final : http_client::listener {
    void on_head(http_client::response_head) override {}
    void on_data(std::string_view) override {
      ++calls;
      call.reset();
      gone.open();
    }
    void on_end(result<void>) override { ++calls; }
    core::running_call_ptr call;
    std::atomic<int> calls{0};
    gate gone;
  };
  gate ready;
  std::promise<bool> closed;
  mock_http_server server{[&](mock_peer& peer) {
    peer.read_request();
    ready.wait();
    peer.send(mock_chunked_head() + mock_chunk("a"));
    closed.set_value(peer.wait_closed());
  }};
  const auto client = open_client();
  const auto got = std::make_shared<quitter>();
  got->call = client->start(trusted_get(server.url()), got);
  ready.open();
  REQUIRE(got->gone.wait());
  CHECK(closed.get_future().get());
  CHECK(got->calls == 1);

  // And from within the last one, which owns the call.
  mock_http_server other{always(mock_answer(200, "x"))};
  gate over;
  auto owned = std::make_shared<core::running_call_ptr>();
  gate stored;
  *owned = client->fetch(trusted_get(other.url()), [&, owned](result<http_client::response> answer) {
    stored.wait();
    CHECK(answer);
    owned->reset();
    over.open();
  });
  stored.open();
  CHECK(over.wait());
}

TEST_CASE("the end of the client ends its requests; calls may outlive it") {
  std::promise<bool> closed;
  gate arrived;
  mock_http_server server{[&](mock_peer& peer) {
    peer.read_request();
    arrived.open();
    closed.set_value(peer.wait_closed());
  }};
  auto client = open_client();
  const auto got = std::make_shared<recorder>();
  const auto call = client->start(trusted_get(server.url()), got);
  REQUIRE(arrived.wait());
  client.reset();
  CHECK(closed.get_future().get());
  CHECK(got->outcome() == "unavailable");
  CHECK(got->ends() == 1);
}

TEST_CASE("a client whose settings make no sense does not open") {
  http_client::options how;
  how.allow = {"10.0.0.0/99"};
  CHECK(http_client::client::open(how).error().code == errc::invalid);
  how.allow.clear();
  how.proxy = "proxy:3128";
  CHECK(http_client::client::open(how).error().code == errc::invalid);
}

TEST_CASE("the probe hears of every request how it ended") {
  struct counting final : http_client::probe {
    void request_started(bool guarded) override { started += guarded ? " guarded" : " trusted"; }
    void request_finished(bool guarded, std::string_view outcome, std::chrono::nanoseconds) override {
      const std::lock_guard lock{guard};
      finished.push_back(std::string{outcome} + (guarded ? " guarded" : " trusted"));
    }
    void address_refused(std::string_view host, std::string_view address, std::string_view reason) override {
      const std::lock_guard lock{guard};
      refused.push_back(std::string{host} + " " + std::string{address} + " " + std::string{reason});
    }
    std::mutex guard;
    std::string started;
    std::vector<std::string> refused, finished;
  };
  const auto watcher = std::make_shared<counting>();
  gate arrived;
  mock_http_server silent{[&](mock_peer& peer) {
    peer.read_request();
    arrived.open();
    peer.wait_closed();
  }};
  mock_http_server server{always(mock_answer(404, ""))};
  mock_http_server elsewhere{always(mock_answer(302, "", "Location: " + server.url() + "\r\n"))};
  http_client::options how;
  how.watcher = watcher;
  auto client = open_client(how);
  REQUIRE(ask(*client, trusted_get(server.url())));
  REQUIRE_FALSE(ask(*client, guarded_get(server.url("/words?of=a-user"))));
  // From here on it is guarded, but it ends as what it began as: a gauge counts both.
  auto redirected = trusted_get(elsewhere.url());
  redirected.max_redirects = 1;
  REQUIRE_FALSE(ask(*client, redirected));
  auto call = client->start(trusted_get(silent.url()), std::make_shared<recorder>());
  REQUIRE(arrived.wait());
  call.reset();
  client.reset();
  CHECK(watcher->started == " trusted guarded trusted trusted");
  CHECK(watcher->refused == std::vector<std::string>(2, "127.0.0.1 127.0.0.1 loopback"));
  CHECK(watcher->finished ==
        std::vector<std::string>{"ok trusted", "address_refused guarded", "address_refused trusted", "aborted trusted"});
}

#include "server/push/webhook_sender.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "tests/support/mock_http_server.hpp"
#include "tests/unit/server/http_client/asking.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;

namespace {

class fixed_clock final : public clock {
 public:
  // 1994-11-06T08:49:00Z
  time_point now() const override { return time_point{std::chrono::seconds{784'111'740}}; }
};

struct world {
  explicit world(bool allow_loopback = true, http_client::options how = {})
      : sender{*push::webhook_sender::open(std::move(how), allow_loopback, time)} {}

  result<core::push_answer> post(core::push_request what) {
    auto answer = std::make_shared<std::promise<result<core::push_answer>>>();
    auto coming = answer->get_future();
    const auto running = sender->post(std::move(what), [answer](auto got) { answer->set_value(std::move(got)); });
    REQUIRE(coming.wait_for(long_enough) == std::future_status::ready);
    return coming.get();
  }
  result<core::push_answer> post(std::string url) { return post({std::move(url), {}, "{}", 15'000ms}); }

  fixed_clock time;
  std::unique_ptr<push::webhook_sender> sender;
};

std::string at(std::string_view scheme_and_host, const mock_http_server& server) {
  return std::string{scheme_and_host} + ':' + std::to_string(server.port()) + "/hook";
}

errc code_of(const result<core::push_answer>& what) { return what ? errc::internal : what.error().code; }

}  // namespace

TEST_CASE("a notification goes out as it was written, and its status comes back") {
  std::promise<mock_request> seen;
  mock_http_server server{[&](mock_peer& peer) {
    seen.set_value(*peer.read_request());
    peer.send(mock_answer(202, "thanks"));
    peer.wait_closed();
  }};
  world here;
  const auto answer = here.post({server.url("/hook?x=1"),
                                 {{"Content-Type", "application/a2a+json"}, {"Authorization", "Bearer k"}, {"X-Token", "t"}},
                                 R"({"task":{}})",
                                 15'000ms});
  REQUIRE(answer);
  CHECK(answer->status == 202);
  CHECK(answer->in_time);
  CHECK_FALSE(answer->retry_after);
  const auto request = seen.get_future().get();
  CHECK(request.method == "POST");
  CHECK(request.target == "/hook?x=1");
  CHECK(request.body == R"({"task":{}})");
  CHECK(request.header("content-type") == "application/a2a+json");
  CHECK(request.header("authorization") == "Bearer k");
  CHECK(request.header("x-token") == "t");
}

TEST_CASE("every status is an answer, and Retry-After comes along in both of its forms") {
  for (const auto& [wait, wanted] : {std::pair{"120", 120s}, std::pair{"Sun, 06 Nov 1994 08:49:37 GMT", 37s}}) {
    mock_http_server server{always(mock_answer(503, "", "Retry-After: " + std::string{wait} + "\r\n"))};
    const auto answer = world{}.post(server.url());
    REQUIRE(answer);
    CHECK(answer->status == 503);
    CHECK(answer->retry_after == wanted);
  }
}

TEST_CASE("a redirect is not followed") {
  mock_http_server other{always(mock_answer(200, ""))};
  mock_http_server server{always(mock_answer(307, "", "Location: " + other.url() + "\r\n"))};
  const auto answer = world{}.post(server.url());
  REQUIRE(answer);
  CHECK(answer->status == 307);
  CHECK(other.connections() == 0);
}

TEST_CASE("a body beyond the cap ends the exchange, and the status counts") {
  mock_http_server server{[](mock_peer& peer) {
    if (!peer.read_request()) return;
    peer.send(mock_chunked_head(200));
    const auto piece = mock_chunk(std::string(64 * 1024, 'x'));
    while (peer.send(piece)) {
    }
  }};
  const auto answer = world{}.post(server.url());
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->in_time);
}

TEST_CASE("a receiver that gives its status and hangs has answered, one that gives none has not") {
  mock_http_server hangs_late{[](mock_peer& peer) {
    if (!peer.read_request()) return;
    peer.send(mock_chunked_head(200));
    peer.wait_closed();
  }};
  mock_http_server hangs{[](mock_peer& peer) {
    (void)peer.read_request();
    peer.wait_closed();
  }};
  world here;
  const auto late = here.post({hangs_late.url(), {}, "{}", 3s});
  REQUIRE(late);
  CHECK(late->status == 200);
  CHECK_FALSE(late->in_time);
  CHECK(code_of(here.post({hangs.url(), {}, "{}", 300ms})) == errc::timeout);
}

TEST_CASE("a receiver that is not there is unavailable, and one that hangs up has failed") {
  mock_http_server server{[](mock_peer& peer) { (void)peer.read_request(); }};
  world here;
  CHECK(code_of(here.post(server.url())) == errc::upstream_failed);
  const auto url = [] {
    mock_http_server gone{always("")};
    return gone.url();
  }();
  CHECK(code_of(here.post(url)) == errc::unavailable);
}

TEST_CASE("letting go of the call hangs up, and the completion is not called") {
  gate asked;
  gate closed;
  mock_http_server server{[&](mock_peer& peer) {
    (void)peer.read_request();
    asked.open();
    if (peer.wait_closed()) closed.open();
  }};
  world here;
  auto called = std::make_shared<std::atomic<bool>>(false);
  auto running = here.sender->post({server.url(), {}, "{}", 15'000ms}, [called](auto) { *called = true; });
  REQUIRE(asked.wait());
  running.reset();
  CHECK(closed.wait());
  CHECK_FALSE(*called);
}

TEST_CASE("addresses that the guard does not allow are refused at each delivery, whatever their names are") {
  mock_http_server server{[](mock_peer&) {}};
  http_client::options how;
  how.names = std::make_shared<known_names>(std::map<std::string, known_names::lists>{
      {"private.example", {{"10.0.0.7"}}}, {"local.example", {{"127.0.0.1"}}}, {"metadata.example", {{"169.254.169.254"}}}});
  world strict{false, how};
  world lenient{true, how};
  for (const auto* host : {"https://private.example", "https://metadata.example", "https://10.0.0.7", "https://[fd00::1]"}) {
    CAPTURE(host);
    CHECK(code_of(strict.post(at(host, server))) == errc::address_refused);
    CHECK(code_of(lenient.post(at(host, server))) == errc::address_refused);
  }
  for (const auto* host : {"https://local.example", "https://127.0.0.1", "https://127.1", "https://[::1]"}) {
    CAPTURE(host);
    CHECK(code_of(strict.post(at(host, server))) == errc::address_refused);
  }
  CHECK(server.connections() == 0);
  // Where loopback is allowed it is asked; this one hangs up before it has said anything.
  CHECK(code_of(lenient.post(at("https://local.example", server))) == errc::unavailable);
  CHECK(server.connections() == 1);
}

TEST_CASE("http is for loopback only, and only where that is allowed") {
  mock_http_server server{always(mock_answer(200, ""))};
  http_client::options how;
  how.allow = {"10.0.0.0/8", "one.example"};
  how.names = std::make_shared<known_names>(
      std::map<std::string, known_names::lists>{{"localhost", {{"127.0.0.1"}}}, {"hook.localhost", {{"127.0.0.1"}}}});
  world strict{false, how};
  world lenient{true, how};
  for (const auto* host : {"http://127.0.0.1", "http://127.1", "http://LOCALHOST", "http://hook.localhost"}) {
    CAPTURE(host);
    CHECK(lenient.post(at(host, server)));
    const auto refused = strict.post(at(host, server));
    REQUIRE(code_of(refused) == errc::invalid);
    CHECK(refused.error().detail.find("a2a.push.allow_loopback") != std::string::npos);
  }
  for (const auto* host : {"http://one.example", "http://10.0.0.7", "http://localhost.example", "ftp://127.0.0.1"}) {
    CAPTURE(host);
    CHECK(code_of(lenient.post(at(host, server))) == errc::invalid);
  }
}

TEST_CASE("an error repeats neither a query, a password, a header nor a body") {
  http_client::options how;
  how.names = std::make_shared<known_names>(std::map<std::string, known_names::lists>{});
  world here{false, how};
  const std::vector<std::pair<std::string, std::string>> secrets{{"Authorization", "Bearer c4n4ry"}, {"X-Token", "c4n4ry"}};
  for (const auto* url : {"https://10.0.0.7/?k=c4n4ry", "https://u:c4n4ry@one.example/", "http://one.example/?k=c4n4ry",
                          "https://one.example/?k=c4n4ry"}) {
    const auto answer = here.post({url, secrets, "c4n4ry", 15'000ms});
    REQUIRE_FALSE(answer);
    CAPTURE(answer.error().detail);
    CHECK(answer.error().detail.find("c4n4ry") == std::string::npos);
  }
  const auto answer = here.post({"https://one.example/", {{"Authorization", "Bearer c4n4ry\r\nX: y"}}, "", 15'000ms});
  CHECK(code_of(answer) == errc::invalid);
  CHECK(answer.error().detail.find("c4n4ry") == std::string::npos);
}

TEST_CASE("a URL that could never be told is refused when it is registered, and the answer says what would help") {
  http_client::options how;
  how.allow = {"10.1.0.0/16", "intern.example"};
  const auto names = std::make_shared<known_names>(std::map<std::string, known_names::lists>{});
  how.names = names;
  const world strict{false, how};
  const world lenient{true, how};
  const auto why = [](const world& here, const std::string& url) {
    const auto fit = here.sender->check(url);
    if (!fit) CHECK(fit.error().code == errc::invalid);
    return fit ? std::string{"fit"} : fit.error().detail;
  };
  for (const auto* url : {"https://one.example/hook", "https://one.example:8443", "https://1.1.1.1/", "https://10.1.2.3/",
                          "https://intern.example/", "https://[2606:4700::1111]/"}) {
    CAPTURE(url);
    CHECK(why(strict, url) == "fit");
    CHECK(why(lenient, url) == "fit");
  }
  for (const auto* url : {"http://one.example/hook", "http://10.1.2.3/", "http://intern.example/"}) {
    CAPTURE(url);
    CHECK(why(strict, url).find("must be https") != std::string::npos);
    CHECK(why(lenient, url).find("must be https") != std::string::npos);
  }
  for (const auto* url : {"http://127.0.0.1:1/", "http://localhost/", "https://localhost/", "https://a.localhost/",
                          "https://[::1]/", "https://0x7f000001/", "https://127.1/"}) {
    CAPTURE(url);
    CHECK(why(strict, url).find("a2a.push.allow_loopback") != std::string::npos);
    CHECK(why(lenient, url) == "fit");
  }
  for (const auto* url : {"https://10.0.0.7/", "https://192.168.1.1/", "https://169.254.169.254/", "https://[fd00::1]/",
                          "https://[fe80::1]/", "https://0.0.0.0/", "https://[::ffff:10.0.0.7]/", "https://167772167/"}) {
    CAPTURE(url);
    CHECK(why(strict, url).find("http_client.allow") != std::string::npos);
    CHECK(why(lenient, url).find("http_client.allow") != std::string::npos);
  }
  CHECK(why(strict, "https://u:c4n4ry@one.example/?k=c4n4ry").find("c4n4ry") == std::string::npos);
  CHECK(why(strict, "https://u:c4n4ry@one.example/") != "fit");
  CHECK(why(strict, "nonsense") != "fit");
  for (const auto* name : {"one.example", "intern.example", "localhost"}) CHECK(names->asked(name) == 0);
}

TEST_CASE("receivers on this machine are asked without the proxy, and it is not sent to its own machine") {
  mock_http_server proxy{[](mock_peer& peer) { peer.wait_closed(); }};
  mock_http_server server{always(mock_answer(200, ""))};
  http_client::options how;
  how.proxy = proxy.url("");
  how.names = std::make_shared<known_names>(
      std::map<std::string, known_names::lists>{{"localhost", {{"127.0.0.1"}}}, {"local.example", {{"127.0.0.1"}}}});
  world here{true, how};
  for (const auto* host : {"http://127.0.0.1", "http://localhost"}) {
    CAPTURE(host);
    CHECK(here.post(at(host, server)));
  }
  CHECK(code_of(here.post(at("https://local.example", server))) == errc::address_refused);
  CHECK(proxy.connections() == 0);
  CHECK(server.connections() >= 1);
  // Everybody else is asked through it.
  CHECK(code_of(here.post({"https://1.1.1.1/", {}, "{}", 1s})) == errc::timeout);
  CHECK(proxy.connections() == 1);
}

TEST_CASE("a name for which no address comes costs the receiver its time, and nothing is asked") {
  struct silent_names final : http_client::resolver {
    gate over;
    result<std::vector<ip_address>> resolve(const std::string&) override {
      over.wait();
      return fail(errc::unavailable, "too late");
    }
  };
  http_client::options how;
  const auto names = std::make_shared<silent_names>();
  how.names = names;
  world here{false, how};
  CHECK(code_of(here.post({"https://slow.example/", {}, "{}", 200ms})) == errc::timeout);
  names->over.open();
}

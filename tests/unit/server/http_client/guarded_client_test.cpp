#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "server/http_client/client.hpp"
#include "tests/support/mock_http_server.hpp"
#include "tests/unit/server/http_client/asking.hpp"

using namespace mofa;
using namespace mofa::test;
using std::chrono::milliseconds;

namespace {

http_client::options with_names(std::map<std::string, known_names::lists> names, std::vector<std::string> allow = {}) {
  http_client::options out;
  out.names = std::make_shared<known_names>(std::move(names));
  out.allow = std::move(allow);
  return out;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// "http://NAME:PORT/path" for a server that listens on loopback.
std::string url_of(std::string_view name, const mock_http_server& server, std::string_view path = "/") {
  return "http://" + std::string{name} + ":" + std::to_string(server.port()) + std::string{path};
}

}  // namespace

TEST_CASE("an address that the guard does not allow is refused in every spelling, and the refusal names the setting") {
  mock_http_server server{always(mock_answer(200, "secret"))};
  const auto client = open_client();
  struct example {
    std::string host;
    std::string address;
  };
  for (const auto& [host, address] :
       {example{"127.0.0.1", "127.0.0.1"}, example{"127.1", "127.0.0.1"}, example{"0x7f000001", "127.0.0.1"},
        example{"2130706433", "127.0.0.1"}, example{"0177.0.0.1", "127.0.0.1"}, example{"[::1]", "::1"},
        example{"[::]", "::"}, example{"[::ffff:127.0.0.1]", "::ffff:127.0.0.1"}, example{"0.0.0.0", "0.0.0.0"},
        example{"0", "0.0.0.0"}, example{"[64:ff9b::7f00:1]", "64:ff9b::7f00:1"},
        example{"[64:ff9b:1::7f00:1]", "64:ff9b:1::7f00:1"}, example{"[2002:7f00:1::]", "2002:7f00:1::"},
        example{"[fe80::1]", "fe80::1"}, example{"169.254.1.1", "169.254.1.1"},
        example{"169.254.169.254", "169.254.169.254"}, example{"[fd00:ec2::254]", "fd00:ec2::254"},
        example{"10.0.0.1", "10.0.0.1"}, example{"100.64.0.1", "100.64.0.1"}}) {
    const auto url = url_of(host, server, "/path?token=1");
    CAPTURE(url);
    const auto answer = ask(*client, guarded_get(url));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::address_refused);
    CHECK(has(answer.error().detail, ":" + std::to_string(server.port()) + "/path: the address " + address + " "));
    CHECK(has(answer.error().detail, "http_client.allow"));
    CHECK_FALSE(has(answer.error().detail, "token"));
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("a refusal reads so that the operator knows what to do") {
  const auto client = open_client(with_names({{"wiki.example", {{"10.0.0.7"}}}}));
  const auto answer = ask(*client, guarded_get("http://wiki.example/page?q=1"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().detail ==
        "http://wiki.example/page: the address 10.0.0.7 of wiki.example is refused (private); the setting http_client.allow "
        "would allow it: add 10.0.0.7");
}

TEST_CASE("localhost is refused by the operating system's names, too") {
  mock_http_server server{always(mock_answer(200, "secret"))};
  const auto client = open_client();
  for (const auto* name : {"localhost", "LOCALHOST", "localhost."}) {
    const auto answer = ask(*client, guarded_get(url_of(name, server)));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code != errc::timeout);
  }
  CHECK(ask(*client, guarded_get(url_of("localhost", server))).error().code == errc::address_refused);
  CHECK(server.connections() == 0);
}

TEST_CASE("a name with one good and one bad address is refused, whichever comes first") {
  const auto client = open_client(with_names({{"first.example", {{"127.0.0.1", "93.184.216.34"}}},
                                              {"last.example", {{"93.184.216.34", "2606:4700::1111", "::ffff:10.0.0.1"}}}}));
  const auto first = ask(*client, guarded_get("http://first.example/"));
  REQUIRE_FALSE(first);
  CHECK(first.error().code == errc::address_refused);
  CHECK(has(first.error().detail, "the address 127.0.0.1 of first.example"));
  const auto last = ask(*client, guarded_get("http://last.example/"));
  REQUIRE_FALSE(last);
  CHECK(last.error().code == errc::address_refused);
  CHECK(has(last.error().detail, "the address ::ffff:10.0.0.1 of last.example"));
}

TEST_CASE("a name that changes after it was judged does not change where the request goes") {
  mock_http_server right{always(mock_answer(200, "right"))};
  mock_http_server trap{always(mock_answer(200, "trap"))};
  // 127.0.0.2 stands for the good address, 127.0.0.1 for the bad one; nobody but the judged one is asked.
  auto how = with_names({{"rebind.example", {{"127.0.0.2"}, {"127.0.0.1"}}}}, {"127.0.0.2"});
  const auto names = std::static_pointer_cast<known_names>(how.names);
  const auto client = open_client(std::move(how));
  auto what = guarded_get(url_of("rebind.example", trap));
  const auto answer = ask(*client, what);
  // Both servers listen on 127.0.0.1 only: the request went to 127.0.0.2, where nobody listens on this port.
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
  CHECK(names->asked("rebind.example") == 1);
  // Asked again, the name has its bad address, and is refused.
  const auto again = ask(*client, what);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::address_refused);
  CHECK(has(again.error().detail, "http_client.allow"));
  CHECK(names->asked("rebind.example") == 2);
  CHECK(trap.connections() == 0);
}

TEST_CASE("a connection of a trusted request is not used for a guarded one") {
  mock_http_server server{always(mock_answer(200, "x"))};
  const auto client = open_client(with_names({{"localhost", {{"127.0.0.2"}}}}, {"127.0.0.2"}));
  REQUIRE(ask(*client, trusted_get(url_of("localhost", server))));
  // Nobody listens at the judged address, and the open connection to 127.0.0.1 is not that one.
  const auto answer = ask(*client, guarded_get(url_of("localhost", server)));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
  CHECK(server.connections() == 1);
}

TEST_CASE("what the operator allows is asked, at the judged address and with the name as host") {
  std::promise<mock_request> seen;
  mock_http_server server{[&](mock_peer& peer) {
    seen.set_value(*peer.read_request());
    peer.send(mock_answer(200, "hello"));
    while (peer.read_request()) peer.send(mock_answer(200, "again"));
  }};
  const std::map<std::string, known_names::lists> names{{"a.corp.example", {{"127.0.0.1"}}}};
  const auto client = open_client(with_names(names, {"127.0.0.0/8"}));
  const auto answer = ask(*client, guarded_get(url_of("a.corp.example", server)));
  REQUIRE(answer);
  CHECK(answer->body == "hello");
  CHECK(seen.get_future().get().header("host") == "a.corp.example:" + std::to_string(server.port()));
  for (int i = 0; i < 3; ++i) CHECK(ask(*client, guarded_get(url_of("a.corp.example", server)))->body == "again");
  CHECK(server.connections() == 1);
  for (const auto* entry : {"127.0.0.1", "A.corp.example", "*.corp.example"}) {
    const auto other = open_client(with_names(names, {entry}));
    mock_http_server another{always(mock_answer(200, "x"))};
    CHECK(ask(*other, guarded_get(url_of("a.corp.example", another))));
  }
}

TEST_CASE("the next address of a name is asked when nobody answers at the first") {
  mock_http_server server{always(mock_answer(200, "second"))};
  const auto client = open_client(with_names({{"two.example", {{"127.0.0.2", "127.0.0.1"}}}}, {"127.0.0.0/8"}));
  const auto answer = ask(*client, guarded_get(url_of("two.example", server)));
  REQUIRE(answer);
  CHECK(answer->body == "second");
}

TEST_CASE("a name without an address is unavailable") {
  const auto client = open_client(with_names({}));
  const auto answer = ask(*client, guarded_get("http://nobody.example/"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
  CHECK(answer.error().detail == "http://nobody.example/: the name nobody.example has no address");
}

TEST_CASE("a name server that does not answer delays its own request only, up to the connect timeout") {
  struct stuck final : http_client::resolver {
    result<std::vector<ip_address>> resolve(const std::string& name) override {
      if (name == "slow.example") freed.wait();
      return std::vector{ip_address::v4(127, 0, 0, 1)};
    }
    std::promise<void> free;
    std::shared_future<void> freed{free.get_future()};
  };
  const auto names = std::make_shared<stuck>();
  mock_http_server server{always(mock_answer(200, "x"))};
  http_client::options how;
  how.names = names;
  how.allow = {"127.0.0.1"};
  const auto client = open_client(how);
  auto what = guarded_get("http://slow.example/");
  what.connect_timeout = milliseconds{80};
  const auto got = std::make_shared<recorder>();
  const auto slow = client->start(what, got);
  std::vector<core::running_call_ptr> let_go;
  for (int i = 0; i < 40; ++i)
    let_go.push_back(client->start(guarded_get("http://slow.example/"), std::make_shared<recorder>()));
  CHECK(ask(*client, guarded_get(url_of("fast.example", server))));
  let_go.clear();
  REQUIRE(got->wait_for_end());
  CHECK(got->outcome() == "timeout");
  CHECK(got->detail() == "http://slow.example/: no address for the name within 80 ms");
  names->free.set_value();
}

TEST_CASE("behind slow names, those are not looked up whose askers have given up") {
  struct slow final : http_client::resolver {
    result<std::vector<ip_address>> resolve(const std::string& name) override {
      {
        const std::lock_guard lock{guard};
        asked.push_back(name);
        changed.notify_all();
      }
      freed.wait();
      return std::vector{ip_address::v4(127, 0, 0, 1)};
    }
    bool has_asked(std::size_t times) {
      std::unique_lock lock{guard};
      return changed.wait_for(lock, long_enough, [&] { return asked.size() >= times; });
    }
    std::mutex guard;
    std::condition_variable changed;
    std::vector<std::string> asked;
    std::promise<void> free;
    std::shared_future<void> freed{free.get_future()};
  };
  const auto names = std::make_shared<slow>();
  http_client::options how;
  how.names = names;
  const auto client = open_client(how);
  const auto start = [&](const std::string& name, milliseconds patience, const std::shared_ptr<recorder>& got) {
    auto what = guarded_get("http://" + name + "/");
    what.connect_timeout = patience;
    return client->start(what, got);
  };
  std::vector<core::running_call_ptr> busy;
  constexpr std::size_t threads = 96;
  while (busy.size() < threads) busy.push_back(start("slow.example", long_enough, std::make_shared<recorder>()));
  REQUIRE(names->has_asked(threads));
  auto left = start("left.example", long_enough, std::make_shared<recorder>());
  const auto late = std::make_shared<recorder>();
  const auto timed_out = start("late.example", milliseconds{20}, late);
  // Requests begin in their order: when this one has ended, the one before it waits for its name, too.
  REQUIRE(late->wait_for_end());
  CHECK(late->outcome() == "timeout");
  left.reset();
  const auto got = std::make_shared<recorder>();
  const auto waiting = start("wanted.example", long_enough, got);
  names->free.set_value();
  REQUIRE(got->wait_for_end());
  CHECK(got->outcome() == "address_refused");
  const std::lock_guard lock{names->guard};
  CHECK(std::count(names->asked.begin(), names->asked.end(), "wanted.example") == 1);
  CHECK(std::count(names->asked.begin(), names->asked.end(), "left.example") == 0);
  CHECK(std::count(names->asked.begin(), names->asked.end(), "late.example") == 0);
}

TEST_CASE("redirects are followed, and judged again") {
  std::string inside;
  mock_http_server secret{always(mock_answer(200, "secret"))};
  mock_http_server server{[&](mock_peer& peer) {
    while (const auto request = peer.read_request()) {
      if (request->target == "/a") peer.send(mock_answer(302, "moved", "Location: b?x=1\r\n"));
      if (request->target == "/b?x=1") peer.send(mock_answer(200, "arrived"));
      if (request->target == "/in") peer.send(mock_answer(302, "", "Location: " + inside + "\r\n"));
      if (request->target == "/loop") peer.send(mock_answer(307, "", "Location: /loop\r\n"));
      if (request->target == "/nowhere") peer.send(mock_answer(302, "as it is"));
    }
  }};
  const auto client =
      open_client(with_names({{"site.example", {{"127.0.0.1"}}}, {"inside.example", {{"127.0.0.1"}}}}, {"site.example"}));
  const auto from = [&](std::string_view path) { return guarded_get(url_of("site.example", server, path)); };
  const auto arrived = ask(*client, from("/a"));
  REQUIRE(arrived);
  CHECK(arrived->status == 200);
  CHECK(arrived->body == "arrived");
  CHECK(arrived->url == url_of("site.example", server, "/b?x=1"));
  CHECK(server.connections() == 1);

  for (const auto& target : {secret.url("/x"), url_of("127.1", secret, "/x"), url_of("[::ffff:127.0.0.1]", secret, "/x"),
                             url_of("inside.example", secret, "/x"), std::string{"http://169.254.169.254/latest"}}) {
    CAPTURE(target);
    inside = target;
    const auto answer = ask(*client, from("/in"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == errc::address_refused);
    CHECK(has(answer.error().detail, "http_client.allow"));
  }
  inside = "file:///etc/passwd";
  CHECK(ask(*client, from("/in")).error().code == errc::upstream_failed);
  CHECK(secret.connections() == 0);

  const auto looping = ask(*client, from("/loop"));
  REQUIRE_FALSE(looping);
  CHECK(looping.error().code == errc::upstream_failed);
  CHECK(has(looping.error().detail, "too many redirects"));
  auto unfollowed = from("/a");
  unfollowed.max_redirects = 0;
  CHECK(ask(*client, unfollowed)->body == "moved");
  CHECK(ask(*client, from("/nowhere"))->body == "as it is");
}

TEST_CASE("a redirect to another origin takes no credentials along, one to the same does") {
  std::promise<mock_request> seen;
  mock_http_server other{[&](mock_peer& peer) {
    seen.set_value(*peer.read_request());
    peer.send(mock_answer(200, "x"));
    peer.wait_closed();
  }};
  std::promise<mock_request> seen_again;
  mock_http_server server{[&](mock_peer& peer) {
    peer.read_request();
    peer.send(mock_answer(307, "", "Location: /here\r\n"));
    seen_again.set_value(*peer.read_request());
    peer.send(mock_answer(307, "", "Location: " + other.url("/there") + "\r\n"));
    peer.wait_closed();
  }};
  http_client::options how;
  how.allow = {"127.0.0.1"};
  const auto client = open_client(how);
  auto what = guarded_get(server.url());
  what.method = "POST";
  what.body = "body";
  what.headers = {{"Authorization", "Bearer k"}, {"X-Api-Key", "k"}, {"Accept", "text/plain"}};
  REQUIRE(ask(*client, what));
  const auto again = seen_again.get_future().get();
  CHECK(again.header("authorization") == "Bearer k");
  const auto request = seen.get_future().get();
  CHECK(request.method == "POST");
  CHECK(request.body == "body");
  CHECK(request.header("authorization").empty());
  CHECK(request.header("x-api-key").empty());
  CHECK(request.header("accept") == "text/plain");
}

TEST_CASE("a trusted request is not judged and not redirected; one that is sent elsewhere is judged there") {
  mock_http_server secret{always(mock_answer(200, "secret"))};
  mock_http_server server{[&](mock_peer& peer) {
    while (peer.read_request()) peer.send(mock_answer(302, "moved", "Location: " + secret.url() + "\r\n"));
  }};
  const auto client = open_client();
  const auto answer = ask(*client, trusted_get(server.url()));
  REQUIRE(answer);
  CHECK(answer->status == 302);
  CHECK(answer->body == "moved");
  auto following = trusted_get(server.url());
  following.max_redirects = 3;
  const auto refused = ask(*client, following);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::address_refused);
  CHECK(secret.connections() == 0);
}

TEST_CASE("the body of a redirect has an end") {
  mock_http_server server{[](mock_peer& peer) {
    while (const auto request = peer.read_request()) {
      if (request->target == "/end") {
        peer.send(mock_answer(200, "end"));
        continue;
      }
      peer.send(mock_chunked_head(302, "Location: /end\r\n"));
      while (peer.send(mock_chunk(std::string(10'000, 'x')))) {
      }
      return;
    }
  }};
  http_client::options how;
  how.allow = {"127.0.0.1"};
  const auto client = open_client(how);
  const auto answer = ask(*client, guarded_get(server.url()));
  REQUIRE(answer);
  CHECK(answer->body == "end");
}

TEST_CASE("through a proxy, a trusted request is passed on as it is") {
  std::promise<mock_request> seen;
  mock_http_server proxy{[&](mock_peer& peer) {
    seen.set_value(*peer.read_request());
    peer.send(mock_answer(200, "by proxy"));
    peer.wait_closed();
  }};
  http_client::options how;
  how.proxy = proxy.url("");
  const auto client = open_client(how);
  const auto answer = ask(*client, trusted_get("http://models.example/v1"));
  REQUIRE(answer);
  CHECK(answer->body == "by proxy");
  CHECK(seen.get_future().get().target == "http://models.example/v1");
}

TEST_CASE("through a proxy, a guarded request is judged first, and the proxy connects to the judged address") {
  std::promise<mock_request> tunnel;
  std::promise<mock_request> inside;
  mock_http_server proxy{[&](mock_peer& peer) {
    if (peer.index() > 0) {
      peer.read_request();
      peer.send(mock_answer(403, "no"));
      return;
    }
    tunnel.set_value(*peer.read_request());
    peer.send("HTTP/1.1 200 Connected\r\nX-Proxy: 1\r\n\r\n");
    inside.set_value(*peer.read_request());
    peer.send(mock_answer(200, "by tunnel"));
    peer.wait_closed();
  }};
  auto how = with_names(
      {{"site.example", {{"93.184.216.34"}}}, {"inside.example", {{"10.0.0.1"}}}, {"six.example", {{"2606:4700::1111"}}}});
  how.proxy = proxy.url("");
  const auto client = open_client(how);
  const auto refused = ask(*client, guarded_get("http://inside.example/"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::address_refused);
  CHECK(proxy.connections() == 0);

  const auto answer = ask(*client, guarded_get("http://site.example/page"));
  REQUIRE(answer);
  CHECK(answer->body == "by tunnel");
  CHECK(answer->find("x-proxy") == nullptr);
  const auto connect = tunnel.get_future().get();
  CHECK(connect.method == "CONNECT");
  CHECK(connect.target == "93.184.216.34:80");
  const auto request = inside.get_future().get();
  CHECK(request.target == "/page");
  CHECK(request.header("host") == "site.example");

  const auto unwilling = ask(*client, guarded_get("http://six.example/"));
  REQUIRE_FALSE(unwilling);
  CHECK(unwilling.error().code == errc::unavailable);
}

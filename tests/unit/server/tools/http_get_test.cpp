#include "server/tools/http_get.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <optional>

#include "protocols/schema/schema.hpp"
#include "server/http_client/client.hpp"
#include "server/tools/registry.hpp"
#include "tests/support/mock_http_server.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;

namespace {

/// Far longer than anything takes.
constexpr std::chrono::seconds patience{20};

struct world {
  explicit world(std::vector<std::string> allow = {"127.0.0.1"}) {
    http_client::options how;
    how.allow = std::move(allow);
    outside = *http_client::client::open(std::move(how));
    all = *tools::registry::make({std::make_shared<tools::http_get>(*outside)}, schema::compile);
  }

  core::running_call_ptr start(json arguments, std::promise<result<json>>& answer) {
    return (*all->find("http_get"))->invoke({"task/3", std::move(arguments), {}, "c"}, [&answer](result<json> value) {
      answer.set_value(std::move(value));
    });
  }
  result<json> call(json arguments) {
    std::promise<result<json>> answer;
    auto coming = answer.get_future();
    const auto running = start(std::move(arguments), answer);
    REQUIRE(coming.wait_for(patience) == std::future_status::ready);
    return coming.get();
  }

  std::unique_ptr<http_client::client> outside;
  std::optional<tools::registry> all;
};

mock_http_server::script answers(std::string bytes) {
  return [bytes = std::move(bytes)](mock_peer& peer) {
    if (peer.read_request()) peer.send(bytes);
  };
}

}  // namespace

TEST_CASE("a page is given as text, whatever its status") {
  world on;
  mock_http_server found{answers(mock_answer(200, "Grüße", "Content-Type: text/plain; charset=utf-8\r\n"))};
  const auto page = on.call({{"url", found.url("/a")}});
  REQUIRE(page);
  CHECK(*page ==
        json{{"status", 200}, {"content_type", "text/plain; charset=utf-8"}, {"truncated", false}, {"text", "Grüße"}});

  mock_http_server missing{answers(mock_answer(404, ""))};
  CHECK(*on.call({{"url", missing.url()}}) ==
        json{{"status", 404}, {"content_type", ""}, {"truncated", false}, {"text", ""}});
}

TEST_CASE("what is not UTF-8 comes as base64") {
  world on;
  mock_http_server server{answers(mock_answer(200, "\xFF\xFE\x01", "Content-Type: image/png\r\n"))};
  CHECK(*on.call({{"url", server.url()}}) ==
        json{{"status", 200}, {"content_type", "image/png"}, {"truncated", false}, {"base64", "//4B"}});
}

TEST_CASE("a long body is cut at the cap, never within a character") {
  world on;
  mock_http_server server{answers(mock_answer(200, "ab€cd"))};
  for (const auto& [cap, text] : {std::pair{2, "ab"}, {3, "ab"}, {4, "ab"}, {5, "ab€"}, {6, "ab€c"}}) {
    CAPTURE(cap);
    const auto page = on.call({{"url", server.url()}, {"max_bytes", cap}});
    REQUIRE(page);
    CHECK((*page)["text"] == text);
    CHECK((*page)["truncated"] == true);
  }
  CHECK((*on.call({{"url", server.url()}, {"max_bytes", 7.0}}))["truncated"] == false);
}

TEST_CASE("without a cap of its own a page ends at 256 KiB") {
  world on;
  mock_http_server server{answers(mock_answer(200, std::string(300'000, 'a')))};
  const auto page = on.call({{"url", server.url()}});
  REQUIRE(page);
  CHECK((*page)["truncated"] == true);
  CHECK((*page)["text"].get_ref<const std::string&>().size() == 256 * 1024);
}

TEST_CASE("the guard refuses what the operator has not allowed, and names the setting") {
  world on{{}};
  mock_http_server server{answers(mock_answer(200, "secret"))};
  for (const auto& url : {server.url(), std::string{"http://169.254.169.254/latest"}, std::string{"http://0x7f000001/"}}) {
    const auto refused = on.call({{"url", url}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::address_refused);
    CHECK(refused.error().detail.starts_with("http_get: "));
    CHECK(refused.error().detail.find("http_client.allow") != std::string::npos);
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("a page that is cut off by its server is an error") {
  world on;
  mock_http_server server{answers("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")};
  const auto page = on.call({{"url", server.url()}});
  REQUIRE_FALSE(page);
  CHECK(page.error().code == errc::upstream_failed);
}

TEST_CASE("letting go of the call closes its connection") {
  world on;
  std::promise<void> asked;
  std::promise<bool> closed;
  mock_http_server server{[&](mock_peer& peer) {
    if (!peer.read_request()) return;
    asked.set_value();
    closed.set_value(peer.wait_closed());
  }};
  std::promise<result<json>> answer;
  auto running = on.start({{"url", server.url()}}, answer);
  REQUIRE(running);
  REQUIRE(asked.get_future().wait_for(patience) == std::future_status::ready);
  running.reset();
  CHECK(closed.get_future().get());
}

TEST_CASE("the arguments are a URL and a cap within its bounds") {
  world on;
  CHECK(on.call(json::object()).error().detail == "http_get: arguments: missing member 'url'");
  for (const auto& cap : {json(0), json(1024 * 1024 + 1), json("1"), json(1.5)})
    CHECK(on.call({{"url", "http://127.0.0.1/"}, {"max_bytes", cap}}).error().code == errc::invalid);
  CHECK(on.call({{"url", "ftp://127.0.0.1/"}}).error().code == errc::invalid);
}

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "tests/support/conversation.hpp"
#include "tests/support/mock_http_server.hpp"

namespace mofa::test {
namespace {

using steady = std::chrono::steady_clock;

/// A provider that begins to answer, and then says nothing more until it is hung up on.
struct silent_provider {
  std::mutex guard;
  std::condition_variable news;
  int asked = 0;
  std::optional<steady::time_point> hung_up;
  mock_http_server server{[this](mock_peer& peer) {
    if (!peer.read_request()) return;
    peer.send(mock_chunked_head(200, "Content-Type: text/event-stream\r\n") +
              mock_chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"well\"}}]}\n\n"));
    {
      const std::lock_guard lock{guard};
      ++asked;
    }
    news.notify_all();
    if (!peer.wait_closed()) return;
    {
      const std::lock_guard lock{guard};
      hung_up = steady::now();
    }
    news.notify_all();
  }};

  bool is_asked() {
    std::unique_lock lock{guard};
    return news.wait_for(lock, mock_peer::patience, [this] { return asked > 0; });
  }
  std::optional<steady::time_point> end() {
    std::unique_lock lock{guard};
    news.wait_for(lock, mock_peer::patience, [this] { return hung_up.has_value(); });
    return hung_up;
  }

  server_plan plan() const {
    return {.definitions = {"tests/e2e/agents/outside"},
            .settings =
                "models:\n  default: [mock/any]\n  providers:\n    mock: {kind: openai, requires_key: false, base_url: \"" +
                server.url("/v1") + "\"}\n"};
  }
};

// After the answer to a cancel the provider is hung up on within 100 ms; what it might still say comes to nobody.
void check_hang_up(const std::string& agent) {
  silent_provider provider;
  test_server server{provider.plan()};
  REQUIRE_MESSAGE(server.start(), server.errors());
  conversation with{server.port()};
  const auto task = id_of(with.submit(agent, "go"));
  REQUIRE(provider.is_asked());
  const auto answer = with.post("/api/v1/tasks/" + task + ":cancel");
  const auto answered = steady::now();
  CHECK(answer.status == 200);
  CHECK(state_of(body_of(answer)) == "canceled");
  const auto hung_up = provider.end();
  REQUIRE(hung_up);
  CHECK(*hung_up - answered < std::chrono::milliseconds{100});
  const auto children = with.read("/api/v1/tasks?parent_id=" + task);
  for (const auto& each : children.at("items")) CHECK(state_of(with.ended(id_of(each))) == "canceled");
  CHECK(children.at("items").size() == (agent == "delegate" ? 1 : 0));
  // Nothing follows the end.
  const auto events = with.events(task);
  CHECK(json::parse(events.back().data).at("data").at("state") == "canceled");
}

}  // namespace

TEST_CASE("a provider is hung up on within 100 ms of a cancel's answer") { check_hang_up("outsider"); }

TEST_CASE("the provider of a child is hung up on within 100 ms of the cancel of its parent") { check_hang_up("delegate"); }

}  // namespace mofa::test

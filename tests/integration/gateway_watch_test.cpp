#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/integration/gateway_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

constexpr const char* ended = "finished GET /held 499";

// One thread, so that what comes to one connection after another is looked at in that order; its tick is a short one.
struct watching_fixture : gateway_fixture {
  explicit watching_fixture(std::function<void(gateway::options&)> change = {}, http::route_table more = {})
      : gateway_fixture{[&](gateway::options& how) {
                          how.threads = 1;
                          how.stream_comment_every = milliseconds{20};
                          how.half_closed_wait = milliseconds{20};
                          if (change) change(how);
                        },
                        std::move(more)} {}

  http::responder hold(raw_client& client) {
    REQUIRE(client.send(get_text("/held")));
    return held->take();
  }
  // Returns when a client that came later has been found gone: by then all others that are held are watched.
  void let_them_be_watched() {
    raw_client leaves{port()};
    auto unanswered = hold(leaves);
    leaves.close();
    REQUIRE(probe.reaches(ended, ++left_));
  }

 private:
  int left_ = 0;
};

std::string echo_text(const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// A WebSocket on which nothing is said.
class silence final : public http::dialogue {
 public:
  void hear(std::string_view) override {}
  bool listens() const override { return true; }
  std::optional<std::string> say() override { return std::nullopt; }
  bool overrun() const override { return false; }
  std::size_t frames_dropped() override { return 0; }
  void end() override {}
};

}  // namespace

TEST_CASE("a request whose client has gone ends: its place and its connection are free before anybody answers") {
  for (const std::string_view how : {"closes", "resets", "finishes sending"}) {
    CAPTURE(how);
    watching_fixture at{[](auto& settings) {
      settings.in_flight = 1;
      settings.connections = 1;
    }};
    raw_client client{at.port()};
    REQUIRE(client.send(get_text("/livez")));
    auto answer = at.hold(client);
    // An answer that nobody has read makes a reset of a close.
    if (how != "resets") REQUIRE(client.answer());
    how == "finishes sending" ? client.finish_sending() : client.close();
    CHECK(at.probe.reaches(ended));
    REQUIRE(at.probe.reaches("closed"));
    if (how == "finishes sending") CHECK(client.at_end());
    CHECK(get(at.port(), "/large/1")->status == 200);

    auto kept = std::make_shared<int>(1);
    const std::weak_ptr<int> seen = kept;
    auto late = text_answer("nobody");
    late.stream.emplace();
    late.stream->open = [kept = std::move(kept)](std::size_t, std::shared_ptr<core::event_sink>,
                                                 core::completion<core::subscription_ptr>) {};
    answer(std::move(late));
    CHECK(seen.expired());
    REQUIRE(at.probe.reaches("closed", 2));
    CHECK(get(at.port(), "/livez")->status == 200);
    CHECK(at.probe.of(ended) == 1);
    CHECK(at.probe.of("dropped /held") == 0);
  }
}

TEST_CASE("a client that has only finished sending gets its answer, and keeps nobody out while it waits") {
  watching_fixture at{[](auto& settings) {
    settings.in_flight = 1;
    settings.half_closed_wait = milliseconds{60'000};
  }};
  raw_client client{at.port()};
  auto answer = at.hold(client);
  client.finish_sending();
  // Its place is free as soon as the gateway has seen that.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  int status = 503;
  while (status == 503 && std::chrono::steady_clock::now() < patience) status = get(at.port(), "/large/1")->status;
  CHECK(status == 200);
  answer(text_answer("late"));
  CHECK(client.answer()->body == "late");
  CHECK(client.at_end());
  CHECK(at.probe.of(ended) == 0);
}

TEST_CASE("what a client sends while its request is handled does not end that, and is served after it") {
  watching_fixture at;
  raw_client client{at.port()};
  auto answer = at.hold(client);
  const auto next = echo_text("abc");
  REQUIRE(client.send(next.substr(0, 20)));
  at.let_them_be_watched();
  REQUIRE(client.send(next.substr(20) + get_text("/livez")));
  at.let_them_be_watched();
  answer(text_answer("late"));
  CHECK(client.answer()->body == "late");
  CHECK(client.answer()->body == "local:abc");
  CHECK(client.answer()->body == "ok");
  CHECK(at.probe.of(ended) == 2);
}

TEST_CASE("a client that has sent its next request and left is gone, and that request is not begun") {
  watching_fixture at;
  raw_client client{at.port()};
  const auto answer = at.hold(client);
  REQUIRE(client.send(get_text("/livez")));
  client.close();
  CHECK(at.probe.reaches("closed"));
  CHECK(at.probe.of(ended) == 1);
  CHECK(at.probe.of("started /livez") == 0);
}

TEST_CASE("more than a connection keeps for later stays in the socket, and nothing of it is lost") {
  watching_fixture at{[](auto& settings) { settings.header_bytes = 1024; }};
  raw_client client{at.port()};
  auto answer = at.hold(client);
  at.let_them_be_watched();
  constexpr int times = 60;
  const std::string padding(2'000, '.');
  for (int i = 0; i < times; ++i) REQUIRE(client.send(echo_text(std::to_string(i) + padding)));
  at.let_them_be_watched();
  answer(text_answer("late"));
  CHECK(client.answer()->body == "late");
  for (int i = 0; i < times; ++i) {
    const auto got = client.answer();
    REQUIRE(got);
    CHECK(got->body == "local:" + std::to_string(i) + padding);
  }
}

TEST_CASE("an answer that comes while the next requests do keeps their order") {
  watching_fixture at;
  std::vector<std::unique_ptr<raw_client>> clients;
  std::vector<http::responder> answers;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<raw_client>(at.port()));
    answers.push_back(at.hold(*clients.back()));
  }
  at.let_them_be_watched();
  constexpr int times = 12;
  std::string next;
  for (int i = 0; i < times; ++i) next += echo_text(std::string(5'000, static_cast<char>('a' + i)));
  for (std::size_t i = 0; i < clients.size(); ++i) {
    REQUIRE(clients[i]->send(next));
    answers[i](text_answer("late"));
  }
  for (const auto& each : clients) {
    const auto first = each->answer();
    REQUIRE(first);
    CHECK(first->body == "late");
    for (int i = 0; i < times; ++i) {
      const auto got = each->answer();
      REQUIRE(got);
      CHECK(got->body.back() == 'a' + i);
    }
  }
}

TEST_CASE("a request that has been watched may be answered with a stream or with a WebSocket") {
  watching_fixture at;
  raw_client streams{at.port()}, talks{at.port()};
  auto stream = at.hold(streams);
  auto talk = at.hold(talks);
  at.let_them_be_watched();

  REQUIRE(streams.send(get_text("/livez")));
  stream(at.stream_answer());
  at.feed->publish("{}");
  CHECK(streams.until("id: 1\n"));
  at.feed->end();
  CHECK(streams.until("0\r\n\r\n"));
  CHECK(streams.answer()->body == "ok");

  http::response turned;
  turned.upgrade.emplace();
  turned.upgrade->key = "dGhlIHNhbXBsZSBub25jZQ==";
  turned.upgrade->open = [](std::function<void()>) { return std::make_shared<silence>(); };
  talk(std::move(turned));
  CHECK(talks.head()->status == 101);
  talks.close();
  CHECK(at.probe.reaches("websocket closed gone"));
}

TEST_CASE("a client that leaves before its stream is open ends the request, and the late subscription is dropped") {
  const auto late = std::make_shared<core::completion<core::subscription_ptr>>();
  http::route_table more;
  more.push_back({"GET", "/opening", core::scope::tasks_read, [late](http::request, http::responder answer) {
                    http::response out;
                    out.stream.emplace();
                    out.stream->open = [late](std::size_t, std::shared_ptr<core::event_sink>,
                                              core::completion<core::subscription_ptr> done) { *late = std::move(done); };
                    answer(std::move(out));
                  }});
  watching_fixture at{{}, std::move(more)};
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/opening")));
  CHECK(at.probe.reaches("started /opening"));
  client.close();
  CHECK(at.probe.reaches("finished GET /opening 499"));
  CHECK(at.probe.reaches("closed"));
  struct watched final : core::subscription {
    explicit watched(bool& left_) : left(left_) {}
    ~watched() override { left = true; }
    void grant(std::size_t) override {}
    bool& left;
  };
  bool left = false;
  (*late)(core::subscription_ptr{std::make_unique<watched>(left)});
  CHECK(left);
}

TEST_CASE("draining does not wait for requests whose clients have gone") {
  watching_fixture at;
  raw_client client{at.port()};
  const auto answer = at.hold(client);
  client.close();
  CHECK(at.server->drain(milliseconds{10'000}));
}

TEST_CASE("the gateway stops while it watches") {
  http::responder late;
  {
    watching_fixture at;
    raw_client client{at.port()};
    late = at.hold(client);
    at.let_them_be_watched();
    at.server->stop();
    CHECK(at.probe.of("closed") == 2);
    CHECK(client.at_end());
  }
  late(text_answer("too late"));
}

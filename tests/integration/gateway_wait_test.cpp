#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "tests/integration/gateway_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

constexpr const char* ended = "finished GET /patient 499";

/// Long waits, the answers to which the test has.
struct waits {
  std::shared_ptr<held_answers> begun = std::make_shared<held_answers>();
  std::shared_ptr<held_answers> cut = std::make_shared<held_answers>();

  http::response answer() const {
    http::response out;
    out.wait.emplace();
    out.wait->begin = [to = begun](http::responder later) { to->put(std::move(later)); };
    out.wait->cut_short = [to = cut](http::responder later) { to->put(std::move(later)); };
    return out;
  }
  http::route_table routes() const {
    http::route_table out;
    out.push_back({"GET", "/patient", core::scope::tasks_read,
                   [mine = *this](http::request, http::responder to) { to(mine.answer()); }});
    out.push_back({"GET", "/careless", core::scope::tasks_read, [](http::request, http::responder to) {
                     http::response answer;
                     answer.wait.emplace();
                     answer.wait->begin = [](http::responder) { throw std::runtime_error{"an asker's defect"}; };
                     answer.wait->cut_short = [](http::responder) {};
                     to(std::move(answer));
                   }});
    return out;
  }
};

/// Of the next answer; "none" when there is none.
std::string body_of(raw_client& client) {
  const auto got = client.answer();
  return got ? got->body : "none";
}

struct waiting_fixture : waits, gateway_fixture {
  explicit waiting_fixture(std::function<void(gateway::options&)> change = {})
      : waits{},
        gateway_fixture{[&](gateway::options& how) {
                          how.stream_comment_every = milliseconds{20};
                          if (change) change(how);
                        },
                        waits::routes()} {}

  http::responder wait(raw_client& client) {
    REQUIRE(client.send(get_text("/patient")));
    return begun->take();
  }
  /// Returns when a client that came later has been found gone: by then the others are watched, and who left before is
  /// known. An answer that nobody has read makes a reset of its close.
  void see_who_left() {
    raw_client leaves{port()};
    REQUIRE(leaves.send(get_text("/livez")));
    const auto unanswered = wait(leaves);
    leaves.close();
    REQUIRE(probe.reaches(ended, ++left_));
  }

 private:
  int left_ = 0;
};

}  // namespace

TEST_CASE("who only waits has no place among the requests in flight, and gets the answer when it is there") {
  waiting_fixture at{[](auto& settings) { settings.in_flight = 1; }};
  raw_client first{at.port()}, second{at.port()};
  auto one = at.wait(first);
  auto other = at.wait(second);
  CHECK(get(at.port(), "/large/1")->status == 200);
  other(text_answer("second"));
  CHECK(body_of(second) == "second");
  one(text_answer("first"));
  CHECK(body_of(first) == "first");
  // The connection goes on.
  REQUIRE(first.send(get_text("/livez")));
  CHECK(body_of(first) == "ok");
}

TEST_CASE("a client that leaves while it waits ends its request, and what comes later is dropped") {
  for (const bool half : {false, true}) {
    CAPTURE(half);
    waiting_fixture at{[](auto& settings) { settings.half_closed_wait = milliseconds{20}; }};
    raw_client client{at.port()};
    auto answer = at.wait(client);
    half ? client.finish_sending() : client.close();
    CHECK(at.probe.reaches(ended));
    REQUIRE(at.probe.reaches("closed"));
    answer(text_answer("nobody"));
    CHECK(at.probe.of("dropped /patient") == 0);
  }
}

TEST_CASE("a client that has only finished sending gets the answer that it waits for") {
  for (const bool watched : {false, true}) {
    CAPTURE(watched);
    waiting_fixture at{[](auto& settings) { settings.threads = 1; }};
    raw_client client{at.port()};
    REQUIRE(client.send(get_text("/held")));
    auto first = at.held->take();
    // Its peer is watched already when the long wait begins.
    if (watched) at.see_who_left();
    first(at.waits::answer());
    auto answer = at.begun->take();
    client.finish_sending();
    at.see_who_left();
    answer(text_answer("late"));
    CHECK(body_of(client) == "late");
    CHECK(client.at_end());
  }
}

TEST_CASE("a client that has finished sending before the long wait begins is not waited for longer than another") {
  waiting_fixture at{[](auto& settings) {
    settings.threads = 1;
    settings.half_closed_wait = milliseconds{2'000};
  }};
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/held")));
  auto first = at.held->take();
  at.see_who_left();
  client.finish_sending();
  at.see_who_left();
  first(at.waits::answer());
  auto answer = at.begun->take();
  CHECK(at.probe.reaches("finished GET /held 499"));
}

TEST_CASE("a long wait that is dropped, or whose asker throws, is a 500") {
  waiting_fixture at;
  raw_client client{at.port()};
  at.wait(client) = {};
  CHECK(client.answer().value_or(raw_answer{}).status == 500);
  CHECK(at.probe.reaches("dropped /patient"));
  CHECK(get(at.port(), "/careless")->status == 500);
  CHECK(at.probe.reaches("failure handler of /careless: an asker's defect"));
}

TEST_CASE("draining lets long waits end by themselves, and cuts the others short before the grace is over") {
  waiting_fixture at;
  raw_client quick{at.port()}, slow{at.port()};
  auto soon = at.wait(quick);
  auto never = at.wait(slow);
  std::thread draining{[&] { (void)at.server->drain(milliseconds{4'000}); }};
  // The listener is closed when draining has begun.
  while (raw_client{at.port()}.connected()) std::this_thread::yield();
  soon(text_answer("done"));
  const auto done = quick.answer();
  REQUIRE(done);
  CHECK(done->body == "done");
  CHECK(done->headers.at("connection") == "close");

  at.cut->take()(text_answer("so far"));
  const auto so_far = slow.answer();
  REQUIRE(so_far);
  CHECK(so_far->body == "so far");
  CHECK(so_far->headers.at("connection") == "close");
  draining.join();
  CHECK(at.server->drain(milliseconds{10'000}));
  CHECK(at.probe.of("finished GET /patient 200") == 2);
  never(text_answer("too late"));
}

TEST_CASE("a wait that begins when the grace is nearly over is cut short at once") {
  waiting_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/held")));
  auto answer = at.held->take();
  CHECK_FALSE(at.server->drain(milliseconds{0}));
  answer(at.waits::answer());
  at.cut->take()(text_answer("so far"));
  CHECK(body_of(client) == "so far");
  CHECK(at.server->drain(milliseconds{10'000}));
}

TEST_CASE("the gateway stops while somebody waits") {
  http::responder late;
  {
    waiting_fixture at;
    raw_client client{at.port()};
    late = at.wait(client);
    at.server->stop();
    CHECK(client.at_end());
  }
  late(text_answer("too late"));
}

#include <doctest/doctest.h>

#include <string>

#include "tests/integration/gateway_fixture.hpp"
#include "tests/integration/live_bytes.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

// How often the text occurs.
std::size_t count_of(std::string_view in, std::string_view text) {
  std::size_t out = 0;
  for (auto at = in.find(text); at != std::string_view::npos; at = in.find(text, at + text.size())) ++out;
  return out;
}

http::route stream_route(decltype(http::event_stream::open) open) {
  const auto shared_open = std::make_shared<decltype(http::event_stream::open)>(std::move(open));
  return {"GET", "/other", core::scope::tasks_read, [shared_open](http::request, http::responder answer) {
            http::response out;
            out.stream.emplace();
            out.stream->open = std::move(*shared_open);
            out.stream->refuse = [](const error& why) { return http::problem(why, "/other", ""); };
            answer(std::move(out));
          }};
}

}  // namespace

TEST_CASE("a stream gives all events in order, ends with the feed, and leaves the connection usable") {
  gateway_fixture at;
  for (int i = 0; i < 300; ++i) at.feed->publish(R"({"n":)" + std::to_string(i) + "}");
  at.feed->end();
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/stream") + get_text("/livez")));
  const auto got = client.answer();
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->headers.at("content-type") == "text/event-stream");
  CHECK(got->headers.at("cache-control") == "no-cache, no-store");
  CHECK(got->headers.at("x-accel-buffering") == "no");
  CHECK(got->headers.at("transfer-encoding") == "chunked");
  std::size_t from = 0;
  for (int i = 1; i <= 300; ++i) {
    const auto found = got->body.find("id: " + std::to_string(i) + "\nevent: message_added\ndata: {", from);
    REQUIRE(found != std::string::npos);
    from = found + 1;
  }
  CHECK(count_of(got->body, "id: ") == 300);
  CHECK(client.answer()->body == "ok");
  CHECK(at.probe.reaches("stream closed"));
  CHECK(at.feed->is_left());
}

TEST_CASE("events and frames arrive as they happen") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/stream")));
  CHECK(client.head()->status == 200);
  at.feed->publish("{}");
  CHECK(client.until("id: 1\nevent: message_added\n"));
  at.feed->frame({"delta", R"({"text":"a"})"});
  CHECK(client.until("\nevent: delta\ndata: {\"text\":\"a\"}\n\n"));
  at.feed->publish("{}");
  CHECK(client.until("id: 2\n"));
  at.feed->end();
  CHECK(client.until("0\r\n\r\n"));
}

TEST_CASE("a reader that does not read holds its feed back at the credit, and then misses nothing") {
  gateway_fixture at{[](auto& settings) { settings.stream_credit = 4; }};
  const std::string large(256 * 1024, 'x');
  for (int i = 0; i < 100; ++i) at.feed->publish("\"" + large + "\"");
  at.feed->end();
  raw_client client{at.port(), 4096};
  REQUIRE(client.send(get_text("/stream")));
  CHECK(client.head()->status == 200);
  REQUIRE(client.until("id: 1\n"));
  // The kernel's buffers take some events; the rest waits in the feed, far from the hundredth.
  CHECK(at.feed->sent() < 60);
  for (int i = 2; i <= 100; ++i) REQUIRE(client.until("id: " + std::to_string(i) + "\n"));
  CHECK(client.until("0\r\n\r\n"));
  CHECK(at.feed->sent() == 100);
}

TEST_CASE("a stream that stays open keeps nothing of the large event that it has written") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/stream")));
  at.feed->publish("1");
  REQUIRE(client.until("\n\n\r\n"));
  const auto before = live_bytes();
  constexpr std::size_t pieces = 256, piece_bytes = 64 * 1024;
  at.feed->publish(std::string(pieces * piece_bytes, 'x'));
  for (std::size_t i = 0; i < pieces; ++i) REQUIRE(client.take(piece_bytes));
  REQUIRE(client.until("\n\n\r\n"));
  CHECK(live_bytes_fall_to(before + pieces * piece_bytes / 16));
  at.feed->publish("3");
  CHECK(client.until("id: 3\n"));
}

TEST_CASE("a reader that never reads is cut off, and its subscription ends") {
  gateway_fixture at{[](auto& settings) { settings.write_timeout = milliseconds{50}; }};
  for (int i = 0; i < 200; ++i) at.feed->publish("\"" + std::string(256 * 1024, 'x') + "\"");
  raw_client client{at.port(), 4096};
  REQUIRE(client.send(get_text("/stream")));
  CHECK(at.probe.reaches("timeout write"));
  CHECK(at.feed->is_left());
  CHECK(at.feed->sent() < 200);
}

TEST_CASE("a quiet stream sends comments") {
  gateway_fixture at{[](auto& settings) { settings.stream_comment_every = milliseconds{20}; }};
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/stream")));
  CHECK(client.head()->status == 200);
  CHECK(client.until(": \n\n"));
  CHECK(client.until(": \n\n"));
}

TEST_CASE("a client that leaves drops the subscription") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/stream")));
  CHECK(client.head()->status == 200);
  client.close();
  CHECK(at.feed->is_left());
  CHECK(at.probe.reaches("stream closed"));
}

TEST_CASE("a feed that fails says so and cuts the stream short") {
  gateway_fixture at;
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/stream")));
  CHECK(client.head()->status == 200);
  at.feed->publish("{}");
  at.feed->fail_with(fail(errc::unavailable, "the room restarts"));
  const auto got = client.until(": stream failed: unavailable\n\n\r\n");
  REQUIRE(got);
  CHECK(got->find("id: 1\n") != std::string::npos);
  CHECK(client.at_end());
}

TEST_CASE("an HTTP/1.0 client gets the stream until the connection closes") {
  gateway_fixture at;
  at.feed->publish("{}");
  at.feed->end();
  raw_client client{at.port()};
  REQUIRE(client.send("GET /stream HTTP/1.0\r\nHost: localhost\r\n\r\n"));
  const auto got = client.answer();
  REQUIRE(got);
  CHECK_FALSE(got->headers.contains("transfer-encoding"));
  CHECK(got->body.substr(0, 6) == "id: 1\n");
}

TEST_CASE("a resume behind the end is 204, and another failure what the dialect makes of it") {
  const auto failing = [](errc code) {
    return [code](std::size_t, std::shared_ptr<core::event_sink>, core::completion<core::subscription_ptr> done) {
      done(fail(code, "no stream"));
    };
  };
  for (const auto& [code, status] :
       {std::pair{errc::task_terminal, 204}, {errc::not_found, 404}, {errc::unavailable, 503}}) {
    http::route_table more;
    more.push_back(stream_route(failing(code)));
    gateway_fixture at{{}, std::move(more)};
    raw_client client{at.port()};
    REQUIRE(client.send(get_text("/other") + get_text("/livez")));
    CHECK(client.answer()->status == status);
    CHECK(client.answer()->body == "ok");
  }
}

TEST_CASE("a subscription that nobody answers is a 500") {
  http::route_table more;
  more.push_back(stream_route([](std::size_t, std::shared_ptr<core::event_sink>,
                                 core::completion<core::subscription_ptr> done) { auto gone = std::move(done); }));
  gateway_fixture at{{}, std::move(more)};
  CHECK(get(at.port(), "/other")->status == 500);
}

TEST_CASE("streams that are open do not count as requests in flight") {
  gateway_fixture at{[](auto& settings) { settings.in_flight = 1; }};
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/stream")));
  CHECK(client.head()->status == 200);
  CHECK(get(at.port(), "/large/1")->status == 200);
}

TEST_CASE("draining closes idle connections, ends streams and lets running requests finish") {
  gateway_fixture at;
  raw_client idle{at.port()};
  REQUIRE(idle.send(get_text("/livez")));
  REQUIRE(idle.answer());
  raw_client running{at.port()};
  REQUIRE(running.send(get_text("/held")));
  auto answer = at.held->take();
  raw_client streaming{at.port()};
  REQUIRE(streaming.send(get_text("/stream")));
  CHECK(streaming.head()->status == 200);
  at.feed->publish("{}");
  REQUIRE(streaming.until("id: 1\n"));

  CHECK_FALSE(at.server->drain(milliseconds{0}));
  CHECK(idle.at_end());
  CHECK(streaming.until(": the server is stopping\n\n\r\n0\r\n\r\n"));
  CHECK(streaming.at_end());
  CHECK_FALSE(raw_client{at.port()}.connected());

  answer(text_answer("finished"));
  const auto got = running.answer();
  REQUIRE(got);
  CHECK(got->body == "finished");
  CHECK(got->headers.at("connection") == "close");
  CHECK(at.server->drain(milliseconds{10'000}));
  CHECK(at.probe.of("closed") == 3);
}

TEST_CASE("stopping cuts off what drain left, and its late subscription is dropped") {
  const auto late = std::make_shared<core::completion<core::subscription_ptr>>();
  http::route_table more;
  more.push_back(stream_route([late](std::size_t, std::shared_ptr<core::event_sink>,
                                     core::completion<core::subscription_ptr> done) { *late = std::move(done); }));
  gateway_fixture at{{}, std::move(more)};
  raw_client client{at.port()};
  REQUIRE(client.send(get_text("/other")));
  CHECK(at.probe.reaches("started /other"));
  CHECK_FALSE(at.server->drain(milliseconds{10}));
  at.server->stop();
  CHECK(client.at_end());
  struct watched final : core::subscription {
    explicit watched(bool& ended_) : ended(ended_) {}
    ~watched() override { ended = true; }
    void grant(std::size_t) override {}
    bool& ended;
  };
  bool ended = false;
  REQUIRE(*late);
  (*late)(core::subscription_ptr{std::make_unique<watched>(ended)});
  CHECK(ended);
}

#include "server/app/client/follower.hpp"

#include <doctest/doctest.h>

#include "tests/support/mock_http_server.hpp"

namespace mofa::app::client {
namespace {

using test::mock_http_server;
using test::mock_peer;
using test::mock_request;

constexpr std::string_view stream_headers = "Content-Type: text/event-stream\r\nLocation: /api/v1/tasks/t1\r\n";

std::string event_text(int seq, const std::string& kind, const std::string& data = "{}") {
  const auto number = std::to_string(seq);
  return "id: " + number + "\nevent: " + kind + "\ndata: {\"task_id\":\"t1\",\"seq\":" + number + ",\"kind\":\"" + kind +
         "\",\"version\":1,\"at\":\"2026-01-31T09:00:00.000Z\",\"data\":" + data + "}\n\n";
}

const std::string completed = R"({"state":"completed"})";

/// What each connection was asked, in order, and what it does.
class scripted_server {
 public:
  using act = std::function<void(mock_peer&)>;

  explicit scripted_server(std::vector<act> acts)
      : acts_(std::move(acts)), server_([this](mock_peer& peer) {
          const auto got = peer.read_request();
          if (!got || static_cast<std::size_t>(peer.index()) >= acts_.size()) return;
          {
            const std::lock_guard lock{guard_};
            requests_.push_back(*got);
          }
          acts_[static_cast<std::size_t>(peer.index())](peer);
        }) {}

  std::string url() const { return server_.url(""); }
  std::vector<mock_request> requests() {
    const std::lock_guard lock{guard_};
    return requests_;
  }

 private:
  std::vector<act> acts_;
  std::mutex guard_;
  std::vector<mock_request> requests_;
  mock_http_server server_;
};

/// Sends this and hangs up in the middle of the stream.
scripted_server::act cut(std::string text) {
  return [text = std::move(text)](mock_peer& peer) {
    peer.send(test::mock_chunked_head(200, stream_headers) + test::mock_chunk(text));
  };
}
/// Sends this and ends the stream in order.
scripted_server::act ended(std::string text) {
  return [text = std::move(text)](mock_peer& peer) {
    peer.send(test::mock_chunked_head(200, stream_headers) + test::mock_chunk(text) + test::mock_chunk(""));
  };
}
scripted_server::act answers(int status, std::string body = "{}") {
  return [status, body = std::move(body)](mock_peer& peer) { peer.send(test::mock_answer(status, body)); };
}
void hang_up(mock_peer&) {}

class collector final : public event_listener {
 public:
  void on_event(const json& event, const std::string&) override {
    heard.push_back(event["seq"]);
    over = event["data"].contains("state");
  }
  void on_frame(const std::string& kind, const std::string&) override { frames.push_back(kind); }
  bool satisfied() const override { return over; }

  std::vector<int> heard;
  std::vector<std::string> frames;
  bool over = false;
};

struct run {
  collector to;
  outcome<followed> got;

  run(const scripted_server& server, follow_start from, std::int64_t patience_s = 30) {
    const auto with = session::open({server.url(), "secret", false, patience_s});
    REQUIRE(with);
    got = follow(**with, std::move(from), to);
  }
};

follow_start submission() { return {.submit_path = "/api/v1/agents/echo/tasks", .submit_body = R"({"message":"go"})"}; }
follow_start of_task(std::uint64_t after) { return {.task = "t1", .after = after}; }

TEST_CASE("a submission streams, and a connection that breaks is made again after the last event") {
  scripted_server server{
      {cut(event_text(1, "submitted") + "event: delta\ndata: {}\n\n" + event_text(2, "timer_set") + "id: 3\nda"),
       ended(event_text(2, "timer_set") + event_text(3, "timer_fired") + event_text(4, "status_changed", completed))}};
  const run done{server, submission()};
  REQUIRE(done.got);
  CHECK(done.got->task == "t1");
  CHECK(done.got->last == 4);
  CHECK(done.to.heard == std::vector<int>{1, 2, 3, 4});
  CHECK(done.to.frames == std::vector<std::string>{"delta"});
  const auto asked = server.requests();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].method == "POST");
  CHECK(asked[0].body == R"({"message":"go"})");
  CHECK(asked[0].header("accept") == "text/event-stream");
  CHECK(asked[0].header("authorization") == "Bearer secret");
  CHECK(asked[1].method == "GET");
  CHECK(asked[1].target == "/api/v1/tasks/t1/events");
  CHECK(asked[1].header("last-event-id") == "2");
}

TEST_CASE("a submission that may have arrived is repeated with the same key") {
  scripted_server server{{hang_up, answers(409, R"({"detail":"wait","code":"in_progress"})"),
                          ended(event_text(1, "submitted") + event_text(2, "status_changed", completed))}};
  const run done{server, submission()};
  REQUIRE(done.got);
  const auto asked = server.requests();
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].header("idempotency-key").size() == 36);
  for (const auto& each : asked) CHECK(each.header("idempotency-key") == asked[0].header("idempotency-key"));
}

TEST_CASE("the end of a stream is not the end of the task") {
  scripted_server server{{ended(event_text(1, "submitted")), answers(503, R"({"detail":"draining","code":"unavailable"})"),
                          ended(event_text(2, "status_changed", completed))}};
  const run done{server, submission()};
  REQUIRE(done.got);
  CHECK(done.to.heard == std::vector<int>{1, 2});
  CHECK(server.requests().size() == 3);
}

TEST_CASE("a stream that begins after the end of the task is over at once") {
  scripted_server server{{answers(204, "")}};
  const run done{server, of_task(9)};
  REQUIRE(done.got);
  CHECK(done.got->last == 9);
  CHECK(done.to.heard.empty());
}

TEST_CASE("what the server refuses at first is not tried again") {
  scripted_server server{{answers(503, R"({"detail":"the server is full","code":"overloaded"})")}};
  const run done{server, submission()};
  REQUIRE_FALSE(done.got);
  CHECK(done.got.error().code == exit_code::refused);
  CHECK(done.got.error().lines.front() == "refused: the server is full");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("when patience is over the command ends, and says how to attach again") {
  scripted_server server{{cut(event_text(1, "submitted"))}};
  const run done{server, submission(), 0};
  REQUIRE_FALSE(done.got);
  CHECK(done.got.error().code == exit_code::unreachable);
  CHECK(done.got.error().lines.back() == "attach again: mofa tasks watch t1 --url " + server.url());
  CHECK(done.to.heard == std::vector<int>{1});
}

TEST_CASE("nobody there is told at once, and so is a URL that is none") {
  const auto nobody = session::open({"http://127.0.0.1:1", "", false, 30});
  REQUIRE(nobody);
  collector to;
  const auto got = follow(**nobody, submission(), to);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == exit_code::unreachable);
  const auto wrong = session::open({"ftp://127.0.0.1", "", false, 30});
  REQUIRE(wrong);
  const auto refused = (*wrong)->read("/api/v1/agents");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == exit_code::usage);
}

TEST_CASE("a list is read over all its pages, with each item as the server wrote it") {
  scripted_server server{{answers(200, R"({"items":[{"b":1,"a":2}],"next_cursor":"x&y"})"),
                          answers(200, R"({"items":[{"c":3}],"next_cursor":null})")}};
  const auto with = session::open({server.url(), "", false, 30});
  REQUIRE(with);
  const auto all = (*with)->read_all("/api/v1/agents?kind=llm", 300);
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].text == R"({"b":1,"a":2})");
  CHECK(server.requests()[0].target == "/api/v1/agents?kind=llm&limit=200");
  CHECK(server.requests()[1].target == "/api/v1/agents?kind=llm&limit=200&cursor=x%26y");
}

}  // namespace
}  // namespace mofa::app::client

#include <doctest/doctest.h>

#include <future>

#include "server/models/anthropic/anthropic_dialect.hpp"
#include "server/models/openai/openai_dialect.hpp"
#include "server/models/patient/patient_model.hpp"
#include "server/models/remote/remote_provider.hpp"
#include "tests/support/mock_http_server.hpp"
#include "tests/unit/server/models/conversation.hpp"
#include "tests/unit/server/models/manual_timer.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;

namespace {

constexpr auto event_stream = "Content-Type: text/event-stream\r\n";

std::string piece(const std::string& text) {
  return R"(data: {"choices":[{"index":0,"delta":{"content":")" + text + "\"}}]}\n\n";
}
const std::string last_words = R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
                               "\n\n"
                               R"(data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}})"
                               "\n\ndata: [DONE]\n\n";

std::string whole_answer(const std::string& text) { return mock_answer(200, piece(text) + last_words, event_stream); }

class stopped_clock final : public mofa::clock {
 public:
  time_point now() const override { return time_point{784'111'740s}; }  // 1994-11-06T08:49:00Z
};

/// Real pauses, for tests that do not care how long they are.
class hasty_timer final : public models::timer {
 public:
  core::running_call_ptr after(models::milliseconds delay, callback<void()> then) override {
    {
      const std::lock_guard lock{guard_};
      asked_.push_back(delay);
    }
    return inner_->after(1ms, std::move(then));
  }
  void stop() override { inner_->stop(); }
  std::vector<models::milliseconds> asked() const {
    const std::lock_guard lock{guard_};
    return asked_;
  }

 private:
  models::timer_ptr inner_ = models::start_timer();
  mutable std::mutex guard_;
  std::vector<models::milliseconds> asked_;
};

core::model_ptr remote_model(const std::string& name, std::shared_ptr<const models::dialect> wire, std::string secret,
                             models::patience how, http_client::client& http, models::pacing with) {
  auto whom = models::remote_provider(std::move(wire), http, with.time);
  return models::patient_model(name, std::move(whom), std::move(secret), how, std::move(with));
}

struct provider {
  /// `answers` are given one after the other, the last one again and again; one request for each connection.
  explicit provider(std::vector<std::string> answers, models::patience how = {})
      : server([this, answers = std::move(answers)](mock_peer& peer) {
          auto request = peer.read_request();
          if (!request) return;
          std::size_t index = 0;
          {
            const std::lock_guard lock{guard};
            index = std::min(requests.size(), answers.size() - 1);
            requests.push_back(*std::move(request));
          }
          peer.send(answers[index]);
        }),
        model(remote_model("openai", models::openai_dialect({server.url("/v1/"), "sk-secret"}), "sk-secret", how, *http,
                           {timer, time, [] { return 1.0; }})) {}

  ~provider() { timer->stop(); }

  stopped_clock time;
  std::mutex guard;
  std::vector<mock_request> requests;
  mock_http_server server;
  std::unique_ptr<http_client::client> http = *http_client::client::open({});
  std::shared_ptr<hasty_timer> timer = std::make_shared<hasty_timer>();
  core::model_ptr model;
};

}  // namespace

TEST_CASE("a call is one request with the key, and its answer is streamed") {
  provider one{{whole_answer("hello")}};
  asking call{*one.model, request_of({asked("hi")})};
  REQUIRE(call.await());
  const auto answer = call.answer();
  REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().detail));
  CHECK(answer->text == "hello");
  CHECK(answer->model == "openai/demo");
  CHECK(answer->input_tokens == 5);
  CHECK(call.deltas() == std::vector<std::pair<int, std::string>>{{1, "hello"}});
  REQUIRE(one.requests.size() == 1);
  CHECK(one.requests[0].method == "POST");
  CHECK(one.requests[0].target == "/v1/chat/completions");
  CHECK(one.requests[0].header("Authorization") == "Bearer sk-secret");
  CHECK(one.requests[0].header("Content-Type") == "application/json");
  CHECK(one.requests[0].header("Idempotency-Key") == "task/3");
  CHECK(core::json::parse(one.requests[0].body)["stream"] == true);
}

TEST_CASE("Anthropic is asked at its own path with its own headers") {
  provider one{
      {mock_answer(200,
                   "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"hello\"}}\n\n"
                   "data: {\"type\":\"message_stop\"}\n\n",
                   event_stream)}};
  const auto model = remote_model("anthropic", models::anthropic_dialect({one.server.url(""), "key"}), "key", {}, *one.http,
                                  {one.timer, one.time});
  asking call{*model, request_of({asked("hi")})};
  REQUIRE(call.await());
  CHECK(call.answer()->text == "hello");
  CHECK(call.answer()->model == "anthropic/demo");
  CHECK(one.requests[0].target == "/v1/messages");
  CHECK(one.requests[0].header("x-api-key") == "key");
  CHECK(one.requests[0].header("anthropic-version") == "2023-06-01");
  CHECK(one.requests[0].header("Authorization").empty());
}

TEST_CASE("what may pass is tried again after growing pauses, and the text begins anew") {
  const auto cut = mock_chunked_head(200, event_stream) + mock_chunk(piece("hal"));
  provider one{{mock_answer(500, "oops"), cut, whole_answer("hello")}};
  asking call{*one.model, request_of({asked("hi")})};
  REQUIRE(call.await());
  const auto answer = call.answer();
  REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().detail));
  CHECK(answer->text == "hello");
  CHECK(call.deltas() == std::vector<std::pair<int, std::string>>{{2, "hal"}, {3, "hello"}});
  CHECK(call.streamed() == "hello");
  CHECK(one.timer->asked() == std::vector<models::milliseconds>{500ms, 1'000ms});
}

TEST_CASE("after the last attempt the provider's reason is the error, without the key") {
  provider one{{mock_answer(503, R"({"error":{"message":"no room for sk-secret","type":"server_error"}})",
                            "Content-Type: application/json\r\n")}};
  asking call{*one.model, request_of({asked("hi")})};
  REQUIRE(call.await());
  CHECK(call.answer().error().code == errc::upstream_failed);
  CHECK(call.answer().error().detail == "openai/demo: HTTP 503: no room for *** (server_error) (after 3 attempts)");
  CHECK(one.requests.size() == 3);
}

TEST_CASE("Retry-After is obeyed, as seconds and as a date") {
  provider one{{mock_answer(429, "slow", "Retry-After: 7\r\n"),
                mock_answer(429, "slow", "Retry-After: Sun, 06 Nov 1994 08:49:20 GMT\r\n"), whole_answer("hello")}};
  asking call{*one.model, request_of({asked("hi")})};
  REQUIRE(call.await());
  CHECK(call.answer()->text == "hello");
  CHECK(one.timer->asked() == std::vector<models::milliseconds>{7'000ms, 20'000ms});
}

TEST_CASE("a Retry-After beyond our patience ends the call and is passed on") {
  provider one{{mock_answer(429, "slow", "Retry-After: 3600\r\n")}};
  asking call{*one.model, request_of({asked("hi")})};
  REQUIRE(call.await());
  CHECK(call.answer().error().detail == "openai/demo: HTTP 429: slow");
  CHECK(call.answer().error().retry_after == 3'600s);
  CHECK(one.timer->asked().empty());
}

TEST_CASE("a refusal for good is not tried again") {
  for (const int status : {400, 401, 403, 404, 422}) {
    CAPTURE(status);
    provider one{{mock_answer(status, R"({"error":{"message":"no"}})")}};
    asking call{*one.model, request_of({asked("hi")})};
    REQUIRE(call.await());
    CHECK(call.answer().error().detail == "openai/demo: HTTP " + std::to_string(status) + ": no");
    CHECK(one.requests.size() == 1);
  }
}

TEST_CASE("an error object instead of a stream, or in it, is the failure") {
  models::patience once;
  once.attempts = 1;
  const std::string error = R"({"error":{"message":"gone wrong","type":"server_error"}})";
  provider body{{mock_answer(200, error, "Content-Type: application/json\r\n")}, once};
  asking first{*body.model, request_of({asked("hi")})};
  REQUIRE(first.await());
  CHECK(first.answer().error().detail == "openai/demo: HTTP 200: gone wrong (server_error)");

  provider stream{{mock_answer(200, piece("half") + "data: " + error + "\n\n", event_stream)}, once};
  asking second{*stream.model, request_of({asked("hi")})};
  REQUIRE(second.await());
  CHECK(second.answer().error().code == errc::upstream_failed);
  CHECK(second.answer().error().detail == "openai/demo: gone wrong (server_error)");
  CHECK(second.streamed() == "half");
}

TEST_CASE("a connection that breaks after the last word takes nothing away") {
  provider one{
      {mock_chunked_head(200, event_stream) + mock_chunk(piece("hello") + last_words)}};  // the last chunk is missing
  asking call{*one.model, request_of({asked("hi")})};
  REQUIRE(call.await());
  CHECK(call.answer()->text == "hello");
  CHECK(one.requests.size() == 1);
}

TEST_CASE("a provider that fails again and again is left alone, also by other calls") {
  models::patience how;
  how.attempts = 2;
  how.breaker_failures = 3;
  provider one{{mock_answer(500, "oops")}, how};
  asking first{*one.model, request_of({asked("hi")})};
  REQUIRE(first.await());
  asking second{*one.model, request_of({asked("hi")})};
  REQUIRE(second.await());
  // Its second attempt was not made any more: the first one opened the circuit.
  CHECK(second.answer().error().detail == "openai/demo: HTTP 500: oops");
  CHECK(one.requests.size() == 3);
  asking third{*one.model, request_of({asked("hi")})};
  REQUIRE(third.answers() == 1);
  CHECK(third.answer().error().code == errc::unavailable);
  CHECK(third.answer().error().detail.starts_with("openai/demo: left alone after 3 failures in a row"));
  CHECK(one.requests.size() == 3);
}

TEST_CASE("requests that are refused for their content do not open the circuit") {
  models::patience how;
  how.breaker_failures = 1;
  provider one{{mock_answer(400, "no"), mock_answer(429, "slow", "Retry-After: 60\r\n"), whole_answer("hello")}, how};
  for (int i = 0; i < 2; ++i) {
    asking call{*one.model, request_of({asked("hi")})};
    REQUIRE(call.await());
    CHECK_FALSE(call.answer());
  }
  asking last{*one.model, request_of({asked("hi")})};
  REQUIRE(last.await());
  CHECK(last.answer()->text == "hello");
}

TEST_CASE("letting go closes the connection in the middle of the stream, and nothing is called after it") {
  std::promise<bool> closed;
  mock_http_server server{[&](mock_peer& peer) {
    if (!peer.read_request()) return;
    peer.send(mock_chunked_head(200, event_stream) + mock_chunk(piece("hal")));
    closed.set_value(peer.wait_closed());
  }};
  const stopped_clock time;
  const auto http = *http_client::client::open({});
  const auto timer = std::make_shared<manual_timer>();
  const auto model = remote_model("openai", models::openai_dialect({server.url("/v1"), ""}), "", {}, *http, {timer, time});
  asking call{*model, request_of({asked("hi")})};
  REQUIRE(call.await_deltas(1));
  const auto begun = std::chrono::steady_clock::now();
  call.abort();
  CHECK(closed.get_future().get());
  CHECK(std::chrono::steady_clock::now() - begun < 100ms);
  CHECK(call.answers() == 0);
  CHECK(call.deltas().size() == 1);
}

TEST_CASE("letting go during a pause ends the call") {
  mock_http_server server{[](mock_peer& peer) {
    if (peer.read_request()) peer.send(mock_answer(500, "oops"));
  }};
  const auto http = *http_client::client::open({});
  std::promise<void> pausing;
  struct noting_timer final : models::timer {
    explicit noting_timer(std::promise<void>& to) : to_(to) {}
    core::running_call_ptr after(models::milliseconds, callback<void()>) override {
      struct nothing final : core::running_call {};
      to_.set_value();
      return std::make_unique<nothing>();
    }
    std::promise<void>& to_;
  };
  const stopped_clock time;
  const auto model = remote_model("openai", models::openai_dialect({server.url("/v1"), ""}), "", {}, *http,
                                  {std::make_shared<noting_timer>(pausing), time});
  asking call{*model, request_of({asked("hi")})};
  pausing.get_future().get();
  call.abort();
  CHECK(call.answers() == 0);
  CHECK(server.connections() == 1);
}

TEST_CASE("a provider that is not there is tried again, and then unavailable") {
  std::uint16_t free_port = 0;
  {
    const mock_http_server gone{[](mock_peer&) {}};
    free_port = gone.port();
  }
  const stopped_clock time;
  const auto http = *http_client::client::open({});
  const auto timer = std::make_shared<hasty_timer>();
  const auto model =
      remote_model("openai", models::openai_dialect({"http://127.0.0.1:" + std::to_string(free_port) + "/v1", ""}), "", {},
                   *http, {timer, time});
  asking call{*model, request_of({asked("hi")})};
  REQUIRE(call.await());
  CHECK(call.answer().error().code == errc::unavailable);
  CHECK(call.answer().error().detail.ends_with(" (after 3 attempts)"));
  CHECK(timer->asked().size() == 2);
}

// A gateway on a free port with routes made for tests: held answers, dropped ones, large ones, and streams of a fake feed.
// Owned by the test.
// The test's thread plays the part of the actors.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "protocols/http/problem.hpp"
#include "server/gateway/gateway.hpp"
#include "tests/integration/raw_client.hpp"

namespace mofa::test {

/// Counts, and wakes the test when something was counted.
class counting_probe final : public gateway::probe {
 public:
  void routes_known(std::size_t patterns) override { count("routes", static_cast<int>(patterns)); }
  void connection_opened() override { count("opened"); }
  void connection_closed() override { count("closed"); }
  void connection_refused() override { count("refused"); }
  void connection_timed_out(std::string_view during) override { count("timeout " + std::string{during}); }
  void request_started(std::string_view pattern) override { count("started " + std::string{pattern}); }
  void request_finished(std::string_view pattern, std::string_view method, int status, std::chrono::nanoseconds,
                        std::string_view, std::string_view) override {
    count("finished " + std::string{method} + " " + std::string{pattern} + " " + std::to_string(status));
  }
  void request_refused(std::string_view reason) override { count("no " + std::string{reason}); }
  void answer_dropped(std::string_view pattern) override { count("dropped " + std::string{pattern}); }
  void stream_opened() override { count("stream opened"); }
  void stream_closed() override { count("stream closed"); }
  void websocket_opened() override { count("websocket opened"); }
  void websocket_closed(std::string_view reason) override { count("websocket closed " + std::string{reason}); }
  void websocket_message(std::string_view direction) override { count("websocket " + std::string{direction}); }
  void frames_dropped(std::size_t times) override { count("frames dropped", static_cast<int>(times)); }
  void failure(std::string_view detail) override { count("failure " + std::string{detail}); }

  int of(const std::string& what) {
    const std::lock_guard lock{guard_};
    return counts_[what];
  }
  /// Whether it was counted so often within ten seconds.
  bool reaches(const std::string& what, int times = 1) {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return counts_[what] >= times; });
  }

 private:
  void count(const std::string& what, int times = 1) {
    const std::lock_guard lock{guard_};
    counts_[what] += times;
    changed_.notify_all();
  }

  std::mutex guard_;
  std::condition_variable changed_;
  std::map<std::string, int> counts_;
};

/// A feed that gives what it has as far as the credit goes.
class fake_feed : public std::enable_shared_from_this<fake_feed> {
 public:
  void open(std::size_t credit, std::shared_ptr<core::event_sink> sink, core::completion<core::subscription_ptr> done) {
    {
      const std::lock_guard lock{guard_};
      sink_ = std::move(sink);
      credit_ = credit;
    }
    done(core::subscription_ptr{std::make_unique<ticket>(shared_from_this())});
    flow(0);
  }
  void publish(std::string data) {
    {
      const std::lock_guard lock{guard_};
      auto next = std::make_shared<core::event>();
      next->seq = ++last_;
      next->kind = "message_added";
      next->data = std::move(data);
      waiting_.push_back(std::move(next));
    }
    flow(0);
  }
  void frame(const core::live_frame& what) {
    const std::lock_guard lock{guard_};
    if (sink_) sink_->on_frame(what);
  }
  void end() {
    {
      const std::lock_guard lock{guard_};
      ended_ = true;
    }
    flow(0);
  }
  void fail_with(const error& why) {
    const std::lock_guard lock{guard_};
    if (sink_) sink_->on_failure(why);
  }

  std::size_t sent() {
    const std::lock_guard lock{guard_};
    return sent_;
  }
  bool waits_for_subscriber() {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return sink_ != nullptr; });
  }
  bool is_left() {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return left_; });
  }

 private:
  struct ticket final : core::subscription {
    explicit ticket(std::shared_ptr<fake_feed> from_) : from(std::move(from_)) {}
    ~ticket() override { from->leave(); }
    void grant(std::size_t count) override { from->flow(count); }
    std::shared_ptr<fake_feed> from;
  };

  void leave() {
    const std::lock_guard lock{guard_};
    sink_ = nullptr;
    left_ = true;
    changed_.notify_all();
  }
  void flow(std::size_t granted) {
    const std::lock_guard lock{guard_};
    credit_ += granted;
    if (!sink_) return;
    while (!waiting_.empty() && credit_ > 0) {
      --credit_;
      ++sent_;
      sink_->on_event(waiting_.front());
      waiting_.pop_front();
    }
    if (waiting_.empty() && ended_) sink_->on_end();
    changed_.notify_all();
  }

  std::mutex guard_;
  std::condition_variable changed_;
  std::shared_ptr<core::event_sink> sink_;
  std::deque<core::event_ptr> waiting_;
  std::size_t credit_ = 0;
  std::size_t sent_ = 0;
  std::uint64_t last_ = 0;
  bool ended_ = false;
  bool left_ = false;
};

/// Responders that handlers left for the test to use.
class held_answers {
 public:
  void put(http::responder answer) {
    const std::lock_guard lock{guard_};
    held_.push_back(std::move(answer));
    changed_.notify_all();
  }
  http::responder take() {
    std::unique_lock lock{guard_};
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return !held_.empty(); }));
    auto out = std::move(held_.front());
    held_.pop_front();
    return out;
  }

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::deque<http::responder> held_;
};

inline http::response text_answer(std::string body) {
  http::response out;
  out.content_type = "text/plain";
  out.body = std::move(body);
  return out;
}

struct gateway_fixture {
  explicit gateway_fixture(std::function<void(gateway::options&)> change = {}, http::route_table more = {}) {
    gateway::options settings;
    settings.port = 0;
    settings.threads = 2;
    if (change) change(settings);
    auto routes = sample_routes();
    for (auto& each : more) routes.push_back(std::move(each));
    auto made = gateway::gateway::listen(std::move(settings), std::move(routes), probe, clock);
    REQUIRE_MESSAGE(made, made.error().detail);
    server = *std::move(made);
    server->start();
  }

  std::uint16_t port() const { return server->port(); }

  http::route_table sample_routes() {
    const auto open = std::optional<core::scope>{};
    http::route_table out;
    out.push_back({"GET", "/livez", open, [](http::request, http::responder answer) { answer(text_answer("ok")); }});
    out.push_back({"GET", "/held", core::scope::tasks_read,
                   [this](http::request, http::responder answer) { held->put(std::move(answer)); }});
    out.push_back({"GET", "/large/{kib}", core::scope::tasks_read, [](http::request ask, http::responder answer) {
                     answer(text_answer(std::string(std::stoul(std::string{ask.parameter("kib")}) * 1024, 'x')));
                   }});
    out.push_back({"GET", "/drop", core::scope::tasks_read, [](http::request, http::responder) {}});
    out.push_back({"GET", "/throw", core::scope::tasks_read,
                   [](http::request, http::responder) { throw std::runtime_error{"a handler's defect"}; }});
    out.push_back({"POST", "/echo", core::scope::tasks_write, [](http::request ask, http::responder answer) {
                     answer(text_answer(ask.caller.principal + ":" + ask.body));
                   }});
    out.push_back({"GET", "/stream", core::scope::tasks_read,
                   [this](http::request, http::responder answer) { answer(stream_answer()); }});
    return out;
  }

  http::response stream_answer() {
    http::response out;
    out.stream.emplace();
    out.stream->open = [from = feed](std::size_t credit, std::shared_ptr<core::event_sink> sink,
                                     core::completion<core::subscription_ptr> done) {
      from->open(credit, std::move(sink), std::move(done));
    };
    out.stream->refuse = [](const error& why) { return http::problem(why, "/stream", ""); };
    return out;
  }

  counting_probe probe;
  system_clock clock;
  std::shared_ptr<fake_feed> feed = std::make_shared<fake_feed>();
  std::shared_ptr<held_answers> held = std::make_shared<held_answers>();
  std::unique_ptr<gateway::gateway> server;
};

inline std::string get_text(std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

}  // namespace mofa::test

#include "server/app/client/follower.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/sse/decoder.hpp"
#include "server/app/client/problem.hpp"
#include "server/base/ids.hpp"

namespace mofa::app::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t most_event_bytes = std::size_t{256} * 1024 * 1024;
constexpr milliseconds first_pause{100}, longest_pause{2000};
/// For a server that has not answered yet: it may be none.
constexpr milliseconds patience_with_strangers{5000};

/// What one connection has brought so far.
struct arrivals {
  std::optional<http_client::response_head> head;
  std::string bytes;
  std::optional<result<void>> end;
};

/// Carries it to the main thread; arrivals that nobody holds any more are dropped.
class carrier final : public http_client::listener {
 public:
  carrier(loop& to, const std::shared_ptr<arrivals>& into) : loop_(to), into_(into) {}

  void on_head(http_client::response_head head) override {
    loop_.post([into = into_, head = std::move(head)]() mutable {
      if (const auto here = into.lock()) here->head = std::move(head);
    });
  }
  void on_data(std::string_view bytes) override {
    loop_.post([into = into_, bytes = std::string{bytes}] {
      if (const auto here = into.lock()) here->bytes += bytes;
    });
  }
  void on_end(result<void> outcome) override {
    loop_.post([into = into_, outcome = std::move(outcome)]() mutable {
      if (const auto here = into.lock()) here->end = std::move(outcome);
    });
  }

 private:
  loop& loop_;
  const std::weak_ptr<arrivals> into_;
};

enum class next { over, again };

class follower {
 public:
  follower(session& with, follow_start from, event_listener& to)
      : with_(with), from_(std::move(from)), to_(to), reached_{from_.task, from_.after} {
    if (reached_.task.empty()) key_ = to_string(make_uuid7(system_clock{}.now()));
  }

  outcome<followed> run() {
    for (;;) {
      const auto got = connection();
      if (!got) return tl::unexpected{got.error()};
      if (*got == next::over) return reached_;
      if (const auto paused = pause(); !paused) return tl::unexpected{paused.error()};
    }
  }

 private:
  http_client::request request() const {
    const bool submits = reached_.task.empty();
    auto out = submits ? with_.request("POST", from_.submit_path, from_.submit_body)
                       : with_.request("GET", "/api/v1/tasks/" + path_segment(reached_.task) + "/events");
    out.headers.push_back({"Accept", "text/event-stream"});
    if (submits) out.headers.push_back({"Idempotency-Key", key_});
    if (!submits && reached_.last > 0) out.headers.push_back({"Last-Event-ID", std::to_string(reached_.last)});
    return out;
  }

  outcome<next> connection() {
    const auto all = std::make_shared<arrivals>();
    const auto call = with_.start(request(), std::make_shared<carrier>(with_.waiting(), all));
    if (!wait([&] { return all->head || all->end; })) return tl::unexpected{detached()};
    if (!all->head) return lost(all->end->error());
    if (all->head->status == 204) return next::over;
    if (all->head->status != 200) return refused(*all);
    if (reached_.task.empty()) take_task(*all->head);
    heard_ = true;
    return listen(*all);
  }

  outcome<next> listen(arrivals& all) {
    sse::decoder decoder{most_event_bytes};
    std::vector<sse::received_event> events;
    for (;;) {
      if (!wait([&] { return !all.bytes.empty() || all.end; })) return tl::unexpected{detached()};
      const auto bytes = std::exchange(all.bytes, {});
      if (!bytes.empty()) recovered();
      if (const auto fed = decoder.feed(bytes, events); !fed) return tl::unexpected{with_.unreachable(fed.error())};
      for (const auto& each : std::exchange(events, {})) {
        hear(each);
        if (to_.satisfied()) return next::over;
      }
      // The end of a stream is not the end of the task: a server that stops ends its streams too.
      if (all.end && all.bytes.empty())
        return lost(*all.end ? error{errc::unavailable, "the stream ended"} : all.end->error());
    }
  }

  void hear(const sse::received_event& what) {
    const auto event = json::parse(what.data, nullptr, false);
    const auto& seq = member(event, "seq");
    if (!seq.is_number_unsigned()) return to_.on_frame(what.type, what.data);
    if (seq <= reached_.last) return;
    reached_.last = seq;
    to_.on_event(event, what.data);
  }

  void take_task(const http_client::response_head& head) {
    const auto* place = head.find("Location");
    if (place != nullptr) reached_.task = place->substr(place->rfind('/') + 1);
  }

  outcome<next> refused(arrivals& all) {
    if (!wait([&] { return all.end.has_value(); })) return tl::unexpected{detached()};
    const auto status = all.head->status;
    const auto* later = all.head->find("Retry-After");
    auto why = refusal(status, all.bytes, later == nullptr ? "" : *later);
    // A server that starts has no room yet; a submission that is repeated may meet the first one.
    const bool passes =
        status == 503 || status == 429 || (status == 409 && all.bytes.find("\"in_progress\"") != std::string::npos);
    if (trouble_since_ && passes) return lost({errc::unavailable, why.lines.front()});
    return tl::unexpected{std::move(why)};
  }

  // Whether it is worth trying again.
  outcome<next> lost(const error& why) {
    const bool stranger = !heard_;
    if (stranger && !trouble_since_ && why.code == errc::unavailable) return tl::unexpected{with_.unreachable(why)};
    const auto now = steady_clock::now();
    const milliseconds patience = std::chrono::seconds{with_.options().patience_s};
    if (!trouble_since_) {
      trouble_since_ = now;
      pause_ = first_pause;
      with_.screen().note(tone::quiet, "connection lost (" + why.detail + "); trying again");
    }
    if (now - *trouble_since_ < (stranger ? std::min(patience, patience_with_strangers) : patience)) return next::again;
    auto stops = with_.unreachable(why);
    if (!reached_.task.empty()) stops.lines.push_back(attach_line());
    return tl::unexpected{std::move(stops)};
  }

  void recovered() {
    if (trouble_since_) with_.screen().note(tone::quiet, "connected again");
    trouble_since_.reset();
  }

  outcome<next> pause() {
    const auto woken = with_.waiting().run_until([] { return false; }, steady_clock::now() + pause_);
    pause_ = std::min(pause_ * 2, longest_pause);
    if (woken == loop::woken::interrupted) return tl::unexpected{detached()};
    return next::again;
  }

  bool wait(const std::function<bool()>& done) { return with_.waiting().run_until(done) != loop::woken::interrupted; }

  std::string attach_line() const { return "attach again: " + with_.hint("tasks watch " + reached_.task); }

  stop detached() const {
    if (reached_.task.empty())
      return {exit_code::interrupted,
              {"interrupted before the server answered; the task may be there: " + with_.hint("tasks list")}};
    return {exit_code::interrupted, {"detached; the task goes on", attach_line()}};
  }

  session& with_;
  const follow_start from_;
  event_listener& to_;
  followed reached_;
  std::string key_;
  bool heard_ = false;
  std::optional<steady_clock::time_point> trouble_since_;
  milliseconds pause_ = first_pause;
};

}  // namespace

outcome<followed> follow(session& with, follow_start from, event_listener& to) {
  return follower{with, std::move(from), to}.run();
}

}  // namespace mofa::app::client

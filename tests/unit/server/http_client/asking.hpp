// What the tests of the client have in common: a listener that writes down what it is told, names with the addresses that a
// test gives them, and short ways to ask.
// Owned by the test and, while a request runs, by the client. The listener and the resolver are safe on any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_client/client.hpp"
#include "server/http_client/resolver.hpp"
#include "tests/support/mock_http_server.hpp"

namespace mofa::test {

inline constexpr std::chrono::milliseconds long_enough{20'000};

class recorder final : public http_client::listener {
 public:
  void on_head(http_client::response_head head) override {
    const std::lock_guard lock{guard_};
    head_ = std::move(head);
    changed_.notify_all();
  }
  void on_data(std::string_view bytes) override {
    const std::lock_guard lock{guard_};
    body_ += bytes;
    changed_.notify_all();
  }
  void on_end(result<void> outcome) override {
    const std::lock_guard lock{guard_};
    ++ends_;
    outcome_ = std::move(outcome);
    changed_.notify_all();
  }

  bool wait_for_body(std::string_view text) {
    return wait([&] { return body_ == text; });
  }
  bool wait_for_head() {
    return wait([&] { return head_.has_value(); });
  }
  bool wait_for_end() {
    return wait([&] { return outcome_.has_value(); });
  }

  std::optional<http_client::response_head> head() const { return under_lock(head_); }
  std::string body() const { return under_lock(body_); }
  int ends() const { return under_lock(ends_); }
  /// "ok", or the name of the errc.
  std::string outcome() const {
    const std::lock_guard lock{guard_};
    if (!outcome_) return "none";
    return *outcome_ ? "ok" : std::string{to_string(outcome_->error().code)};
  }
  std::string detail() const {
    const std::lock_guard lock{guard_};
    return outcome_ && !*outcome_ ? outcome_->error().detail : "";
  }

 private:
  template <class Condition>
  bool wait(Condition met) {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, long_enough, met);
  }
  template <class T>
  T under_lock(const T& value) const {
    const std::lock_guard lock{guard_};
    return value;
  }

  mutable std::mutex guard_;
  std::condition_variable changed_;
  std::optional<http_client::response_head> head_;
  std::string body_;
  int ends_ = 0;
  std::optional<result<void>> outcome_;
};

/// Names with the addresses that a test gives them, one list for each time they are asked for; the last one stays.
class known_names final : public http_client::resolver {
 public:
  using lists = std::vector<std::vector<std::string>>;
  explicit known_names(std::map<std::string, lists> names) : names_(std::move(names)) {}

  result<std::vector<ip_address>> resolve(const std::string& name) override {
    const std::lock_guard lock{guard_};
    const auto found = names_.find(name);
    if (found == names_.end()) return fail(errc::unavailable, "the name " + name + " has no address");
    const auto turn = asked_[name]++;
    std::vector<ip_address> out;
    for (const auto& each : found->second[std::min(turn, found->second.size() - 1)]) out.push_back(*ip_address::parse(each));
    return out;
  }
  std::size_t asked(const std::string& name) {
    const std::lock_guard lock{guard_};
    return asked_[name];
  }

 private:
  std::mutex guard_;
  std::map<std::string, lists> names_;
  std::map<std::string, std::size_t> asked_;
};

/// Answers every request on every connection with this.
inline mock_http_server::script always(std::string answer) {
  return [answer = std::move(answer)](mock_peer& peer) {
    while (peer.read_request()) peer.send(answer);
  };
}

/// A gate that a test opens for a script, or a script for a test.
class gate {
 public:
  void open() { promise_.set_value(); }
  bool wait() { return future_.wait_for(long_enough) == std::future_status::ready; }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_{promise_.get_future()};
};

inline std::unique_ptr<http_client::client> open_client(http_client::options how = {}) {
  auto made = http_client::client::open(std::move(how));
  return made ? *std::move(made) : nullptr;
}

inline http_client::request trusted_get(std::string url) {
  http_client::request out;
  out.url = std::move(url);
  out.trust = http_client::profile::trusted;
  return out;
}

inline http_client::request guarded_get(std::string url) {
  auto out = trusted_get(std::move(url));
  out.trust = http_client::profile::guarded;
  return out;
}

/// Sends it and waits for the whole answer.
inline result<http_client::response> ask(http_client::client& by, http_client::request what) {
  std::promise<result<http_client::response>> promise;
  auto answer = promise.get_future();
  const auto call = by.fetch(std::move(what), [&](result<http_client::response> got) { promise.set_value(std::move(got)); });
  return answer.wait_for(long_enough) == std::future_status::ready ? answer.get()
                                                                   : fail(errc::internal, "the test waited too long");
}

}  // namespace mofa::test

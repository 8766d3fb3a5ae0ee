// A receiver of push notifications: takes each request, answers with the statuses that it was given, then with 200.
// Owned by the test; ends with it.
// Its requests come on threads of their own; everything else on the test's thread.
#pragma once

#include <doctest/doctest.h>

#include <condition_variable>
#include <functional>

#include "tests/support/mock_http_server.hpp"

namespace mofa::test::a2a {

class webhook {
 public:
  explicit webhook(std::vector<int> statuses = {}) : statuses_(std::move(statuses)) {}

  std::string url() const { return server_.url("/hook"); }

  std::vector<mock_request> requests() {
    const std::lock_guard lock{guard_};
    return requests_;
  }

  /// All requests so far, as soon as they are enough; the case fails when they never are.
  std::vector<mock_request> until(const std::function<bool(const std::vector<mock_request>&)>& enough) {
    std::unique_lock lock{guard_};
    const bool came = came_.wait_for(lock, mock_peer::patience, [&] { return enough(requests_); });
    REQUIRE_MESSAGE(came, "after " << requests_.size() << " requests");
    return requests_;
  }

 private:
  void take(mock_peer& peer) {
    while (auto ask = peer.read_request()) {
      int status = 200;
      {
        const std::lock_guard lock{guard_};
        if (requests_.size() < statuses_.size()) status = statuses_[requests_.size()];
        requests_.push_back(std::move(*ask));
      }
      came_.notify_all();
      if (!peer.send(mock_answer(status, ""))) return;
    }
  }

  std::vector<int> statuses_;
  std::mutex guard_;
  std::condition_variable came_;
  std::vector<mock_request> requests_;
  mock_http_server server_{[this](mock_peer& peer) { take(peer); }};
};

}  // namespace mofa::test::a2a

// What a call and its transfer know of one another: whether the asker still listens, and whether there is more to come.
// Shared by the handle that the asker holds and the transfer on the loop.
// Any thread.
#pragma once

#include <atomic>

namespace mofa::http_client {

class call_state {
 public:
  bool silenced() const noexcept { return now_.load() == phase::silenced; }
  /// Neither let go of nor over: what is done for it is not in vain.
  bool running() const noexcept { return now_.load() == phase::running; }
  /// The asker let go. False when it was over already.
  bool silence() noexcept { return leave(phase::silenced); }
  /// The last callback is due. False when nobody listens.
  bool end() noexcept { return leave(phase::ended); }

 private:
  enum class phase { running, silenced, ended };
  bool leave(phase to) noexcept {
    auto from = phase::running;
    return now_.compare_exchange_strong(from, to);
  }
  std::atomic<phase> now_{phase::running};
};

}  // namespace mofa::http_client

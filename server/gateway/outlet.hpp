// The outlet: the sink that a task's feed writes into and the session's stream empties; as large as the credit it was given.
// Shared by the feed and the session; made for each stream.
// The sink's functions and opened() on any thread, one at a time each; the rest on the session's thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "protocols/core/ports/event_sink.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "server/gateway/bell.hpp"

namespace mofa::gateway {

class outlet final : public core::event_sink {
 public:
  /// Holds at most `credit` events and as many live frames; frames beyond that are dropped and counted.
  outlet(std::shared_ptr<bell> session, std::size_t credit) : session_(std::move(session)), room_(credit) {}

  void on_event(core::event_ptr what) override;
  void on_frame(const core::live_frame& what) override;
  void on_end() override;
  void on_failure(const error& why) override;
  /// The answer to the subscription.
  void opened(result<core::subscription_ptr> answer);

  using item = std::variant<core::event_ptr, core::live_frame>;
  struct batch {
    std::vector<item> items;  ///< in order
    std::size_t frames_dropped = 0;
    bool ended = false;
    std::optional<error> failure;
  };
  /// All that has come since the last call; rings when there is more.
  batch take();
  /// The answer to the subscription once it is there; the bell rings when it comes.
  std::optional<result<core::subscription_ptr>> take_opened();
  /// The session is gone: what still comes is dropped, a late subscription too.
  void close();

 private:
  void changed(std::unique_lock<std::mutex> lock);

  std::shared_ptr<bell> session_;
  std::size_t room_;
  std::mutex guard_;
  batch waiting_;
  std::size_t frames_ = 0;
  std::optional<result<core::subscription_ptr>> opened_;
  bool rung_ = false;
  bool closed_ = false;
};

/// The completion of a subscription for that outlet. Its end without a call is a failure.
core::completion<core::subscription_ptr> completion_for(std::shared_ptr<outlet> to);

}  // namespace mofa::gateway

// The exchange: where the answer to one request is left by its handler and picked up by its session.
// Shared by the session and the handler's responder; made for each request that is handled.
// answer() and drop() on any thread; the rest on the session's thread.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "protocols/http/message.hpp"
#include "server/gateway/bell.hpp"

namespace mofa::gateway {

class exchange {
 public:
  explicit exchange(std::shared_ptr<bell> session) : session_(std::move(session)) {}

  /// The handler's answer. When the session has left it goes away with the responder.
  void answer(http::response what);
  /// The handler let go of its responder.
  void drop();

  /// Whether there is something to take. When false the bell rings once there is.
  bool settled();
  /// What was answered; nothing when it was dropped. Once, after settled().
  std::optional<http::response> take() { return std::move(answer_); }

 private:
  enum class state { open, awaited, settled };
  void settle();

  std::shared_ptr<bell> session_;
  std::optional<http::response> answer_;
  std::atomic<state> state_{state::open};
};

/// A responder for the exchange. Its end without a call is drop().
http::responder responder_for(std::shared_ptr<exchange> to);

}  // namespace mofa::gateway

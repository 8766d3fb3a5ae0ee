// A dialogue: what a client and a dialect say to each other in text messages, once the connection is a WebSocket (RFC 6455).
// Made by the dialect for one connection, owned by the gateway's session, which feeds and empties it.
// Its functions are called on the session's thread; it rings on any.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/callback.hpp"

namespace mofa::http {

class dialogue {
 public:
  virtual ~dialogue() = default;

  /// A whole message of the client; UTF-8.
  virtual void hear(std::string_view text) = 0;
  /// Whether the session may read another message. The bell rings, or say() gives something, before it is true again.
  virtual bool listens() const = 0;
  /// The next message for the client; asked for when the one before is written. Nothing: the bell rings when there is one.
  virtual std::optional<std::string> say() = 0;
  /// More has come for the client than may wait for it: the session closes the connection as too slow.
  virtual bool overrun() const = 0;
  /// Live frames that the client did not get, since the last call.
  virtual std::size_t frames_dropped() = 0;
  /// The connection is about to close: nothing is said any more, and what still comes is dropped.
  virtual void end() = 0;
};

/// The answer 101 to a request for a WebSocket.
struct upgrade {
  std::string key;  ///< of the request: Sec-WebSocket-Key
  /// Begins the dialogue; `ring` may be called on any thread, also when the connection is gone, and does not block.
  callback<std::shared_ptr<dialogue>(std::function<void()> ring)> open;
};

}  // namespace mofa::http

// The encoder of a feed: how a dialect writes what happens to a task into the body of its answer, piece by piece.
// Made by a handler with its answer, owned by the session that streams it: one for each stream.
// Used by one thread at a time; pure.
#pragma once

#include <string>

#include "protocols/core/event.hpp"
#include "server/base/error.hpp"

namespace mofa::http {

class feed_encoder {
 public:
  /// What becomes of the stream: it goes on; its body is whole and the connection may be used again; its body ends with an
  /// error and the connection closes. After one of the last two nothing is asked of the encoder any more.
  enum class state { open, complete, failed };

  virtual ~feed_encoder() = default;
  /// Appends what the client sees before anything of the feed; called once.
  virtual void begin(std::string&) {}
  /// Appends what the client sees of it, which may be nothing.
  virtual void add(std::string& out, const core::event& what) = 0;
  virtual void add(std::string& out, const core::live_frame& what) = 0;
  /// The feed cannot go on.
  virtual void fail(std::string& out, const error& why) = 0;
  /// The server stops.
  virtual void stop(std::string& out) = 0;
  virtual state now() const = 0;
};

}  // namespace mofa::http

// The bell: how any thread wakes the coroutine of one session, also when that session is gone already.
// Shared by a session and everybody who owes it something: exchanges and stream outlets.
// ring() on any thread; the rest on the session's own thread.
#pragma once

#include <memory>
#include <mutex>

#include "server/base/callback.hpp"
#include "server/gateway/asio.hpp"

namespace mofa::gateway {

/// The way into one io_context, for threads that may outlive it.
class mailbox {
 public:
  explicit mailbox(asio::io_context& io) : io_(&io) {}

  /// Runs the function on the io_context's thread, or drops it when that has stopped. Any thread.
  template <class F>
  void post(F&& function);
  /// Nothing is posted afterwards.
  void close();

 private:
  std::mutex guard_;
  asio::io_context* io_;
};

class bell : public std::enable_shared_from_this<bell> {
 public:
  explicit bell(std::shared_ptr<mailbox> home) : home_(std::move(home)) {}

  /// Wakes the sleeper soon; nothing happens when nobody sleeps then. Any thread.
  void ring();
  /// Returns after the next ring; the caller checks what it waits for before and after.
  awaitable<void> sleep();

 private:
  std::shared_ptr<mailbox> home_;
  callback<void()> sleeper_;
};

}  // namespace mofa::gateway

// A worker: one thread with its io_context, the sessions that live on it, and the tick that looks after their deadlines.
// Owned by the gateway.
// adopt(), drain(), stop() on any thread; the rest on the worker's own.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/gateway/asio.hpp"
#include "server/gateway/bell.hpp"
#include "server/gateway/shared.hpp"

namespace mofa::gateway {

class session;

class worker {
 public:
  explicit worker(shared& common);
  ~worker();

  void start();
  /// Takes over an accepted connection, counted in already.
  void adopt(socket peer);
  /// Lets idle sessions and streams end, and long waits once the server is ending.
  void drain();
  /// Ends all sessions and the thread, then joins it.
  void stop();

  asio::io_context& io() { return io_; }
  shared& common() { return shared_; }
  /// The rules of this moment; the worker's thread. Not to be held while something else is awaited.
  const house& house_now();
  const std::shared_ptr<mailbox>& post_box() const { return mailbox_; }
  /// The lines that all answers of this moment have in common: Date and Server.
  const std::string& constant_head() const { return constant_head_; }
  bool stopping() const { return stopping_; }

  void enter(session& who);
  void leave(session& who);

 private:
  awaitable<void> tick();
  void refresh_head();

  shared& shared_;
  asio::io_context io_{1};
  asio::executor_work_guard<executor> work_{io_.get_executor()};
  timer clock_tick_{io_.get_executor()};
  std::shared_ptr<mailbox> mailbox_ = std::make_shared<mailbox>(io_);
  std::vector<session*> sessions_;
  std::shared_ptr<const house> house_ = shared_.newest_house();
  std::uint64_t house_generation_ = 0;  ///< of which the house is, or a newer one
  std::uint64_t told_generation_ = 0;   ///< of which the sessions have been told
  std::string constant_head_;
  std::chrono::sys_seconds head_at_{};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mofa::gateway

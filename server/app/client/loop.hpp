// The loop of a command: it waits for answers, for Ctrl-C, for a typed line, or for a moment, whichever comes first.
// Owned by the command's session; ends after everything that posts to it.
// post() from any thread; everything else on the main thread, which also runs what was posted.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/base/callback.hpp"
#include "server/base/result.hpp"

namespace mofa::app::client {

class loop {
 public:
  /// From now on Ctrl-C is taken by the loop, on this thread and on those that it starts. Error io: no descriptors.
  static result<std::unique_ptr<loop>> open();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;
  ~loop();

  /// To be run by the main thread while it waits.
  void post(callback<void()> what);

  enum class woken { done, interrupted, late };
  using moment = std::chrono::steady_clock::time_point;

  /// Runs what is posted until `done` holds, Ctrl-C, or the moment.
  woken run_until(const std::function<bool()>& done, std::optional<moment> until = std::nullopt);

  enum class typed { line, end, interrupted };
  /// The next line of stdin without its line feed, into `text`.
  typed read_line(std::string& text);

  /// Called about ten times a second while the loop waits; for what moves on a screen.
  void on_tick(std::function<void()> tick) { tick_ = std::move(tick); }

 private:
  loop(int bell, int signals) : bell_(bell), signals_(signals) {}
  void run_posted();
  bool interrupted();

  int bell_;     ///< eventfd: something was posted
  int signals_;  ///< signalfd: SIGINT
  std::mutex guard_;
  std::vector<callback<void()>> posted_;
  std::function<void()> tick_;
  std::string held_;  ///< of stdin
  bool input_over_ = false;
};

}  // namespace mofa::app::client

// A remote call: attempts one after the other until one answers, patience ends, or the asker lets go.
// Made by the remote model for each call; shared by the asker's handle, the attempt and the timer.
// Thread-safe: attempts report on the HTTP client's thread, pauses end on the timer's, the asker aborts on any.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/models/remote/attempt.hpp"
#include "server/models/remote/remote_model.hpp"

namespace mofa::models {

/// What all calls of one provider share.
struct remote_parts {
  std::string provider;
  std::shared_ptr<const dialect> wire;
  std::string secret;
  patience how;
  surroundings with;
  std::shared_ptr<breaker> circuit;
};

class remote_call final : public attempt_watcher, public std::enable_shared_from_this<remote_call> {
 public:
  using delta_sink = callback<void(int, std::string)>;
  using answer_sink = callback<void(result<core::model_answer>)>;

  remote_call(std::shared_ptr<const remote_parts> parts, core::model_request what, delta_sink on_delta, answer_sink done)
      : parts_(std::move(parts)), what_(std::move(what)), on_delta_(std::move(on_delta)), done_(std::move(done)) {}

  /// Begins the next attempt.
  void begin();
  /// Closes the connection; nothing is called after it, but for what is under way.
  void abort();

  void on_text(int attempt, std::string text) override;
  void on_answer(int attempt, core::model_answer answer) override;
  void on_failure(int attempt, attempt_failure failure) override;

 private:
  /// The pause before the next attempt; nothing when there is none.
  std::optional<milliseconds> pause_after(const attempt_failure& failure, int attempt) const;
  error told(error why, int attempts) const;
  /// Gives the answer, once.
  void finish(result<core::model_answer> answer);
  /// Keeps the request or the pause of that attempt, unless it is over already.
  void keep(int attempt, bool pause, core::running_call_ptr running);

  std::shared_ptr<const remote_parts> parts_;
  core::model_request what_;
  delta_sink on_delta_;
  answer_sink done_;

  std::mutex guard_;
  bool over_ = false;
  int attempt_ = 0;
  bool pausing_ = false;  ///< the attempt has failed, another will follow
  std::optional<error> last_;
  core::running_call_ptr running_;  ///< the request of the attempt, or the pause after it
};

}  // namespace mofa::models

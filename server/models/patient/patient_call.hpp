// A patient call: attempts one after the other until one answers, patience ends, or the asker lets go.
// Made by the patient model for each call; shared by the asker's handle, the attempt and the timer.
// Thread-safe: attempts report on the provider's thread, pauses end on the timer's, the asker aborts on any.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/models/patient/breaker.hpp"
#include "server/models/patient/patient_model.hpp"

namespace mofa::models {

/// What all calls of one provider share.
struct patient_parts {
  std::string name;
  provider_ptr whom;
  std::string secret;
  patience how;
  pacing with;
  std::shared_ptr<breaker> circuit;
};

class patient_call final : public attempt_watcher, public std::enable_shared_from_this<patient_call> {
 public:
  using answer_sink = callback<void(result<core::model_answer>)>;

  patient_call(std::shared_ptr<const patient_parts> parts, core::model_request what, core::model_hearing hear,
               answer_sink done)
      : parts_(std::move(parts)), what_(std::move(what)), hear_(std::move(hear)), done_(std::move(done)) {}

  /// Begins the next attempt.
  void begin();
  /// Ends the attempt; nothing is called after it, but for what is under way.
  void abort();

  void on_text(int attempt, std::string text) override;
  void on_answer(int attempt, core::model_answer answer) override;
  void on_failure(int attempt, attempt_failure failure) override;

 private:
  /// The pause before the next attempt; nothing when there is none.
  std::optional<milliseconds> pause_after(const attempt_failure& failure, int attempt) const;
  /// Tells the circuit breaker how the attempt went.
  void judge(health what);
  /// The error with the provider's name, without the secret.
  error told(error why) const;
  error told(error why, int attempts) const;
  /// Gives the answer, once.
  void finish(result<core::model_answer> answer);
  /// Keeps the attempt or the pause after it, unless it is over already.
  void keep(int attempt, bool pause, core::running_call_ptr running);

  std::shared_ptr<const patient_parts> parts_;
  core::model_request what_;
  core::model_hearing hear_;
  answer_sink done_;

  std::mutex guard_;
  bool over_ = false;
  int attempt_ = 0;
  bool pausing_ = false;  ///< the attempt has failed, another will follow
  std::optional<error> last_;
  std::optional<breaker::permit> leave_;  ///< of the attempt under way
  core::running_call_ptr running_;        ///< the attempt, or the pause after it
};

}  // namespace mofa::models

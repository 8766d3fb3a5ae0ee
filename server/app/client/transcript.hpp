// The transcript: a task's events and live frames become what a person reads: words as they come, calls with their time.
// Fed by the view of a task, shows on a screen; one for each run of a command.
// Pure: asks no clock, times are those of the events; the main thread.
#pragma once

#include <map>
#include <string>

#include "protocols/core/task.hpp"
#include "server/app/client/screen.hpp"
#include "server/app/client/text.hpp"

namespace mofa::app::client {

struct transcript_options {
  bool streams = false;         ///< words of models are shown as they come; else only the answer, when it is whole
  bool shows_messages = false;  ///< what people said too: for who joins later
};

class transcript {
 public:
  transcript(screen& to, transcript_options how) : screen_(to), how_(how) {}

  /// A durable event: {"seq", "kind", "at", "data"}.
  void on_event(const json& event);
  /// The data of a `delta`.
  void on_delta(const json& data);
  /// The data of a `progress`: an attempt of a call failed, and another one follows.
  void on_progress(const json& data);

  /// From the newest message of a person to the newest event.
  std::chrono::milliseconds took() const;

 private:
  struct call {
    std::string label;  ///< "calculator {…}"
    time_point begun{};
  };

  void message_came(const json& data);
  void status_changed(const json& data);
  void ended(core::task_state state, const json& data);
  void effect_requested(const json& data);
  void effect_resolved(const json& data);
  void model_answered(const std::string& effect, const json& value);
  void artifact_updated(const json& data);
  void say(const std::string& text);
  void show_words(const std::string& all);
  void end_words();
  void note(tone how, const std::string& line);

  screen& screen_;
  transcript_options how_;
  std::map<std::string, call> calls_;  ///< by effect id
  time_point begun_{}, last_{};

  // Words of the model: what came in this attempt, and what of it the screen has.
  std::string effect_, coming_, shown_;
  std::int64_t attempt_ = 0;
  std::string said_;  ///< the last whole text that was streamed; not said twice
};

}  // namespace mofa::app::client

// The view of one task: its events on the screen, as a transcript or as JSON lines, until it ends or asks something.
// Made by a command for one run of a task; listens to the follower.
// The main thread.
#pragma once

#include <optional>
#include <string>

#include "protocols/core/task.hpp"
#include "server/app/client/follower.hpp"
#include "server/app/client/transcript.hpp"

namespace mofa::app::client {

/// From where on the task's state counts: what was asked before, and has been answered since, is history.
struct view_start {
  std::uint64_t seq = 0;     ///< from this event on
  std::string message_id{};  ///< or from the arrival of this message on
};

class task_view final : public event_listener {
 public:
  task_view(session& with, view_start from, transcript_options how);

  void on_event(const json& event, const std::string& text) override;
  void on_frame(const std::string& kind, const std::string& text) override;
  /// The task has ended, or waits for a person.
  bool satisfied() const override;

  /// The newest status; nothing before the first.
  std::optional<core::task_state> state() const { return state_; }
  std::chrono::milliseconds took() const { return transcript_.took(); }

 private:
  session& with_;
  view_start from_;
  transcript transcript_;
  std::optional<core::task_state> state_;
  bool counts_ = false;
};

/// 0 completed, 5 needs input, else 1.
int exit_code_of(core::task_state state);

/// How transcripts are shown on that screen.
transcript_options usual_transcript(session& with, bool shows_messages);

struct shown {
  int code = 0;  ///< the exit code of the task
  followed reached;
};

/// Follows the task with the view, then says how it ended, how long it took and what it cost, or how to answer it.
outcome<shown> show_task(session& with, follow_start from, task_view& view);

}  // namespace mofa::app::client

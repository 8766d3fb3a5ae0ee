#include "server/app/client/task_view.hpp"

#include <fmt/format.h>

#include "protocols/core/event.hpp"

namespace mofa::app::client {

task_view::task_view(session& with, view_start from, transcript_options how)
    : with_(with), from_(std::move(from)), transcript_(with.screen(), how) {}

void task_view::on_event(const json& event, const std::string& text) {
  const auto kind = text_member(event, "kind");
  const auto& data = member(event, "data");
  if (kind == core::kinds::status_changed) state_ = core::task_state_from(text_member(data, "state"));
  if (from_.message_id.empty())
    counts_ = counts_ || member(event, "seq") >= from_.seq;
  else if (kind == core::kinds::message_received && text_member(member(data, "message"), "message_id") == from_.message_id)
    counts_ = true;
  // A question that is older than the message is answered by it.
  if (kind == core::kinds::message_received) state_.reset();
  if (with_.options().json)
    with_.screen().line(text);
  else
    transcript_.on_event(event);
}

void task_view::on_frame(const std::string& kind, const std::string& text) {
  if (with_.options().json)
    with_.screen().line(fmt::format("{{\"kind\":\"{}\",\"data\":{}}}", kind, text));
  else if (kind == "delta")
    transcript_.on_delta(json::parse(text, nullptr, false));
  else if (kind == "progress")
    transcript_.on_progress(json::parse(text, nullptr, false));
}

bool task_view::satisfied() const { return counts_ && state_ && core::is_settled(*state_); }

int exit_code_of(core::task_state state) {
  if (state == core::task_state::completed) return exit_code::done;
  return core::is_interrupted(state) ? exit_code::needs_input : exit_code::failed;
}

transcript_options usual_transcript(session& with, bool shows_messages) {
  return {with.screen().traits().output_is_terminal, shows_messages};
}

namespace {

std::string summary(const std::string& state, std::chrono::milliseconds took, const json& task, const std::string& id) {
  const auto used = usage_text(member(task, "usage"));
  return fmt::format("{} in {}{} (task {})", state, duration_text(took), used.empty() ? "" : ", " + used, id);
}

}  // namespace

outcome<shown> show_task(session& with, follow_start from, task_view& view) {
  auto heard = follow(with, std::move(from), view);
  with.screen().busy("");
  if (!heard) return tl::unexpected{heard.error()};
  const auto task = with.read("/api/v1/tasks/" + path_segment(heard->task) + "?history=0");
  if (!task && task.error().code == exit_code::interrupted) return tl::unexpected{task.error()};
  // What has ended is known from its events, also when the task is not there to be read any more.
  const auto state = view.satisfied() ? view.state()
                     : task           ? core::task_state_from(text_member(member(*task, "status"), "state"))
                                      : std::nullopt;
  if (!state && !task) return tl::unexpected{task.error()};
  shown out{state ? exit_code_of(*state) : exit_code::failed, std::move(*heard)};
  if (!state || with.options().json) return out;
  if (core::is_interrupted(*state)) {
    with.screen().note(tone::asking,
                       "the task waits for you; answer: " + with.hint("call --task " + out.reached.task + " TEXT"));
    return out;
  }
  const auto how = *state == core::task_state::completed ? tone::good : tone::quiet;
  with.screen().note(how,
                     summary(std::string{core::to_string(*state)}, view.took(), task ? *task : json{}, out.reached.task));
  return out;
}

}  // namespace mofa::app::client

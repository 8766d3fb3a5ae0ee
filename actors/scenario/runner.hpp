// The runner: one decision. It goes through the steps of a rule from where the task stands until one waits or ends the task.
// Made by the behaviour for one fact and gone after it; works on its own copy of the progress.
// Used by one thread.
#pragma once

#include <vector>

#include "actors/scenario/match.hpp"
#include "actors/scenario/progress.hpp"
#include "actors/scenario/script.hpp"
#include "protocols/core/ports/kind.hpp"

namespace mofa::scenario {

class runner {
 public:
  /// `from` has taken the fact already.
  runner(const script& source, progress from, const core::fact& what) : script_(source), at_(std::move(from)), fact_(what) {}

  /// Matches the message against the rules, then runs the rule.
  std::vector<core::event_draft> begin(const incoming& message);
  /// Goes on at the next step.
  std::vector<core::event_draft> go_on();

 private:
  enum class flow { next, waits, ended };

  void run_steps();
  flow run(const status_step& what);
  flow run(const pause_step& what);
  flow run(const artifact_step& what);
  flow run(const call_step& what);
  flow run(const publish_step& what);
  flow run(const ask_step& what);
  flow run(const end_step& what);
  flow run(const reply_step& what);
  flow run(const crash_step& what);

  const std::vector<step>& steps() const;
  void emit(std::string_view kind, json data) { events_.push_back({std::string{kind}, std::move(data)}); }
  /// `message`: null for none.
  void emit_status(core::task_state state, std::string_view code, json message);
  void emit_stepped();
  void announce_work();
  json message(json parts);
  json say(const content& what);
  json say(const std::optional<content>& what) { return what ? say(*what) : json{}; }
  json say(std::string_view text) { return message(json::array({{{"text", text}}})); }
  void fill_in(json& to, const content& what);
  std::string fill(const text_template& text);
  json fill(const json_template& value);
  void charge(std::size_t bytes);

  const script& script_;
  progress at_;
  const core::fact& fact_;
  std::vector<core::event_draft> events_;
  std::vector<std::pair<std::string, std::string>> groups_;  // of a rule matched in this decision
  std::size_t charged_bytes_ = 0;
  std::uint64_t messages_ = 0;
  int crashes_once_ = 0;
  bool stays_submitted_ = false;
};

}  // namespace mofa::scenario

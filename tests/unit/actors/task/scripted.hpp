// The scripted behaviour: does what the message says, for tests of the journaled task around it.
// Made by a test, shared by its tasks; counts what it was given.
// Pure; one thread.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocols/core/ports/kind.hpp"

namespace mofa::test {

using core::json;

/// What the scripted behaviour remembers: the facts that it took, in order.
struct scripted_state final : core::behaviour_state {
  std::vector<std::string> facts;
};

/// Decides by the text of the message: "finish", "ask", "call <tool>", "nap", "crash" (at each attempt), "crash once",
/// "call and finish", "finish and talk", "throw an int"; everything else is answered with the same text. An outcome finishes
/// the task.
class scripted final : public core::behaviour {
 public:
  /// What snapshot_version() tells.
  int version = 1;

  std::unique_ptr<core::behaviour_state> initial() const override { return std::make_unique<scripted_state>(); }

  std::vector<core::event_draft> decide(const core::task_row& view, const core::behaviour_state&,
                                        const core::fact& what) const override {
    using namespace core;
    const json completed{{"state", "completed"}};
    if (what.kind == kinds::effect_resolved) return {{std::string{kinds::status_changed}, completed}};
    if (what.kind == kinds::timer_fired) return {reply("rested")};
    const auto text = what.data.at("message").at("parts").at(0).at("text").get<std::string>();
    if (text == "crash" || (text == "crash once" && what.attempt == 1)) throw std::runtime_error("told to crash");
    if (text == "throw an int") throw 7;
    if (text == "finish") return {{std::string{kinds::status_changed}, completed}};
    if (text == "finish and talk") return {{std::string{kinds::status_changed}, completed}, reply("too late")};
    if (text == "ask") return {{std::string{kinds::status_changed}, {{"state", "input_required"}}}};
    if (text == "call clock") return {effect("clock")};
    if (text == "call and finish") return {effect("clock"), {std::string{kinds::status_changed}, completed}};
    if (text == "nap")
      return {{std::string{kinds::timer_set}, {{"purpose", "nap"}, {"due", to_rfc3339(what.at + milliseconds{500})}}}};
    if (view.status.state != task_state::working)
      return {{std::string{kinds::status_changed}, {{"state", "working"}}},
              reply(text + " #" + std::to_string(what.attempt))};
    return {reply(text + " #" + std::to_string(what.attempt))};
  }

  void apply(core::behaviour_state& state, const core::event& what, const json&) const noexcept override {
    if (core::is_fact(what.kind)) static_cast<scripted_state&>(state).facts.push_back(what.kind);
  }

  int snapshot_version() const noexcept override { return version; }
  json save(const core::behaviour_state& state) const override { return static_cast<const scripted_state&>(state).facts; }
  std::unique_ptr<core::behaviour_state> load(int saved_by, const json& saved) const override {
    if (saved_by != version) return nullptr;
    auto out = std::make_unique<scripted_state>();
    out->facts = saved.get<std::vector<std::string>>();
    return out;
  }
  bool knows(std::string_view kind, int number) const noexcept override {
    return number == 1 && kind.find('.') == std::string_view::npos;
  }

 private:
  static core::event_draft reply(const std::string& text) {
    return {std::string{core::kinds::replied},
            {{"message", core::to_json(core::text_message(core::role::agent, "r", text))}}};
  }
  static core::event_draft effect(const std::string& tool) {
    return {std::string{core::kinds::effect_requested},
            {{"type", "tool"}, {"tool", tool}, {"arguments", {{"zone", "UTC"}}}, {"rerun", true}}};
  }
};

}  // namespace mofa::test

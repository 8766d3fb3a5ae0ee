// The kind `storm`, and effects that answer, fail, hang or answer too late: what a scheduler's slots have to survive.
// Included by the test of slots; the kind is shared by all its tasks, the outside is owned by the test.
// The kind is pure; the rest is for one thread, as is all in virtual time.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "actors/effects/runner.hpp"
#include "protocols/core/ports/kind.hpp"

namespace mofa::test {

using core::json;

struct storm_state final : core::behaviour_state {
  std::string text;
  std::int64_t open = 0;  ///< requests without an outcome
};

/// Decides by the words of the message: each of "model", "tool" and "peer" is an effect, requested at once with the others
/// ("once": not to be called again after a crash). "stumble": crashes at the first attempt to take an outcome; "poison": at
/// each. Completes with its last outcome.
class storm_behaviour final : public core::behaviour {
 public:
  std::unique_ptr<core::behaviour_state> initial() const override { return std::make_unique<storm_state>(); }

  std::vector<core::event_draft> decide(const core::task_row&, const core::behaviour_state& state,
                                        const core::fact& what) const override {
    const auto& now = static_cast<const storm_state&>(state);
    std::vector<core::event_draft> out;
    const auto change_to = [&](const char* word) {
      out.push_back({std::string{core::kinds::status_changed}, {{"state", word}}});
    };
    if (what.kind == core::kinds::submitted) {
      change_to("working");
      const auto text = text_of(what.data);
      std::istringstream words{text};
      for (std::string word; words >> word;) {
        if (word != "model" && word != "tool" && word != "peer") continue;
        out.push_back({std::string{core::kinds::effect_requested}, {{"type", word}, {"rerun", !says(text, "once")}}});
      }
    } else if (what.kind == core::kinds::effect_resolved) {
      if (says(now.text, "poison") || (says(now.text, "stumble") && what.attempt == 1))
        throw std::runtime_error{"told to crash"};
      if (now.open == 1) change_to("completed");
    }
    return out;
  }

  void apply(core::behaviour_state& state, const core::event& what, const json& data) const noexcept override {
    auto& now = static_cast<storm_state&>(state);
    if (what.kind == core::kinds::submitted) now.text = text_of(data);
    if (what.kind == core::kinds::effect_requested) ++now.open;
    if (what.kind == core::kinds::effect_resolved) --now.open;
  }

  int snapshot_version() const noexcept override { return 1; }
  json save(const core::behaviour_state& state) const override {
    const auto& now = static_cast<const storm_state&>(state);
    return {{"text", now.text}, {"open", now.open}};
  }
  std::unique_ptr<core::behaviour_state> load(int, const json& saved) const override {
    auto out = std::make_unique<storm_state>();
    out->text = saved.at("text").get<std::string>();
    out->open = saved.at("open").get<std::int64_t>();
    return out;
  }
  bool knows(std::string_view kind, int) const noexcept override { return core::is_common(kind); }

 private:
  static std::string text_of(const json& data) { return data.at("message").at("parts").at(0).at("text"); }
  static bool says(const std::string& text, const char* word) { return text.find(word) != std::string::npos; }
};

class storm_kind final : public core::agent_kind {
 public:
  std::string_view name() const noexcept override { return "storm"; }
  std::span<const std::string_view> members() const noexcept override { return {}; }
  result<core::behaviour_ptr> compile(const core::definition&) const override {
    return core::behaviour_ptr{std::make_shared<storm_behaviour>()};
  }
};

/// Everything outside: calls wait here until the test lets one end. It counts the handles of those that nobody gave up.
struct outside {
  struct call {
    std::string type;
    callback<void(effects::effect_end)> done;
  };
  std::vector<call> waiting;
  int handles = 0;
  std::mt19937_64 random{3};
  bool chance(std::uint64_t one_in) { return random() % one_in == 0; }
  std::int64_t between(int least, int most) {
    return least + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most - least + 1));
  }

  /// One call ends: well, badly, or in a time-out; also one whose asker has long gone.
  void end_one() {
    std::swap(waiting[random() % waiting.size()], waiting.back());
    auto one = std::move(waiting.back());
    waiting.pop_back();
    one.done(ending(one.type));
  }

  effects::effect_end ending(const std::string& type) {
    // Only what holds no slot may be looked for again.
    if (type == "peer" && chance(4)) return {fail(errc::unavailable, "restarting"), {}, true};
    if (chance(6)) return {fail(errc::timeout, "too slow"), {}, false};
    if (chance(6)) return {fail(errc::upstream_failed, "502"), {}, false};
    return {json("fine"), {}, false};
  }
};

class outside_runner final : public effects::runner {
 public:
  outside_runner(outside& where, std::string type) : outside_(where), type_(std::move(type)) {}

  core::running_call_ptr start(const actors::run_effect&, effects::hooks to) override {
    if (outside_.chance(10)) {
      to.done(outside_.ending(type_));
      return nullptr;
    }
    outside_.waiting.push_back({type_, std::move(to.done)});
    return std::make_unique<handle>(outside_.handles);
  }

 private:
  struct handle final : core::running_call {
    explicit handle(int& counter) : all(counter) { ++all; }
    ~handle() override { --all; }
    int& all;
  };

  outside& outside_;
  std::string type_;
};

}  // namespace mofa::test

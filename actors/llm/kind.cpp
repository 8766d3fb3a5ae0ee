#include "actors/llm/kind.hpp"

#include <algorithm>
#include <array>

#include "actors/llm/conversation.hpp"
#include "actors/llm/decision.hpp"

namespace mofa::llm {
namespace {

namespace kinds = core::kinds;

const conversation& own(const core::behaviour_state& state) { return static_cast<const conversation&>(state); }

class llm_behaviour final : public core::behaviour {
 public:
  explicit llm_behaviour(plan how) : plan_(std::move(how)) {}

  std::unique_ptr<core::behaviour_state> initial() const override { return std::make_unique<conversation>(); }

  std::vector<core::event_draft> decide(const core::task_row& view, const core::behaviour_state& state,
                                        const core::fact& what) const override {
    const bool starts = what.kind == kinds::submitted;
    const auto of = what.kind == kinds::effect_resolved ? what_ended(own(state), what.data) : awaited::nothing;
    // A further message is heard, and told to the model with the next call.
    if (!starts && of == awaited::nothing) return {};
    auto copy = own(state);
    take(copy, plan_, 0, what.kind, what.data);
    decision one{plan_, view, copy, what};
    return starts ? one.on_submitted() : one.on_outcome(of);
  }

  void apply(core::behaviour_state& state, const core::event& what, const json& data) const noexcept override {
    take(static_cast<conversation&>(state), plan_, what.seq, what.kind, data);
  }

  int snapshot_version() const noexcept override { return llm::snapshot_version; }
  json save(const core::behaviour_state& state) const override { return llm::save(own(state)); }
  std::unique_ptr<core::behaviour_state> load(int version, const json& saved) const override {
    return version == llm::snapshot_version ? llm::load(saved) : nullptr;
  }

  bool knows(std::string_view kind, int version) const noexcept override {
    return version == 1 && (core::is_common(kind) || kind == corrected);
  }

 private:
  plan plan_;
};

class llm_kind final : public core::agent_kind {
 public:
  explicit llm_kind(surroundings around) : around_(std::move(around)) {}

  std::string_view name() const noexcept override { return "llm"; }

  std::span<const std::string_view> members() const noexcept override {
    static constexpr std::array<std::string_view, 6> own_members{"model",     "instructions",  "tools",
                                                                 "reasoning", "output_schema", "history"};
    return own_members;
  }

  bool counts_steps() const noexcept override { return true; }

  result<core::behaviour_ptr> compile(const core::definition& source) const override {
    auto made = read_plan(source, around_);
    if (!made) return std::move(made).error();
    return core::behaviour_ptr{std::make_shared<llm_behaviour>(*std::move(made))};
  }

 private:
  surroundings around_;
};

}  // namespace

std::shared_ptr<const core::agent_kind> make_kind(surroundings around) {
  return std::make_shared<llm_kind>(std::move(around));
}

}  // namespace mofa::llm

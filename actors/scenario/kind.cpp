#include "actors/scenario/kind.hpp"

#include <algorithm>
#include <array>

#include "actors/scenario/compile.hpp"
#include "actors/scenario/match.hpp"
#include "actors/scenario/progress.hpp"
#include "actors/scenario/runner.hpp"

namespace mofa::scenario {
namespace {

namespace kinds = core::kinds;

const progress& own(const core::behaviour_state& state) { return static_cast<const progress&>(state); }

class scripted_behaviour final : public core::behaviour {
 public:
  explicit scripted_behaviour(script source) : script_(std::move(source)) {}

  std::unique_ptr<core::behaviour_state> initial() const override { return std::make_unique<progress>(); }

  std::vector<core::event_draft> decide(const core::task_row& view, const core::behaviour_state& state,
                                        const core::fact& what) const override {
    const bool starts = what.kind == kinds::submitted;
    if (!starts && !is_awaited(own(state), view.id, what.kind, what.data)) return {};
    auto copy = own(state);
    take(copy, script_, view.id, what.kind, what.data);
    const bool matches = starts || copy.rule == progress::no_rule;
    const auto turn = std::int64_t{copy.turn};
    runner one{script_, std::move(copy), what};
    return matches ? one.begin(read_incoming(what.data, turn)) : one.go_on();
  }

  void apply(core::behaviour_state& state, const core::event& what, const json& data) const noexcept override {
    take(static_cast<progress&>(state), script_, what.task, what.kind, data);
  }

  int snapshot_version() const noexcept override { return scenario::snapshot_version; }

  json save(const core::behaviour_state& state) const override { return scenario::save(own(state)); }

  std::unique_ptr<core::behaviour_state> load(int version, const json& saved) const override {
    if (version != scenario::snapshot_version) return nullptr;
    auto read = scenario::load(saved);
    return read ? std::make_unique<progress>(*std::move(read)) : nullptr;
  }

  bool knows(std::string_view kind, int version) const noexcept override {
    return version == 1 && (core::is_common(kind) || kind == stepped);
  }

 private:
  script script_;
};

class scenario_kind final : public core::agent_kind {
 public:
  explicit scenario_kind(tool_names tools) : tools_(std::move(tools)) {}

  std::string_view name() const noexcept override { return "scenario"; }

  std::span<const std::string_view> members() const noexcept override {
    static constexpr std::array<std::string_view, 2> own_members{"rules", "otherwise"};
    return own_members;
  }

  result<core::behaviour_ptr> compile(const core::definition& source) const override {
    auto made = scenario::compile(source.document, tools_);
    if (!made) return std::move(made).error();
    return core::behaviour_ptr{std::make_shared<scripted_behaviour>(*std::move(made))};
  }

 private:
  tool_names tools_;
};

}  // namespace

std::shared_ptr<const core::agent_kind> make_kind(tool_names tools) {
  return std::make_shared<scenario_kind>(std::move(tools));
}

}  // namespace mofa::scenario

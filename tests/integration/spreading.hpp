// The kind `spreading`, and models that answer when the test says so: many calls at one time against one budget.
// Included by the tests of budgets; a test owns its models, the kind is shared by its agents.
// The kind is pure; the models are for one thread, as is all in virtual time.
#pragma once

#include <array>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/ports/kind.hpp"
#include "protocols/core/ports/model_directory.hpp"

namespace mofa::test {

using core::json;

/// 1 micro-USD for a token of the input, 2 for one of the output.
inline constexpr core::model_price one_and_two{1'000'000, 2'000'000};

struct spread_state final : core::behaviour_state {
  std::int64_t open = 0;  ///< requests without an outcome
};

/// Requests `width` effects at once; of models one more for each that was made. Completes when none is open.
class spreader final : public core::behaviour {
 public:
  spreader(int width, std::string agent) : width_(width), agent_(std::move(agent)) {}

  std::unique_ptr<core::behaviour_state> initial() const override { return std::make_unique<spread_state>(); }

  std::vector<core::event_draft> decide(const core::task_row&, const core::behaviour_state& state,
                                        const core::fact& what) const override {
    std::vector<core::event_draft> out;
    const auto change_to = [&](const char* word) {
      out.push_back({std::string{core::kinds::status_changed}, {{"state", word}}});
    };
    if (what.kind == core::kinds::submitted) {
      change_to("working");
      for (int i = 0; i < width_; ++i) out.push_back(request(what.seed + static_cast<std::uint64_t>(i)));
    } else if (what.kind == core::kinds::effect_resolved) {
      const auto error = what.data.value("error", json::object());
      const bool more = agent_.empty() && error.value("code", std::string{}) != "limit_exceeded";
      if (more) out.push_back(request(what.seed));
      if (!more && static_cast<const spread_state&>(state).open == 1) change_to("completed");
    }
    return out;
  }

  void apply(core::behaviour_state& state, const core::event& what, const json&) const noexcept override {
    auto& open = static_cast<spread_state&>(state).open;
    if (what.kind == core::kinds::effect_requested) ++open;
    if (what.kind == core::kinds::effect_resolved) --open;
  }

  int snapshot_version() const noexcept override { return 1; }
  json save(const core::behaviour_state& state) const override { return static_cast<const spread_state&>(state).open; }
  std::unique_ptr<core::behaviour_state> load(int, const json& saved) const override {
    auto out = std::make_unique<spread_state>();
    out->open = saved.get<std::int64_t>();
    return out;
  }
  bool knows(std::string_view kind, int) const noexcept override { return core::is_common(kind); }

 private:
  // The text of the message is the number of input tokens, 10 to 100, as many at most of the output.
  core::event_draft request(std::uint64_t seed) const {
    if (!agent_.empty())
      return {std::string{core::kinds::effect_requested},
              {{"type", "child"}, {"agent", agent_}, {"message", "work"}, {"rerun", true}}};
    std::minstd_rand random{static_cast<std::uint32_t>(seed ^ (seed >> 32))};
    random.discard(8);
    const auto input = static_cast<std::int64_t>(10 + random() % 91);
    const auto output = static_cast<std::int64_t>(10 + random() % 91);
    return {std::string{core::kinds::effect_requested},
            {{"type", "model"},
             {"model", "held/held"},
             {"rerun", true},
             {"messages", {{{"role", "user"}, {"text", std::to_string(input)}}}},
             {"max_output_tokens", output},
             {"reserve", {{"tokens", input + output}, {"cost_microusd", core::cost_microusd(one_and_two, input, output)}}}}};
  }

  int width_;
  std::string agent_;  ///< whom children are asked of; empty: models are called
};

class spreading_kind final : public core::agent_kind {
 public:
  std::string_view name() const noexcept override { return "spreading"; }
  std::span<const std::string_view> members() const noexcept override {
    static constexpr std::array<std::string_view, 2> all{"width", "agent"};
    return all;
  }
  result<core::behaviour_ptr> compile(const core::definition& source) const override {
    return core::behaviour_ptr{
        std::make_shared<spreader>(source.document.at("width").get<int>(), source.document.value("agent", std::string{}))};
  }
};

/// A call that waits for its answer.
struct held_call {
  std::int64_t input = 0;   ///< tokens that were asked
  std::int64_t output = 0;  ///< at most
  callback<void(result<core::model_answer>)> done;
};

class held_model final : public core::model {
 public:
  std::vector<held_call> waiting;

  core::running_call_ptr call(core::model_request what, core::model_hearing,
                              callback<void(result<core::model_answer>)> done) override {
    waiting.push_back({std::stoll(what.messages.at(0).text), *what.max_output_tokens, std::move(done)});
    return nullptr;
  }
};

/// One model, which has a price.
class held_models final : public core::model_directory {
 public:
  std::shared_ptr<held_model> model = std::make_shared<held_model>();

  result<std::string> full_name(std::string_view) const override { return std::string{"held/held"}; }
  result<core::resolved_model> resolve(std::span<const std::string>) const override {
    return core::resolved_model{model, "held", "held", one_and_two};
  }
  std::optional<core::model_price> price_of(std::string_view) const override { return one_and_two; }
  std::vector<core::provider_info> providers() const override { return {}; }
  std::vector<core::model_info> models() const override { return {}; }
};

}  // namespace mofa::test

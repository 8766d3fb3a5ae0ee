#include <array>

#include "actors/effects/runners.hpp"
#include "tests/unit/actors/effects/runners_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

/// Keeps what it is asked, tries twice, and answers.
struct heard_model final : core::model {
  core::model_request asked;
  core::running_call_ptr call(core::model_request what, core::model_hearing hear,
                              callback<void(result<core::model_answer>)> done) override {
    asked = std::move(what);
    hear.on_retry({1, "busy", std::chrono::milliseconds{5}});
    hear.on_text(2, "hello");
    core::model_answer answer;
    answer.text = "hello";
    answer.finish = "stop";
    answer.model = "one/only";
    answer.attempts = 2;
    done(std::move(answer));
    return nullptr;
  }
};

struct one_model final : core::model_directory {
  std::shared_ptr<heard_model> model = std::make_shared<heard_model>();
  result<std::string> full_name(std::string_view) const override { return std::string{"one/only"}; }
  result<core::resolved_model> resolve(std::span<const std::string>) const override {
    return core::resolved_model{model, "one", "only", {}};
  }
  std::optional<core::model_price> price_of(std::string_view) const override { return {}; }
  std::vector<core::provider_info> providers() const override { return {}; }
  std::vector<core::model_info> models() const override { return {}; }
};

struct asking_world {
  known_agents agents;
  one_model models;
  effects::toolbox tools;
  std::unique_ptr<effects::runner> runner = effects::make_model_runner(models, tools, agents.all);
  std::vector<std::string> heard;
  std::optional<effects::effect_end> end;

  void ask(json tool_names) {
    actors::run_effect order;
    order.request = {{"type", "model"}, {"tools", std::move(tool_names)}};
    effects::hooks to;
    to.on_text = [this](int attempt, const std::string& text) { heard.push_back(std::to_string(attempt) + " " + text); };
    to.on_retry = [this](const core::failed_attempt& what) {
      heard.push_back(std::to_string(what.attempt) + " failed: " + what.why);
    };
    to.done = [this](effects::effect_end how) { end = std::move(how); };
    const auto running = runner->start(order, std::move(to));
  }
};

}  // namespace

TEST_CASE("a model's retries and words are passed on, and its outcome says how many attempts it took") {
  asking_world with;
  with.ask(json::array());
  CHECK(with.heard == std::vector<std::string>{"1 failed: busy", "2 hello"});
  REQUIRE(with.end);
  REQUIRE(with.end->value);
  CHECK(with.end->value->at("attempts") == 2);
}

TEST_CASE("a model is told the input_schema of an agent as the parameters of its tool") {
  asking_world with;
  with.agents.put("weather", city_schema);
  with.agents.put("talker");
  with.agents.put("lister", json{{"type", "array"}});
  with.ask({"agent:weather", "agent:talker", "agent:lister", "agent:?skill=forecast", "agent:nobody"});
  const auto& told = with.models.model->asked.tools;
  REQUIRE(told.size() == 3);
  CHECK(told[0].name == "agent:weather");
  CHECK(told[0].parameters == city_schema);
  CHECK(told[1].name == "agent:talker");
  CHECK(told[1].parameters.at("required") == json{"message"});
  CHECK(told[2].name == "agent:?skill=forecast");
  CHECK(told[2].parameters == told[1].parameters);
}

#include "actors/effects/runners.hpp"
#include "protocols/core/input.hpp"

namespace mofa::effects {
namespace {

constexpr std::string_view agent_prefix = "agent:";

class model_runner final : public runner {
 public:
  model_runner(const core::model_directory& models, const toolbox& tools, const catalog::catalog& definitions)
      : models_(models), tools_(tools), definitions_(definitions) {}

  core::running_call_ptr start(const actors::run_effect& order, hooks to) override {
    const auto names = names_of(order.request);
    const auto chosen = models_.resolve(names);
    if (!chosen) return refuse(to, chosen.error());
    auto request = read(order);
    if (!request) return refuse(to, request.error());
    auto on_end = [&models = models_, done = std::move(to.done)](result<core::model_answer> answer) mutable {
      if (!answer) return done({std::move(answer).error(), {}, false});
      core::usage used{answer->input_tokens, answer->output_tokens, 0, 0, 0};
      if (const auto price = models.price_of(answer->model))
        used.cost_microusd = core::cost_microusd(*price, answer->input_tokens, answer->output_tokens);
      done({core::to_json(*answer), used, false});
    };
    return chosen->model->call(std::move(*request), {std::move(to.on_text), std::move(to.on_retry)}, std::move(on_end));
  }

 private:
  static core::running_call_ptr refuse(hooks& to, error why) {
    to.done({std::move(why), {}, false});
    return nullptr;
  }

  // The wanted one and its fallbacks; none: the default.
  static std::vector<std::string> names_of(const json& request) {
    std::vector<std::string> out;
    if (auto name = request.value("model", std::string{}); !name.empty()) out.push_back(std::move(name));
    for (const auto& name : request.value("fallback", json::array())) out.push_back(name.get<std::string>());
    return out;
  }

  result<core::model_request> read(const actors::run_effect& order) const {
    const auto& from = order.request;
    core::model_request out;
    out.effect_id = order.effect_id;
    for (const auto& each : from.value("messages", json::array())) {
      auto message = core::model_message_from_json(each);
      if (!message) return std::move(message).error();
      out.messages.push_back(std::move(*message));
    }
    for (const auto& each : from.value("tools", json::array()))
      if (auto told = describe(each.get<std::string>())) out.tools.push_back(std::move(*told));
    if (from.contains("temperature")) out.temperature = from.at("temperature").get<double>();
    if (from.contains("max_output_tokens")) out.max_output_tokens = from.at("max_output_tokens").get<std::int64_t>();
    out.output_schema = from.value("output_schema", json{});
    return out;
  }

  // Nothing: what is not there (any more) is not offered to the model.
  std::optional<core::tool_description> describe(const std::string& name) const {
    if (!name.starts_with(agent_prefix)) {
      const auto tool = tools_.find(name);
      if (tool == tools_.end()) return std::nullopt;
      return core::tool_description{name, std::string{tool->second->description()}, tool->second->parameters()};
    }
    const auto wanted = name.substr(agent_prefix.size());
    if (wanted.starts_with('?'))
      return core::tool_description{name, "Asks an agent chosen by " + wanted.substr(1),
                                    core::input_parameters(core::definition{})};
    const auto agent = definitions_.find(wanted);
    if (!agent) return std::nullopt;
    const auto& definition = *agent->current.definition;
    auto parameters = core::input_parameters(definition);
    if (parameters.is_null()) return std::nullopt;
    const auto& text = definition.description;
    return core::tool_description{name, text.empty() ? "Asks the agent " + wanted : text, std::move(parameters)};
  }

  const core::model_directory& models_;
  const toolbox& tools_;
  const catalog::catalog& definitions_;
};

}  // namespace

std::unique_ptr<runner> make_model_runner(const core::model_directory& models, const toolbox& tools,
                                          const catalog::catalog& definitions) {
  return std::make_unique<model_runner>(models, tools, definitions);
}

}  // namespace mofa::effects

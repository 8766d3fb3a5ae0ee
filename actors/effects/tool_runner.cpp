#include "actors/effects/runners.hpp"

namespace mofa::effects {
namespace {

class tool_runner final : public runner {
 public:
  explicit tool_runner(const toolbox& tools) : tools_(tools) {}

  core::running_call_ptr start(const actors::run_effect& order, hooks to) override {
    const auto name = order.request.value("tool", std::string{});
    const auto tool = tools_.find(name);
    if (tool == tools_.end()) {
      to.done({fail(errc::not_found, "no tool '" + name + "'"), {}, false});
      return nullptr;
    }
    core::tool_call call{order.effect_id, order.request.value("arguments", json::object()), order.who, order.context_id};
    return tool->second->invoke(std::move(call), [done = std::move(to.done)](result<json> value) mutable {
      done({std::move(value), {}, false});
    });
  }

 private:
  const toolbox& tools_;
};

}  // namespace

std::unique_ptr<runner> make_tool_runner(const toolbox& tools) { return std::make_unique<tool_runner>(tools); }

}  // namespace mofa::effects

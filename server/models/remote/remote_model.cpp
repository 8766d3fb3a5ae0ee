#include "server/models/remote/remote_model.hpp"

#include <random>
#include <utility>

#include "server/models/remote/remote_call.hpp"

namespace mofa::models {
namespace {

double random_share() {
  static thread_local std::mt19937 source{std::random_device{}()};
  return std::uniform_real_distribution<double>{0.0, 1.0}(source);
}

class handle final : public core::running_call {
 public:
  explicit handle(std::shared_ptr<remote_call> call) : call_(std::move(call)) {}
  ~handle() override { call_->abort(); }

 private:
  std::shared_ptr<remote_call> call_;
};

class provider_model final : public core::model {
 public:
  explicit provider_model(std::shared_ptr<const remote_parts> parts) : parts_(std::move(parts)) {}

  core::running_call_ptr call(core::model_request what, remote_call::delta_sink on_delta,
                              remote_call::answer_sink done) override {
    auto made = std::make_shared<remote_call>(parts_, std::move(what), std::move(on_delta), std::move(done));
    auto running = std::make_unique<handle>(made);
    made->begin();
    return running;
  }

 private:
  std::shared_ptr<const remote_parts> parts_;
};

}  // namespace

core::model_ptr remote_model(std::string provider, std::shared_ptr<const dialect> wire, std::string secret, patience how,
                             surroundings with) {
  if (!with.chance) with.chance = random_share;
  auto circuit = std::make_shared<breaker>(how.breaker_failures, how.breaker_pause);
  auto parts = std::make_shared<const remote_parts>(
      remote_parts{std::move(provider), std::move(wire), std::move(secret), how, std::move(with), std::move(circuit)});
  return std::make_shared<provider_model>(std::move(parts));
}

}  // namespace mofa::models

#include "server/models/patient/patient_model.hpp"

#include <random>
#include <utility>

#include "server/models/patient/patient_call.hpp"

namespace mofa::models {
namespace {

double random_share() {
  static thread_local std::mt19937 source{std::random_device{}()};
  return std::uniform_real_distribution<double>{0.0, 1.0}(source);
}

class handle final : public core::running_call {
 public:
  explicit handle(std::shared_ptr<patient_call> call) : call_(std::move(call)) {}
  ~handle() override { call_->abort(); }

 private:
  std::shared_ptr<patient_call> call_;
};

class model_with_patience final : public core::model {
 public:
  explicit model_with_patience(std::shared_ptr<const patient_parts> parts) : parts_(std::move(parts)) {}

  core::running_call_ptr call(core::model_request what, core::model_hearing hear,
                              callback<void(result<core::model_answer>)> done) override {
    auto made = std::make_shared<patient_call>(parts_, std::move(what), std::move(hear), std::move(done));
    auto running = std::make_unique<handle>(made);
    made->begin();
    return running;
  }

 private:
  std::shared_ptr<const patient_parts> parts_;
};

}  // namespace

core::model_ptr patient_model(std::string name, provider_ptr whom, std::string secret, patience how, pacing with) {
  if (!with.chance) with.chance = random_share;
  if (!with.watch) with.watch = std::make_shared<probe>();
  auto circuit = std::make_shared<breaker>(how.breaker_failures, how.breaker_pause);
  return std::make_shared<model_with_patience>(std::make_shared<const patient_parts>(
      patient_parts{std::move(name), std::move(whom), std::move(secret), how, std::move(with), std::move(circuit)}));
}

}  // namespace mofa::models

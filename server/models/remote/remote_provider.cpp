#include "server/models/remote/remote_provider.hpp"

#include <utility>

#include "server/models/remote/attempt.hpp"

namespace mofa::models {
namespace {

constexpr std::chrono::milliseconds connect_within{10'000};
constexpr std::chrono::milliseconds silent_for_at_most{120'000};  // models think before the first word

class provider_behind_http final : public provider {
 public:
  provider_behind_http(std::shared_ptr<const dialect> wire, http_client::client& http, const clock& time)
      : wire_(std::move(wire)), http_(http), time_(time) {}

  core::running_call_ptr attempt(const core::model_request& what, int number,
                                 std::shared_ptr<attempt_watcher> to) const override {
    auto request = wire_->request_for(what);
    request.trust = http_client::profile::trusted;
    request.connect_timeout = connect_within;
    request.idle_timeout = silent_for_at_most;
    return http_.start(std::move(request),
                       std::make_shared<models::attempt>(number, std::move(to), wire_->reader_for(what), time_));
  }

 private:
  std::shared_ptr<const dialect> wire_;
  http_client::client& http_;
  const clock& time_;
};

}  // namespace

provider_ptr remote_provider(std::shared_ptr<const dialect> wire, http_client::client& http, const clock& time) {
  return std::make_shared<provider_behind_http>(std::move(wire), http, time);
}

}  // namespace mofa::models

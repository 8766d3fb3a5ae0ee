#include "server/telemetry/metrics.hpp"

#include <prometheus/text_serializer.h>

#include "server/telemetry/actor_probe.hpp"
#include "server/telemetry/gateway_probe.hpp"
#include "server/telemetry/models_probe.hpp"
#include "server/telemetry/outbound_probe.hpp"
#include "server/telemetry/process_metrics.hpp"

namespace mofa::telemetry {

struct metrics::parts {
  prometheus::Registry registry;
  actor_probe actors{registry};
  gateway_probe gateway{registry};
  outbound_probe outbound{registry};
  models_probe models{registry};
};

metrics::metrics() : parts_(std::make_unique<parts>()) {}
metrics::~metrics() = default;

actors::probe& metrics::actors() { return parts_->actors; }
gateway::probe& metrics::gateway() { return parts_->gateway; }
http_client::probe& metrics::outbound() { return parts_->outbound; }
models::probe& metrics::models() { return parts_->models; }

bool metrics::store_is_full() const { return parts_->actors.store_is_full(); }

std::string metrics::exposition() const {
  auto all = parts_->registry.Collect();
  for (auto& family : collect_process_metrics()) all.push_back(std::move(family));
  return prometheus::TextSerializer{}.Serialize(all);
}

http::route metrics::route() {
  return {
      "GET", "/metrics", core::scope::metrics, [this](http::request, http::responder respond) {
        respond(
            {.status = 200, .headers = {}, .body = exposition(), .content_type = "text/plain; version=0.0.4", .stream = {}});
      }};
}

}  // namespace mofa::telemetry

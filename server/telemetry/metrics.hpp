// Metrics: the registry of everything that is counted, the probes that count it, and the route that shows it.
// Owned by the app; outlives the gateway and the actors.
// Any thread.
#pragma once

#include <memory>
#include <string>

#include "protocols/http/route.hpp"

namespace mofa::actors {
class probe;
}
namespace mofa::gateway {
class probe;
}
namespace mofa::http_client {
class probe;
}
namespace mofa::models {
class probe;
}

namespace mofa::telemetry {

/// Make it after configure_logging(): its probes log too.
class metrics {
 public:
  metrics();
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  /// What to inject; they live as long as this object.
  actors::probe& actors();
  gateway::probe& gateway();
  http_client::probe& outbound();
  models::probe& models();

  /// Whether the store has just refused an append because there is no room; false again with the next one that is
  /// committed, or after ten seconds.
  bool store_is_full() const;

  /// Everything in the text exposition format 0.0.4 of Prometheus.
  std::string exposition() const;
  /// GET /metrics, scope metrics. The route keeps a reference to this object.
  http::route route();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace mofa::telemetry

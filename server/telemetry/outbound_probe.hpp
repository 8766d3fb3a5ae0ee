// The HTTP client's probe with a memory: counts requests to foreign hosts, and logs what the guard refuses.
// Owned by `metrics`; the app hands it to the HTTP client.
// Called on the client's thread; does not block.
#pragma once

#include <prometheus/registry.h>

#include <chrono>
#include <memory>

#include "server/http_client/probe.hpp"
#include "server/telemetry/families.hpp"
#include "server/telemetry/line_limit.hpp"

namespace spdlog {
class logger;
}

namespace mofa::telemetry {

/// A flood of refusals writes at most ten lines a second; the next line tells how many were left out.
class outbound_probe final : public http_client::probe {
 public:
  explicit outbound_probe(prometheus::Registry& in);

  void request_started(bool guarded) override;
  void request_finished(bool guarded, std::string_view outcome, std::chrono::nanoseconds took) override;
  void address_refused(std::string_view host, std::string_view address, std::string_view reason) override;

 private:
  labelled<Gauge, 1> running_;
  labelled<Histogram, 2> duration_;
  std::shared_ptr<spdlog::logger> log_;
  line_limit refusal_lines_;
};

}  // namespace mofa::telemetry

// The models' probe with a memory: counts retries and open circuits of providers, and logs a circuit that opens.
// Owned by `metrics`; the app hands it to the models.
// Called on any thread; does not block.
#pragma once

#include <prometheus/registry.h>

#include <memory>

#include "server/models/probe.hpp"
#include "server/telemetry/families.hpp"

namespace spdlog {
class logger;
}

namespace mofa::telemetry {

class models_probe final : public models::probe {
 public:
  explicit models_probe(prometheus::Registry& in);

  void attempt_retried(std::string_view provider) override;
  void circuit_opened(std::string_view provider) override;
  void circuit_refused(std::string_view provider) override;

 private:
  labelled<Counter, 1> retries_;
  labelled<Counter, 1> opened_;
  labelled<Counter, 1> refusals_;
  std::shared_ptr<spdlog::logger> log_;
};

}  // namespace mofa::telemetry

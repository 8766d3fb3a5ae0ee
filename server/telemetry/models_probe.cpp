#include "server/telemetry/models_probe.hpp"

#include <spdlog/spdlog.h>

#include "server/telemetry/logging.hpp"
#include "server/telemetry/names.hpp"

namespace mofa::telemetry {

models_probe::models_probe(prometheus::Registry& in)
    : retries_({"provider"},
               counters(in, names::model_retries, "Attempts of model calls that failed and were followed by another one.")),
      opened_({"provider"}, counters(in, names::model_circuits_opened,
                                     "How often a provider was left alone after failures in a row, or a failed trial.")),
      refusals_({"provider"}, counters(in, names::model_circuit_refusals,
                                       "Attempts that were not made, since the provider was left alone.")),
      log_(logger("models")) {}

void models_probe::attempt_retried(std::string_view provider) { retries_.of({provider}).Increment(); }

void models_probe::circuit_opened(std::string_view provider) {
  opened_.of({provider}).Increment();
  log_->warn("circuit opened provider={}", quoted(provider));
}

void models_probe::circuit_refused(std::string_view provider) { refusals_.of({provider}).Increment(); }

}  // namespace mofa::telemetry

// The patient model: a provider with patience: attempts with pauses between them, and a circuit breaker before each.
// Made by the registry, one for each provider; calls are owned by their askers.
// call() on any thread; answers come on the provider's thread or the timer's, or before call() returns.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/base/clock.hpp"
#include "server/models/patient/provider.hpp"
#include "server/models/probe.hpp"
#include "server/models/timer.hpp"

namespace mofa::models {

/// How often and how patiently a provider is asked.
struct patience {
  int attempts = 3;               ///< of one call, the first included
  milliseconds first_pause{500};  ///< doubles with each attempt; half of it is left to chance
  milliseconds longest_pause{8'000};
  milliseconds longest_retry_after{30'000};  ///< a provider that asks for more fails the call at once
  int breaker_failures = 5;                  ///< in a row open the circuit
  milliseconds breaker_pause{30'000};
};

/// What a patient model works with; all of it outlives the model.
struct pacing {
  timer_ptr waits;
  const clock& time;
  std::function<double()> chance{};        ///< from 0 to 1, on any thread; empty: random
  std::shared_ptr<probe> watch = nullptr;  ///< null: nobody counts
};

/// `secret` never shows up in an error. The name that answers and errors carry is `name`/`model_request::model`.
core::model_ptr patient_model(std::string name, provider_ptr whom, std::string secret, patience how, pacing with);

}  // namespace mofa::models

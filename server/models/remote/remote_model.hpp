// The remote model: a provider behind HTTP; attempts with pauses between them, and a circuit breaker before each.
// Made by the registry, one for each provider; calls are owned by their askers.
// call() on any thread; answers come on the HTTP client's thread or the timer's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/base/clock.hpp"
#include "server/http_client/client.hpp"
#include "server/models/remote/breaker.hpp"
#include "server/models/remote/dialect.hpp"
#include "server/models/timer.hpp"

namespace mofa::models {

/// How often and how patiently a provider is asked.
struct patience {
  int attempts = 3;               ///< of one call, the first included
  milliseconds first_pause{500};  ///< doubles with each attempt; half of it is left to chance
  milliseconds longest_pause{8'000};
  milliseconds longest_retry_after{30'000};  ///< a provider that asks for more fails the call at once
  milliseconds connect_timeout{10'000};
  milliseconds idle_timeout{120'000};  ///< models think before the first word
  int breaker_failures = 5;            ///< in a row open the circuit
  milliseconds breaker_pause{30'000};
};

/// What a remote model works with; all of it outlives the model.
struct surroundings {
  http_client::client& http;
  timer_ptr waits;
  const clock& time;
  std::function<double()> chance;  ///< from 0 to 1, on any thread; empty: random
};

/// Tried again, as far as `patience` goes: 408, 425, 429, 5xx, no connection, time-outs, streams that are cut or nonsense.
/// All of these but 429 count for the breaker. `secret` never shows up in an error.
core::model_ptr remote_model(std::string provider, std::shared_ptr<const dialect> wire, std::string secret, patience how,
                             surroundings with);

}  // namespace mofa::models

// What deliveries are made with: who sends, who words what is said, and how patiently.
// Made by the app, handed to the kernel, read by the delivery actor.
// Values; free of CAF; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "protocols/core/ports/push_encoder.hpp"
#include "protocols/core/ports/push_sender.hpp"

namespace mofa::delivery {

struct options {
  int attempts = 8;                                 ///< of one event, the first included
  milliseconds first_pause{1'000};                  ///< after the first failure; doubles with each further one
  milliseconds longest_pause{300'000};              ///< that backoff comes to
  std::chrono::seconds longest_retry_after{3'600};  ///< a receiver that asks for a longer pause gets this one
  milliseconds timeout{15'000};                     ///< of one attempt
  std::size_t at_once = 64;                         ///< POSTs under way, of all configurations together
  std::size_t at_once_per_host = 16;                ///< of these, to one host that answers; one that does not gets 1 to 3
  std::size_t bytes_at_once = 16 * 1024 * 1024;     ///< of bodies under way; beyond it nobody begins
  std::string token_header;                         ///< the header of a configuration's token; empty: tokens are not sent
  std::function<double()> chance;                   ///< from 0 to 1, for pauses; empty: a random number
};

/// Without a sender nothing is delivered, and no configuration is taken.
struct equipment {
  core::push_sender* sender = nullptr;          ///< must outlive the kernel
  const core::push_encoder* encoder = nullptr;  ///< must outlive the kernel; needed with a sender
  options how;
};

}  // namespace mofa::delivery

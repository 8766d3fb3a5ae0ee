// The load generator: many connections that each ask again as soon as they have an answer; for a time, or for a number of
// requests. Made by a measurement for one run; its connections and threads end with the run.
// Each thread has its own epoll and its share of the connections; the caller waits for all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/support.hpp"

namespace mofa::bench {

struct load {
  std::uint16_t port = 0;
  std::string request;  ///< whole
  int status = 200;     ///< what each answer must have
  int connections = 64;
  int threads = 2;  ///< at most one for each connection
  seconds span{0};  ///< how long; 0: until `requests` are answered
  std::int64_t requests = 0;
};

struct load_result {
  double per_second = 0;
  std::vector<double> times;  ///< in seconds, of each request; in no order
};

/// Throws unmeasurable when an answer has another status, or when none comes for client::longest.
load_result run(const load& what);

}  // namespace mofa::bench

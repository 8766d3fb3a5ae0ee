// One seed of the kill test: a life of the server with a mixed workload that ends by SIGKILL, and what must hold after it.
// Made by the kill test for each seed; owns its server and data folder.
// Each life on one thread of the test, its clients on threads of their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mofa::test {

struct life_report {
  std::string killed_at;            ///< the point whose trap fell, "time" or "end"
  std::size_t acknowledged = 0;     ///< tasks whose id a client had
  std::size_t running = 0;          ///< of these, not known to have ended
  std::vector<std::string> broken;  ///< what is not as promised; empty when all is well
};

/// Lives through the seed. All that is random follows from it, except how the threads interleave.
life_report live_and_die(std::uint64_t seed);

}  // namespace mofa::test

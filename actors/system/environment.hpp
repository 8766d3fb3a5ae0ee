// What every actor of this process is given at its start: clock, probe, and who is the owner of the journal.
// Owned by the kernel; outlives all actors.
// Read-only after the start; any thread.
#pragma once

#include <cstdint>

#include "actors/system/probe.hpp"
#include "server/base/clock.hpp"

namespace mofa::actors {

struct environment {
  const clock& time;
  probe& watch;
  std::uint64_t epoch = 0;          ///< of this owner of the journal
  milliseconds idle_after{10'000};  ///< a task that has had nothing to do for so long leaves memory
};

}  // namespace mofa::actors

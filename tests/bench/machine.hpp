// The machine that the figures are of.
// Asked by main once.
// Reads /proc; one thread.
#pragma once

#include <string>

#include "tests/bench/plan.hpp"

namespace mofa::bench {

/// Lines about CPUs, memory, kernel, disk and load; a warning when something else is running, or the disk is none.
std::string describe_machine(const plan& how);

}  // namespace mofa::bench

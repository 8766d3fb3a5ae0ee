// How many CPUs this process may use: what `threads: 0` means.
// Asked by the app when it starts the threads.
// Reads /proc and /sys; any thread.
#pragma once

#include <filesystem>
#include <string_view>

namespace mofa::settings {

/// CPUs by the affinity mask and by cpu.max of the control groups (v2), at least 1. `root` is where proc/ and sys/ are.
int available_cpus(const std::filesystem::path& root = "/");

/// The CPUs that a cpu.max grants ("150000 100000": 2, rounded up); `none` when it says "max" or is not readable.
int quota_cpus(std::string_view cpu_max, int none);

}  // namespace mofa::settings

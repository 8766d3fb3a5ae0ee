// Process metrics: memory, file descriptors, CPU time and start of this process, read from /proc/self at every scrape.
// Owned by `metrics`, which adds them to the exposition.
// collect() may be called on any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <optional>
#include <vector>

namespace mofa::telemetry {

struct process_sample {
  double resident_memory_bytes = 0;
  double open_fds = 0;
  double start_time_seconds = 0;  ///< since 1970
  double cpu_seconds = 0;         ///< user and system
};

/// Nothing when /proc is not there or not as expected.
std::optional<process_sample> sample_process();

/// One family for each member; none without a sample.
std::vector<prometheus::MetricFamily> collect_process_metrics();

}  // namespace mofa::telemetry

// Families: short ways to register the metrics of a room.
// Used by the constructors of the probes' implementations; the registry owns what is made.
// Called at start, on one thread.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <string>
#include <string_view>

#include "server/telemetry/labelled.hpp"

namespace mofa::telemetry {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

/// Upper bounds for durations in seconds: 100 us to 60 s.
inline const Histogram::BucketBoundaries duration_buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                          0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30,    60};
/// Upper bounds for the age of tasks in seconds: 1 ms to 1 day.
inline const Histogram::BucketBoundaries age_buckets{0.001, 0.005, 0.01, 0.05, 0.1,  0.5,   1,    5,
                                                     10,    60,    300,  1800, 3600, 21600, 86400};
/// Upper bounds for group sizes.
inline const Histogram::BucketBoundaries size_buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

inline Counter& counter(prometheus::Registry& in, std::string_view name, std::string_view help) {
  return prometheus::BuildCounter().Name(std::string{name}).Help(std::string{help}).Register(in).Add({});
}

inline Gauge& gauge(prometheus::Registry& in, std::string_view name, std::string_view help) {
  return prometheus::BuildGauge().Name(std::string{name}).Help(std::string{help}).Register(in).Add({});
}

inline Histogram& histogram(prometheus::Registry& in, std::string_view name, std::string_view help,
                            const Histogram::BucketBoundaries& buckets) {
  return prometheus::BuildHistogram().Name(std::string{name}).Help(std::string{help}).Register(in).Add({}, buckets);
}

inline std::function<Counter&(const prometheus::Labels&)> counters(prometheus::Registry& in, std::string_view name,
                                                                   std::string_view help) {
  auto& family = prometheus::BuildCounter().Name(std::string{name}).Help(std::string{help}).Register(in);
  return [&family](const prometheus::Labels& labels) -> Counter& { return family.Add(labels); };
}

inline std::function<Gauge&(const prometheus::Labels&)> gauges(prometheus::Registry& in, std::string_view name,
                                                               std::string_view help) {
  auto& family = prometheus::BuildGauge().Name(std::string{name}).Help(std::string{help}).Register(in);
  return [&family](const prometheus::Labels& labels) -> Gauge& { return family.Add(labels); };
}

inline std::function<Histogram&(const prometheus::Labels&)> histograms(prometheus::Registry& in, std::string_view name,
                                                                       std::string_view help,
                                                                       const Histogram::BucketBoundaries& buckets) {
  auto& family = prometheus::BuildHistogram().Name(std::string{name}).Help(std::string{help}).Register(in);
  return [&family, &buckets](const prometheus::Labels& labels) -> Histogram& { return family.Add(labels, buckets); };
}

}  // namespace mofa::telemetry

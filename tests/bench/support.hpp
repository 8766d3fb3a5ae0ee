// What every measurement needs: the failure that means "not measured", waiting with a deadline, medians.
// Owned by nobody; used by each measurement.
// Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mofa::bench {

using steady = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

/// Something could not be measured, and why. Thrown by any step, caught once for each measurement, by main.
class unmeasurable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Asks again every few milliseconds until the condition is true. Throws unmeasurable, naming `what`, after `longest`.
void await(const std::string& what, seconds longest, const std::function<bool()>& condition);

/// The value below which the share `of` (0 … 1) of the values lies. At least one value.
double quantile(std::vector<double> values, double of);
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

/// Runs it so many times and gives all results.
template <class Measure>
std::vector<double> repeat(int runs, Measure&& measure) {
  std::vector<double> out;
  for (int i = 0; i < runs; ++i) out.push_back(measure());
  return out;
}

/// "61.2 k/s", "840 us", "3.10 KiB", "16.2 MB": three digits that matter.
std::string show_rate(double per_second);
std::string show_time(double in_seconds);
std::string show_bytes(double bytes);
/// "0.84 x"
std::string show_ratio(double value);

}  // namespace mofa::bench

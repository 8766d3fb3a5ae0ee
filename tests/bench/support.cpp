#include "tests/bench/support.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cmath>

namespace mofa::bench {
namespace {

constexpr int ask_every_ms = 5;

std::string three_digits(double value) {
  const double size = std::abs(value);
  return size >= 99.95   ? fmt::format("{:.0f}", value)
         : size >= 9.995 ? fmt::format("{:.1f}", value)
                         : fmt::format("{:.2f}", value);
}

}  // namespace

void await(const std::string& what, seconds longest, const std::function<bool()>& condition) {
  const auto until = steady::now() + longest;
  while (!condition()) {
    if (steady::now() > until) throw unmeasurable{fmt::format("{} did not come within {:.0f} s", what, longest.count())};
    poll(nullptr, 0, ask_every_ms);
  }
}

double quantile(std::vector<double> values, double of) {
  if (values.empty()) throw unmeasurable{"there is no value"};
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = static_cast<std::ptrdiff_t>(std::lround(last * of));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

std::string show_rate(double per_second) {
  return per_second >= 10'000 ? three_digits(per_second / 1000) + " k/s" : three_digits(per_second) + " /s";
}

std::string show_time(double in_seconds) {
  if (in_seconds >= 1) return three_digits(in_seconds) + " s";
  return in_seconds >= 0.001 ? three_digits(in_seconds * 1e3) + " ms" : three_digits(in_seconds * 1e6) + " us";
}

std::string show_bytes(double bytes) {
  const double size = std::abs(bytes);
  if (size >= 1e6) return three_digits(bytes / 1e6) + " MB";
  return size >= 1024 ? three_digits(bytes / 1024) + " KiB" : three_digits(bytes) + " B";
}

std::string show_ratio(double value) { return three_digits(value) + " x"; }

}  // namespace mofa::bench

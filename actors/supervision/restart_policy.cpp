#include "actors/supervision/restart_policy.hpp"

#include <algorithm>

namespace mofa::supervision {
namespace {

/// backoff_min for the first delayed restart, doubled for each further one, never above backoff_max.
milliseconds step_of(const restart_rule& rule, std::size_t doublings) {
  auto step = rule.backoff_min;
  for (; doublings > 0 && step > milliseconds{0} && step < rule.backoff_max; --doublings) {
    if (step > rule.backoff_max / 2) return rule.backoff_max;
    step *= 2;
  }
  return std::min(step, rule.backoff_max);
}

/// Between half of the step and the whole of it.
milliseconds with_jitter(milliseconds step, std::uint64_t seed) {
  // One round of a mixer (splitmix64): seeds that follow each other must not give delays that do.
  seed += 0x9e3779b97f4a7c15;
  seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
  seed = (seed ^ seed >> 27) * 0x94d049bb133111eb;
  seed ^= seed >> 31;
  const auto least = step.count() - step.count() / 2;
  const auto choices = static_cast<std::uint64_t>(step.count() - least) + 1;
  return milliseconds{least + static_cast<milliseconds::rep>(seed % choices)};
}

}  // namespace

decision restart_window::on_crash(time_point now, std::uint64_t seed) {
  std::erase_if(crashes_, [&](time_point crash) { return is_old(crash, now); });
  const auto restarts = crashes_.size();
  if (rule_.intensity <= 0 || restarts >= static_cast<std::size_t>(rule_.intensity)) {
    return {decision::action::give_up, milliseconds{0}};
  }
  crashes_.push_back(now);
  if (restarts == 0) return {decision::action::restart_now, milliseconds{0}};
  return {decision::action::restart_after, with_jitter(step_of(rule_, restarts - 1), seed)};
}

int restart_window::restarts_in_window(time_point now) const {
  return static_cast<int>(
      std::count_if(crashes_.begin(), crashes_.end(), [&](time_point crash) { return !is_old(crash, now); }));
}

}  // namespace mofa::supervision

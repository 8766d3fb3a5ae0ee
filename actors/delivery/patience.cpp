#include "actors/delivery/patience.hpp"

#include <algorithm>
#include <cstdint>

namespace mofa::delivery {
namespace {

verdict judge_status(const core::push_answer& answer) {
  const auto status = answer.status;
  if (status >= 200 && status < 300) return {verdict::kind::taken, answer.in_time, {}, {}};
  const bool later = status == 408 || status == 429 || (status >= 500 && status < 600);
  if (later) return {verdict::kind::again, answer.in_time, {}, answer.retry_after};
  return {verdict::kind::refused, answer.in_time, "http_" + std::to_string(status / 100) + "xx", {}};
}

}  // namespace

verdict judge(const result<core::push_answer>& outcome) {
  if (outcome) return judge_status(*outcome);
  const auto code = outcome.error().code;
  const bool never = code == errc::invalid || code == errc::address_refused || code == errc::unsupported;
  return {never ? verdict::kind::refused : verdict::kind::again, false, std::string{to_string(code)}, {}};
}

milliseconds pause_after(int attempt, const std::optional<std::chrono::seconds>& asked, const options& how, double chance) {
  const auto doublings = std::clamp(attempt - 1, 0, 20);
  const auto whole = std::min<milliseconds>(how.first_pause * (std::int64_t{1} << doublings), how.longest_pause);
  const auto pause = std::chrono::duration_cast<milliseconds>(whole * (0.5 + 0.5 * chance));
  if (!asked) return pause;
  return std::max<milliseconds>(pause, std::min(*asked, how.longest_retry_after));
}

}  // namespace mofa::delivery

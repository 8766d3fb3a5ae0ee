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
  // A key that does not fit, or a place that is not there, is the same for whatever is posted.
  const bool wrong = status < 400 || status >= 500 || status == 401 || status == 403 || status == 404 || status == 410;
  const auto what = wrong ? verdict::kind::wrong : verdict::kind::refused;
  return {what, answer.in_time, "http_" + std::to_string(status / 100) + "xx", {}};
}

}  // namespace

verdict judge(const result<core::push_answer>& outcome) {
  if (outcome) return judge_status(*outcome);
  const auto code = outcome.error().code;
  const bool never = code == errc::invalid || code == errc::address_refused || code == errc::unsupported;
  if (never) return {verdict::kind::wrong, std::nullopt, std::string{to_string(code)}, {}};
  return {verdict::kind::again, false, std::string{to_string(code)}, {}};
}

milliseconds pause_after(int attempt, const std::optional<std::chrono::seconds>& asked, const options& how, double chance) {
  const auto doublings = std::clamp(attempt - 1, 0, 20);
  const auto whole = std::min<milliseconds>(how.first_pause * (std::int64_t{1} << doublings), how.longest_pause);
  const auto pause = std::chrono::duration_cast<milliseconds>(whole * (0.5 + 0.5 * chance));
  if (!asked) return pause;
  return std::max<milliseconds>(pause, std::min(*asked, how.longest_retry_after));
}

}  // namespace mofa::delivery

#include "server/base/retry_after.hpp"

#include <charconv>

#include "server/base/http_date.hpp"

namespace mofa {
namespace {

constexpr int most_digits = 9;

std::optional<int> number(std::string_view text) {
  int out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, time_point now) {
  while (value.ends_with(' ')) value.remove_suffix(1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  if (const auto seconds = number(value); seconds && value.size() <= most_digits) {
    return std::chrono::seconds{*seconds};
  }
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  if (*date <= now) return std::chrono::seconds{0};
  return std::chrono::ceil<std::chrono::seconds>(*date - now);
}

}  // namespace mofa

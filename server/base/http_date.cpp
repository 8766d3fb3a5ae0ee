#include "server/base/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace mofa {
namespace {

constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_two(std::string& out, std::int64_t number) {
  out += static_cast<char>('0' + number / 10);
  out += static_cast<char>('0' + number % 10);
}

std::optional<int> number(std::string_view text) {
  int out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

/// Words and numbers between all other characters.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  constexpr std::string_view gaps = " ,-:\t";
  for (auto at = text.find_first_not_of(gaps); at != text.npos; at = text.find_first_not_of(gaps, at)) {
    const auto end = std::min(text.find_first_of(gaps, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::optional<time_point> moment(std::string_view year, std::string_view month, std::string_view day, std::string_view hour,
                                 std::string_view minute, std::string_view second) {
  const auto m = std::find(months.begin(), months.end(), month);
  const auto y = number(year), d = number(day), h = number(hour), min = number(minute), s = number(second);
  if (m == months.end() || !y || !d || !h || !min || !s || *h > 23 || *min > 59 || *s > 60) return std::nullopt;
  // Two digits of a year (RFC 850) are of this century: nobody writes dates of the last one any more.
  const auto full_year = year.size() == 2 ? *y + 2000 : *y;
  const std::chrono::year_month_day date{std::chrono::year{full_year},
                                         std::chrono::month{static_cast<unsigned>(m - months.begin()) + 1},
                                         std::chrono::day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return time_point{std::chrono::sys_days{date}} + std::chrono::hours{*h} + std::chrono::minutes{*min} +
         std::chrono::seconds{*s};
}

}  // namespace

std::string to_http_date(time_point at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  std::string out{days[std::chrono::weekday{day}.c_encoding()]};
  out += ", ";
  append_two(out, static_cast<unsigned>(date.day()));
  out += ' ';
  out += months[static_cast<unsigned>(date.month()) - 1];
  out += ' ';
  out += std::to_string(static_cast<int>(date.year()));
  out += ' ';
  append_two(out, time.hours().count());
  out += ':';
  append_two(out, time.minutes().count());
  out += ':';
  append_two(out, time.seconds().count());
  return out + " GMT";
}

std::optional<time_point> parse_http_date(std::string_view text) {
  const auto w = words_of(text);
  // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
  if (w.size() == 8 && w[7] == "GMT") return moment(w[3], w[2], w[1], w[4], w[5], w[6]);
  if (w.size() == 7) return moment(w[6], w[1], w[2], w[3], w[4], w[5]);
  return std::nullopt;
}

}  // namespace mofa

#include "protocols/openai/failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "protocols/document/document.hpp"
#include "protocols/document/text.hpp"

namespace mofa::openai {
namespace {

using core::json;

constexpr std::size_t message_max_bytes = 500;
constexpr int retry_after_max_digits = 9;

std::string member_text(const json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_number_integer()) return found->dump();
  return found->is_string() ? found->get<std::string>() : std::string{};
}

/// One line, valid UTF-8, bounded.
std::string tidy(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  if (text.size() > message_max_bytes) text.resize(message_max_bytes);
  while (const auto bad = document::find_bad_utf8(text)) {
    // What a cut left of the last character goes; a bad byte elsewhere is shown as '?'.
    if (text.size() - *bad < 4 && text.size() == message_max_bytes) {
      text.resize(*bad);
    } else {
      text[*bad] = '?';
    }
  }
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string read_message(std::string_view body) {
  const auto read = document::parse_json(body);
  if (!read) return std::string{body.substr(0, message_max_bytes)};
  if (!read->is_object()) return {};
  const auto failure = read->find("error");
  if (failure == read->end() || !failure->is_object()) {
    auto text = member_text(*read, "error");
    return text.empty() ? member_text(*read, "message") : text;
  }
  auto text = member_text(*failure, "message");
  auto code = member_text(*failure, "code");
  if (code.empty()) code = member_text(*failure, "type");
  if (code.empty()) return text;
  return text.empty() ? code : text + " (" + code + ")";
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
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
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

std::optional<time_point> parse_http_date(std::string_view text) {
  const auto w = words_of(text);
  // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
  if (w.size() == 8 && w[7] == "GMT") return moment(w[3], w[2], w[1], w[4], w[5], w[6]);
  if (w.size() == 7) return moment(w[6], w[1], w[2], w[3], w[4], w[5]);
  return std::nullopt;
}

}  // namespace

std::string failure_message(std::string_view body) {
  auto out = tidy(read_message(body));
  return out.empty() ? "no reason was given" : out;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, time_point now) {
  while (value.ends_with(' ')) value.remove_suffix(1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  if (const auto seconds = number(value); seconds && value.size() <= retry_after_max_digits) {
    return std::chrono::seconds{*seconds};
  }
  const auto date = parse_http_date(value);
  if (!date) return std::nullopt;
  if (*date <= now) return std::chrono::seconds{0};
  return std::chrono::ceil<std::chrono::seconds>(*date - now);
}

}  // namespace mofa::openai

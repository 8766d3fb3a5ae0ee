#include "protocols/rest/headers.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include "server/base/limits.hpp"

namespace mofa::rest {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Cuts off what comes before the separator, trimmed.
std::string_view take(std::string_view& rest, char separator) {
  const auto piece = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
  return trim(piece);
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

/// "wait=10", "wait = \"10\"", with or without parameters behind.
std::optional<std::chrono::seconds> wait_of(std::string_view preference) {
  auto value = take(preference, ';');
  const auto name = take(value, '=');
  if (!same(name, "wait")) return std::nullopt;
  value = trim(value);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  const auto seconds = number_in(value);
  if (!seconds) return std::nullopt;
  constexpr auto most = static_cast<std::uint64_t>(limits::wait_max_seconds);
  return std::chrono::seconds{static_cast<std::int64_t>(std::min(*seconds, most))};
}

/// A weight in thousandths; what is not one counts as 0.
int weight_of(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return 0;
  int value = (text[0] - '0') * 1000;
  int scale = 100;
  for (std::size_t i = 2; i < text.size() && i < 5 && text[1] == '.'; ++i, scale /= 10) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) return 0;
    value += (text[i] - '0') * scale;
  }
  return std::min(value, 1000);
}

struct accepted {
  std::optional<int> json, json_group, stream, stream_group, any;

  void add(std::string_view range) {
    const auto type = take(range, ';');
    int weight = 1000;
    while (!range.empty()) {
      auto value = take(range, ';');
      if (same(take(value, '='), "q")) weight = weight_of(trim(value));
    }
    if (same(type, "application/json")) json = weight;
    if (same(type, "application/*")) json_group = weight;
    if (same(type, "text/event-stream")) stream = weight;
    if (same(type, "text/*")) stream_group = weight;
    if (type == "*/*") any = weight;
  }
  // The most specific range decides.
  int of_json() const { return json.value_or(json_group.value_or(any.value_or(0))); }
  int of_stream() const { return stream.value_or(stream_group.value_or(any.value_or(0))); }
};

}  // namespace

std::optional<std::chrono::seconds> preferred_wait(const http::request& from) {
  for (const auto& [name, value] : from.headers) {
    if (name != "prefer") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      // The first one counts (RFC 7240, section 2).
      if (const auto wait = wait_of(take(rest, ','))) return wait;
    }
  }
  return std::nullopt;
}

result<bool> wants_stream(const http::request& from) {
  accepted all;
  bool given = false;
  for (const auto& [name, value] : from.headers) {
    if (name != "accept") continue;
    given = true;
    std::string_view rest = value;
    while (!rest.empty()) all.add(take(rest, ','));
  }
  if (!given) return false;
  if (all.of_json() == 0 && all.of_stream() == 0)
    return fail(errc::not_acceptable, "this route answers application/json or text/event-stream");
  // A wildcard never starts a stream, unless JSON is refused by name.
  if (all.of_json() == 0) return true;
  return all.stream.value_or(0) > 0 && *all.stream >= all.of_json();
}

result<std::optional<std::uint64_t>> last_event_id(const http::request& from) {
  const auto text = from.header("last-event-id");
  if (!text) return std::optional<std::uint64_t>{};
  const auto number = number_in(*text);
  // The same range as of the parameter `after`: the journal counts in signed numbers.
  if (!number || *number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return error{errc::invalid,
                 "Last-Event-ID must be the number of an event",
                 {{"Last-Event-ID", "must be the number of an event"}}};
  return std::optional{*number};
}

}  // namespace mofa::rest

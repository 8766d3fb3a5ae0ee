#include "protocols/core/cursor.hpp"

#include <limits>
#include <optional>
#include <string_view>

namespace mofa::core {
namespace {

constexpr std::size_t number_digits = 16;
constexpr std::size_t id_digits = 36;

task_id highest_id() {
  uuid_bytes bytes;
  bytes.fill(0xff);
  return task_id{bytes};
}

std::string hex(std::uint64_t value) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(number_digits, '0');
  for (std::size_t i = 0; i < number_digits; ++i) out[number_digits - 1 - i] = digits[value >> (4 * i) & 0xf];
  return out;
}

/// Numbers are never negative as int64: they go to SQL.
std::optional<std::uint64_t> read_hex(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !(c >= 'a' && c <= 'f')) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return value;
}

error not_ours() { return fail(errc::invalid, "cursor: not one that this list gave; leave it out to begin anew"); }

}  // namespace

std::string id_cursor(cursor_of list, const task_id& last) { return static_cast<char>(list) + last.str(); }

result<task_id> read_id_cursor(cursor_of list, const std::string& cursor) {
  if (cursor.empty()) return highest_id();
  if (cursor.front() != static_cast<char>(list)) return not_ours();
  const auto parsed = task_id::parse(std::string_view{cursor}.substr(1));
  return parsed ? result<task_id>{*parsed} : not_ours();
}

std::string status_cursor(const status_place& last) {
  return static_cast<char>(cursor_of::statuses) + hex(static_cast<std::uint64_t>(last.at.time_since_epoch().count())) +
         last.task.str();
}

result<status_place> read_status_cursor(const std::string& cursor) {
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  if (cursor.empty()) return status_place{time_point{milliseconds{last}}, highest_id()};
  if (cursor.size() != 1 + number_digits + id_digits || cursor.front() != static_cast<char>(cursor_of::statuses))
    return not_ours();
  const std::string_view text = std::string_view{cursor}.substr(1);
  const auto at = read_hex(text.substr(0, number_digits));
  const auto task = task_id::parse(text.substr(number_digits));
  if (!at || !task) return not_ours();
  return status_place{time_point{milliseconds{static_cast<std::int64_t>(*at)}}, *task};
}

std::string message_cursor(const message_place& last) {
  return static_cast<char>(cursor_of::messages) + hex(static_cast<std::uint64_t>(last.at.time_since_epoch().count())) +
         last.task.str() + hex(last.seq);
}

result<message_place> read_message_cursor(const std::string& cursor) {
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  if (cursor.empty()) return message_place{time_point{milliseconds{last}}, highest_id(), static_cast<std::uint64_t>(last)};
  if (cursor.size() != 1 + 2 * number_digits + id_digits || cursor.front() != static_cast<char>(cursor_of::messages)) {
    return not_ours();
  }
  const std::string_view text = std::string_view{cursor}.substr(1);
  const auto at = read_hex(text.substr(0, number_digits));
  const auto task = task_id::parse(text.substr(number_digits, id_digits));
  const auto seq = read_hex(text.substr(number_digits + id_digits));
  if (!at || !task || !seq) return not_ours();
  return message_place{time_point{milliseconds{static_cast<std::int64_t>(*at)}}, *task, *seq};
}

}  // namespace mofa::core

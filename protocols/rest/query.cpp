#include "protocols/rest/query.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/http/percent.hpp"
#include "server/base/clock.hpp"
#include "server/base/nearest.hpp"

namespace mofa::rest {
namespace {

constexpr std::size_t value_bytes = 512;
constexpr std::size_t most_errors = 16;

std::string join(std::span<const std::string_view> names) {
  std::string out;
  for (const auto name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

std::string unknown_parameter(std::string_view wrong, std::span<const std::string_view> known) {
  std::string out = "unknown parameter '" + std::string{wrong.substr(0, 64)} + "'";
  if (const auto near = nearest_name(wrong, known)) return out + "; did you mean '" + std::string{*near} + "'?";
  return known.empty() ? out + "; this route takes none" : out + "; known: " + join(known);
}

}  // namespace

query_reader::query_reader(const http::request& from, std::span<const std::string_view> known) {
  std::string_view rest = from.query;
  // One hostile query must not buy a long answer.
  while (!rest.empty() && errors_.size() < most_errors) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (!pair.empty()) take(pair, known);
  }
}

void query_reader::take(std::string_view pair, std::span<const std::string_view> known) {
  const auto equals = std::min(pair.find('='), pair.size());
  auto name = http::percent_decode(pair.substr(0, equals), http::plus_sign::space);
  auto value = http::percent_decode(pair.substr(std::min(equals + 1, pair.size())), http::plus_sign::space);
  if (!name || !value) return complain(pair.substr(0, std::min<std::size_t>(equals, 64)), "is not percent-encoded UTF-8");
  if (std::find(known.begin(), known.end(), *name) == known.end())
    return complain(std::string_view{*name}.substr(0, 64), unknown_parameter(*name, known));
  if (std::any_of(values_.begin(), values_.end(), [&](const auto& each) { return each.first == *name; }))
    return complain(*name, "is given more than once");
  values_.emplace_back(std::move(*name), std::move(*value));
}

std::optional<std::string> query_reader::text(std::string_view name) {
  const auto found = std::find_if(values_.begin(), values_.end(), [&](const auto& each) { return each.first == name; });
  if (found == values_.end()) return std::nullopt;
  if (found->second.empty() || found->second.size() > value_bytes) {
    complain(name, "must be 1 to 512 bytes");
    return std::nullopt;
  }
  return found->second;
}

std::optional<std::int64_t> query_reader::number(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  std::int64_t number = 0;
  const auto end = value->data() + value->size();
  const auto read = std::from_chars(value->data(), end, number);
  // A minus sign is refused even before a zero: a client that sends "-0" has a fault, and hides it from itself.
  const bool signed_count = least >= 0 && value->front() == '-';
  if (signed_count || read.ec != std::errc{} || read.ptr != end || number < least || number > most) {
    complain(name, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return number;
}

std::optional<std::pair<std::string, std::string>> query_reader::label(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto colon = value->find(':');
  if (colon == std::string::npos || colon == 0) {
    complain(name, "must be key:value");
    return std::nullopt;
  }
  return std::pair{value->substr(0, colon), value->substr(colon + 1)};
}

std::optional<time_point> query_reader::time(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto at = parse_rfc3339(*value);
  if (!at) complain(name, "must be a time as RFC 3339 writes it, like 2026-01-31T09:00:00Z");
  return at;
}

std::optional<task_id> query_reader::task(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto id = task_id::parse(*value);
  if (!id) complain(name, "must be the id of a task");
  return id;
}

core::page_request query_reader::page() {
  core::page_request want{.limit = limits::page_default, .cursor = {}};
  if (const auto limit = number("limit", 1, limits::page_max)) want.limit = static_cast<int>(*limit);
  if (auto cursor = text("cursor")) want.cursor = std::move(*cursor);
  return want;
}

void query_reader::complain(std::string_view name, std::string message) {
  errors_.push_back({"?" + std::string{name}, std::move(message)});
}

void query_reader::complain_of_choice(std::string_view name, std::string_view value,
                                      std::span<const std::string_view> names) {
  const auto near = nearest_name(value, names);
  complain(name, near ? "unknown value '" + std::string{value} + "'; did you mean '" + std::string{*near} + "'?"
                      : "must be one of " + join(names));
}

result<void> query_reader::finish() {
  if (errors_.empty()) return {};
  auto detail = errors_.front().path + ": " + errors_.front().message;
  return error{errc::invalid, std::move(detail), std::move(errors_)};
}

}  // namespace mofa::rest

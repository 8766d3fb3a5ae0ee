#include "protocols/document/scalar.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace mofa::document {
namespace {

using core::json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view unsigned_part(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

bool is_decimal(std::string_view text) {
  text = unsigned_part(text);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - from;
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
  text = unsigned_part(text);
  const auto whole = digits_at(text, 0);
  std::size_t at = whole;
  if (at < text.size() && text[at] == '.') {
    const auto fraction = digits_at(text, at + 1);
    if (whole == 0 && fraction == 0) return false;
    at += 1 + fraction;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const auto exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

/// The whole text as a T; nothing when it is no number or too large.
template <class T, class... Base>
std::optional<T> number(std::string_view text, Base... base) {
  T value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, base...);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<json> integer(std::string_view text) {
  if (text.front() == '+') text.remove_prefix(1);
  if (text.front() == '-') {
    if (const auto value = number<std::int64_t>(text)) return json(*value);
  } else if (const auto value = number<std::uint64_t>(text)) {
    return json(*value);
  }
  return std::nullopt;
}

bool is_based(std::string_view text, std::string_view prefix, std::string_view digits) {
  return text.size() > 2 && text.starts_with(prefix) && text.find_first_not_of(digits, 2) == text.npos;
}

}  // namespace

std::optional<json> resolve_scalar(std::string_view text) {
  if (text.empty() || is_one_of(text, {"~", "null", "Null", "NULL"})) return json(nullptr);
  if (is_one_of(text, {"true", "True", "TRUE"})) return json(true);
  if (is_one_of(text, {"false", "False", "FALSE"})) return json(false);
  const auto based = [&](int base) -> std::optional<json> {
    const auto value = number<std::uint64_t>(text.substr(2), base);
    return value ? std::optional<json>{*value} : std::nullopt;
  };
  if (is_based(text, "0o", "01234567")) return based(8);
  if (is_based(text, "0x", "0123456789abcdefABCDEF")) return based(16);
  if (is_decimal(text)) return integer(text);
  // Infinity and NaN are floats of the schema, and no JSON.
  if (is_one_of(unsigned_part(text), {".inf", ".Inf", ".INF"}) || is_one_of(text, {".nan", ".NaN", ".NAN"}))
    return std::nullopt;
  if (is_float(text)) {
    if (text.front() == '+') text.remove_prefix(1);
    const auto value = number<double>(text);
    return value ? std::optional<json>{*value} : std::nullopt;
  }
  return json(std::string{text});
}

}  // namespace mofa::document

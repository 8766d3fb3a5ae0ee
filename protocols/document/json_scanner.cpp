#include "protocols/document/json_scanner.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "protocols/document/text.hpp"

namespace mofa::document {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t unit_bytes = 6;  // \uXXXX

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The code unit of `\uXXXX` at the beginning of `text`; nothing when it is none.
std::optional<std::uint32_t> unit_at(std::string_view text) {
  if (text.size() < unit_bytes || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t out = 0;
  const auto* first = text.data() + 2;
  const auto [end, failed] = std::from_chars(first, first + 4, out, 16);
  if (failed != std::errc{} || end != first + 4) return std::nullopt;
  return out;
}

bool is_high(std::uint32_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool is_low(std::uint32_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

/// What a backslash and this letter stand for; 0 when they stand for nothing.
char meaning_of(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

char* write_utf8(char* to, std::uint32_t code) {
  const auto put = [&to](std::uint32_t byte) { *to++ = static_cast<char>(static_cast<unsigned char>(byte)); };
  const auto put_rest = [&](int bits) {
    for (; bits >= 0; bits -= 6) put(0x80 | ((code >> bits) & 0x3f));
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put_rest(0);
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put_rest(6);
  } else {
    put(0xf0 | (code >> 18));
    put_rest(12);
  }
  return to;
}

/// Writes what the inside of a string says, and returns the end of that. `to` may be the beginning of `inside` or lie before
/// it: what is written is never longer than what was read.
char* write_text(std::string_view inside, char* to) {
  while (true) {
    const auto plain = std::min(inside.find('\\'), inside.size());
    std::memmove(to, inside.data(), plain);
    to += plain;
    inside.remove_prefix(plain);
    if (inside.empty()) return to;
    if (inside[1] != 'u') {
      *to++ = meaning_of(inside[1]);
      inside.remove_prefix(2);
      continue;
    }
    auto code = unit_at(inside).value_or(0);
    inside.remove_prefix(unit_bytes);
    if (is_high(code)) {
      code = 0x10000 + ((code - 0xd800) << 10) + (unit_at(inside).value_or(0xdc00) - 0xdc00);
      inside.remove_prefix(unit_bytes);
    }
    to = write_utf8(to, code);
  }
}

std::string_view without_zeros_at_end(std::string_view digits) { return digits.substr(0, digits.find_last_not_of('0') + 1); }

/// Whether the digits are those with which a writer that knows doubles only, such as JavaScript, writes this number: 2^64 is
/// 18446744073709552000 there.
bool is_written_so(double number, std::string_view digits) {
  char shortest[32];
  const auto end = std::to_chars(std::begin(shortest), std::end(shortest), number, std::chars_format::scientific).ptr;
  std::string significant;
  for (const char* at = shortest; at != end && *at != 'e'; ++at) {
    if (*at != '.') significant += *at;
  }
  return without_zeros_at_end(significant) == without_zeros_at_end(digits);
}

/// For errors; a byte that is no letter is not repeated.
std::string name_of(char c) {
  if (c > ' ' && c < 0x7f) return std::string{"'"} + c + "'";
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return std::string{"byte 0x"} + digits[byte >> 4] + digits[byte & 0x0f];
}

}  // namespace

json_scanner::json_scanner(std::string_view text) : text_(text) {
  if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

void json_scanner::skip_space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
    ++at_;
  }
}

bool json_scanner::take(char wanted) {
  if (at_end() || text_[at_] != wanted) return false;
  ++at_;
  return true;
}

bool json_scanner::string(string_token& out) {
  const auto quote = at_++;
  bool escaped = false;
  while (true) {
    while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
    if (at_end()) return refuse(quote, "the string has no closing quote");
    const char c = text_[at_];
    if (c == '"') break;
    if (c == '\\') {
      if (!escape()) return false;
      escaped = true;
    } else if (const auto bytes = character_bytes(text_.substr(at_)); bytes > 1) {
      at_ += bytes;
    } else {
      return refuse(at_, bytes == 0 ? "the string is not UTF-8" : "a control character in a string must be escaped");
    }
  }
  out = {text_.substr(quote + 1, at_ - quote - 1), escaped};
  ++at_;
  return true;
}

bool json_scanner::escape() {
  const auto begin = at_;
  const char letter = begin + 1 < text_.size() ? text_[begin + 1] : '\0';
  if (letter == 'u') return surrogate_pair(begin);
  if (meaning_of(letter) == '\0') return refuse(begin, "no such escape in a string");
  at_ += 2;
  return true;
}

/// One code unit, or the two of a character beyond U+FFFF (section 7).
bool json_scanner::surrogate_pair(std::size_t begin) {
  const auto unit = unit_at(text_.substr(begin));
  if (!unit) return refuse(begin, "\\u needs four hexadecimal digits");
  at_ += unit_bytes;
  if (is_low(*unit)) return refuse(begin, "a low surrogate without a high one before it");
  if (!is_high(*unit)) return true;
  const auto other = unit_at(text_.substr(at_));
  if (!other || !is_low(*other)) return refuse(begin, "a high surrogate without a low one behind it");
  at_ += unit_bytes;
  return true;
}

bool json_scanner::digits() {
  if (!is_digit(next())) return refuse_next("a digit");
  while (is_digit(next())) ++at_;
  return true;
}

bool json_scanner::number(number_token& out) {
  const auto begin = at_;
  out.integer = true;
  take('-');
  if (!take('0') && !digits()) return false;
  if (take('.')) {
    out.integer = false;
    if (!digits()) return false;
  }
  if (take('e') || take('E')) {
    out.integer = false;
    if (!take('+')) take('-');
    if (!digits()) return false;
  }
  out.digits = text_.substr(begin, at_ - begin);
  return true;
}

bool json_scanner::word(std::string_view wanted) {
  if (!text_.substr(at_).starts_with(wanted)) return refuse_next("a value");
  at_ += wanted.size();
  return true;
}

bool json_scanner::refuse_next(std::string_view expected) {
  const auto found = at_end() ? std::string{"end of the text"} : name_of(text_[at_]);
  return refuse(at_, "unexpected " + found + "; expected " + std::string{expected});
}

bool json_scanner::refuse(std::size_t at, std::string_view why) {
  at_ = at;
  problem_ = "syntax error: " + std::string{why};
  return false;
}

std::string text_of(const string_token& token) {
  if (!token.escaped) return std::string{token.inside};
  std::string out(token.inside.size(), '\0');
  out.resize(static_cast<std::size_t>(write_text(token.inside, out.data()) - out.data()));
  return out;
}

std::string text_within(std::string whole, const string_token& token) {
  whole.resize(static_cast<std::size_t>(write_text(token.inside, whole.data()) - whole.data()));
  return whole;
}

json value_of(const number_token& token) {
  const auto* begin = token.digits.data();
  const auto* end = begin + token.digits.size();
  const auto whole = [&](auto number) {
    const auto failed = std::from_chars(begin, end, number).ec;
    return failed == std::errc{} ? json(number) : json(json::value_t::discarded);
  };
  if (token.integer) {
    auto number = *begin == '-' ? whole(std::int64_t{0}) : whole(std::uint64_t{0});
    if (!number.is_discarded()) return number;
  }
  double number = 0;
  // Out of range may also be too small, which is rounded; only strtod tells which.
  if (std::from_chars(begin, end, number).ec != std::errc{})
    number = std::strtod(std::string{token.digits}.c_str(), nullptr);
  const bool kept = std::isfinite(number) && (!token.integer || is_written_so(number, token.digits));
  return kept ? json(number) : json(json::value_t::discarded);
}

}  // namespace mofa::document

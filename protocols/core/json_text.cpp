#include "protocols/core/json_text.hpp"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace mofa::core {
namespace {

constexpr std::size_t long_text_bytes = 64 * 1024;

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void append_escape(std::string& out, char c) {
  static constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 0x0f];
  }
}

template <class Number>
void append_digits(std::string& out, Number value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

bool continues(std::string_view text, std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80; }

/// The bytes of the UTF-8 character at the start of `text`; 0 when it is none (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text, i)) return 0;
  }
  // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
  const auto second = static_cast<unsigned char>(text[1]);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return length;
}

/// About as many bytes as its text has.
std::size_t written_bytes(const json& value) {
  constexpr std::size_t quotes_and_comma = 4;
  if (const auto* text = value.get_ptr<const std::string*>()) return text->size() + quotes_and_comma;
  std::size_t out = 8;
  if (const auto* members = value.get_ptr<const json::object_t*>()) {
    for (const auto& [name, member] : *members) out += name.size() + quotes_and_comma + written_bytes(member);
  } else if (value.is_array()) {
    for (const auto& item : value) out += written_bytes(item);
  }
  return out;
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  // Growing by doubling would have a long text twice.
  if (text.size() > long_text_bytes) out.reserve(out.size() + text.size() + 2);
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && is_plain(text[end])) ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size()) break;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      append_escape(out, text[at++]);
    } else if (const auto length = utf8_length(text.substr(at)); length > 0) {
      out.append(text, at, length);
      at += length;
    } else {
      out += "\xef\xbf\xbd";
      ++at;
    }
  }
  out += '"';
}

void append_string_or_null(std::string& out, std::string_view text) {
  if (text.empty())
    out += "null";
  else
    append_string(out, text);
}

void append_number(std::string& out, std::int64_t value) { append_digits(out, value); }
void append_number(std::string& out, std::uint64_t value) { append_digits(out, value); }

void append_time(std::string& out, time_point at) {
  out += '"';
  append_rfc3339(out, at);
  out += '"';
}

void append_json(std::string& out, const json& value) {
  if (out.empty()) out.reserve(written_bytes(value));
  const char* between = "";
  switch (value.type()) {
    case json::value_t::object:
      out += '{';
      for (const auto& [name, member] : value.get_ref<const json::object_t&>()) {
        out += std::exchange(between, ",");
        append_string(out, name);
        out += ':';
        append_json(out, member);
      }
      out += '}';
      return;
    case json::value_t::array:
      out += '[';
      for (const auto& item : value.get_ref<const json::array_t&>()) {
        out += std::exchange(between, ",");
        append_json(out, item);
      }
      out += ']';
      return;
    case json::value_t::string:
      return append_string(out, value.get_ref<const std::string&>());
    case json::value_t::number_integer:
      return append_number(out, value.get<std::int64_t>());
    case json::value_t::number_unsigned:
      return append_number(out, value.get<std::uint64_t>());
    default:
      out += value.dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

}  // namespace mofa::core

#include "protocols/a2a/canonical.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "protocols/core/json_text.hpp"

namespace mofa::a2a {
namespace {

using core::json;

/// The shortest digits that are read back as the same double, and where the point stands: 0.digits * 10^point.
struct decimal {
  std::string digits;
  int point = 0;
};

decimal shortest(double positive) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), positive, std::chars_format::scientific).ptr;
  const std::string_view whole{text.data(), static_cast<std::size_t>(end - text.data())};
  const auto mark = whole.find('e');
  decimal out;
  for (const char c : whole.substr(0, mark))
    if (c != '.') out.digits += c;
  const auto sign = whole[mark + 1];
  int exponent = 0;
  std::from_chars(whole.data() + mark + 2, whole.data() + whole.size(), exponent);
  out.point = 1 + (sign == '-' ? -exponent : exponent);
  return out;
}

void append_exponent(std::string& out, const decimal& number) {
  out += number.digits[0];
  if (number.digits.size() > 1) out.append(".").append(number.digits, 1);
  out += number.point > 0 ? "e+" : "e-";
  core::append_number(out, static_cast<std::int64_t>(std::abs(number.point - 1)));
}

/// Number::toString of ECMAScript, which RFC 8785, section 3.2.2.3, asks for.
void append_double(std::string& out, double value) {
  constexpr int last_plain = 21;
  constexpr int first_plain = -5;
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  if (value == 0) {  // also minus zero
    out += '0';
    return;
  }
  if (value < 0) out += '-';
  const auto number = shortest(std::fabs(value));
  const auto count = static_cast<int>(number.digits.size());
  if (number.point > last_plain || number.point < first_plain) {
    append_exponent(out, number);
  } else if (number.point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-number.point), '0').append(number.digits);
  } else if (count <= number.point) {
    out.append(number.digits).append(static_cast<std::size_t>(number.point - count), '0');
  } else {
    const auto before = static_cast<std::size_t>(number.point);
    out.append(number.digits, 0, before).append(".").append(number.digits, before);
  }
}

void append(std::string& out, const json& value);

void append_object(std::string& out, const json& value) {
  std::vector<json::const_iterator> members;
  members.reserve(value.size());
  for (auto member = value.begin(); member != value.end(); ++member) members.push_back(member);
  std::sort(members.begin(), members.end(),
            [](const auto& one, const auto& other) { return member_before(one.key(), other.key()); });
  out += '{';
  for (const auto& member : members) {
    if (out.back() != '{') out += ',';
    core::append_string(out, member.key());
    out += ':';
    append(out, member.value());
  }
  out += '}';
}

void append(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::object:
      append_object(out, value);
      return;
    case json::value_t::array:
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        append(out, value[i]);
      }
      out += ']';
      return;
    case json::value_t::string:
      core::append_string(out, value.get_ref<const std::string&>());
      return;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
      append_double(out, value.get<double>());
      return;
    case json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return;
    default:
      out += "null";
  }
}

/// The order of UTF-16 is that of UTF-8's bytes, but surrogates (U+10000 and beyond) come before U+E000.
int rank_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0xee || byte == 0xef ? byte + 0x10 : byte;
}

}  // namespace

bool member_before(std::string_view one, std::string_view other) {
  return std::lexicographical_compare(one.begin(), one.end(), other.begin(), other.end(),
                                      [](char a, char b) { return rank_of(a) < rank_of(b); });
}

std::string canonical(const json& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string base64url(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8U | static_cast<unsigned char>(c)) & 0xffffU;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += alphabet[held >> bits & 0x3fU];
    }
  }
  if (bits > 0) out += alphabet[held << (6 - bits) & 0x3fU];
  return out;
}

}  // namespace mofa::a2a

#include "server/tools/body.hpp"

#include <cstddef>
#include <cstdint>

namespace mofa::tools {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

bool continues(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

/// How many bytes the character has that begins so; 0 when none does.
std::size_t length_of(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/// Neither an overlong form, nor a surrogate, nor beyond U+10FFFF.
bool second_fits(std::uint8_t first, std::uint8_t second) {
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second < 0xA0;
  if (first == 0xF0) return second >= 0x90;
  return first != 0xF4 || second < 0x90;
}

}  // namespace

bool is_text(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto first = byte_at(bytes, at);
    const auto length = length_of(first);
    if (first == 0 || length == 0 || at + length > bytes.size()) return false;
    if (length > 1 && !second_fits(first, byte_at(bytes, at + 1))) return false;
    for (std::size_t i = 1; i < length; ++i)
      if (!continues(byte_at(bytes, at + i))) return false;
    at += length;
  }
  return true;
}

std::string_view without_cut_character(std::string_view bytes) {
  std::size_t tail = 0;
  while (tail < 3 && tail < bytes.size() && continues(byte_at(bytes, bytes.size() - 1 - tail))) ++tail;
  if (tail == bytes.size()) return bytes;
  const auto begin = bytes.size() - 1 - tail;
  return length_of(byte_at(bytes, begin)) > tail + 1 ? bytes.substr(0, begin) : bytes;
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto left = bytes.size() - at;
    std::uint32_t group = std::uint32_t{byte_at(bytes, at)} << 16;
    if (left > 1) group |= std::uint32_t{byte_at(bytes, at + 1)} << 8;
    if (left > 2) group |= byte_at(bytes, at + 2);
    out += letters[group >> 18];
    out += letters[(group >> 12) & 63];
    out += left > 1 ? letters[(group >> 6) & 63] : '=';
    out += left > 2 ? letters[group & 63] : '=';
  }
  return out;
}

}  // namespace mofa::tools

#include "protocols/document/text.hpp"

namespace mofa::document {
namespace {

struct sequence {
  std::size_t length = 0;  ///< 0: not a first byte
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xbf;
};

/// RFC 3629, section 4: overlong forms, surrogates and what is beyond U+10FFFF are excluded by the second byte.
sequence sequence_of(unsigned char first) {
  if (first < 0x80) return {1};
  if (first >= 0xc2 && first <= 0xdf) return {2};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {};
}

}  // namespace

position line_tracker::at(std::size_t offset) {
  for (; seen_ < offset && seen_ < text_.size(); ++seen_) {
    if (text_[seen_] != '\n') continue;
    ++line_;
    line_begin_ = seen_ + 1;
  }
  return {line_, static_cast<int>(offset - line_begin_) + 1};
}

position position_of(std::string_view text, std::size_t offset) { return line_tracker{text}.at(offset); }

std::string place_name(std::string_view name, position at) {
  return std::string{name} + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

std::size_t character_bytes(std::string_view text) {
  if (text.empty()) return 0;
  const auto wanted = sequence_of(static_cast<unsigned char>(text[0]));
  if (text.size() < wanted.length) return 0;
  for (std::size_t i = 1; i < wanted.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto min = i == 1 ? wanted.second_min : static_cast<unsigned char>(0x80);
    const auto max = i == 1 ? wanted.second_max : static_cast<unsigned char>(0xbf);
    if (byte < min || byte > max) return 0;
  }
  return wanted.length;
}

std::optional<std::size_t> find_bad_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto bytes = character_bytes(text.substr(at));
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::nullopt;
}

}  // namespace mofa::document

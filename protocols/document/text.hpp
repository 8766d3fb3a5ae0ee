// Bytes of a document: lines and columns, and whether they are UTF-8.
// Used by the readers of this room; `place_name` also by who tells of a place later.
// Pure functions over values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/document/document.hpp"

namespace mofa::document {

/// Line and column of a byte.
position position_of(std::string_view text, std::size_t offset);

/// The same for offsets that only grow, without starting over.
class line_tracker {
 public:
  explicit line_tracker(std::string_view text) : text_(text) {}
  position at(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t seen_ = 0;
  std::size_t line_begin_ = 0;
  int line_ = 1;
};

/// "config/agents/a.yaml:7:3"
std::string place_name(std::string_view name, position at);

/// The bytes of the character that `text` begins with; 0 when it begins with none (RFC 3629).
std::size_t character_bytes(std::string_view text);

/// The first byte that is not part of well-formed UTF-8 (RFC 3629); nothing when all are.
std::optional<std::size_t> find_bad_utf8(std::string_view text);

}  // namespace mofa::document

// Scans JSON text (RFC 8259) token by token, in place: finds where a token ends and checks it, but keeps nothing of it.
// Made on the stack by the reader of JSON for one text, which outlives it.
// One thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocols/core/message.hpp"

namespace mofa::document {

using core::json;

/// A string as it stands in the text, without its quotes, and well formed.
struct string_token {
  std::string_view inside;
  bool escaped = false;  ///< there is at least one backslash
};

/// A number as it stands in the text.
struct number_token {
  std::string_view digits;
  bool integer = true;
};

class json_scanner {
 public:
  /// Begins behind a byte order mark, if there is one (section 8.1).
  explicit json_scanner(std::string_view text);

  void skip_space();
  bool at_end() const { return at_ == text_.size(); }
  /// The byte that comes next; 0 at the end.
  char next() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t offset() const { return at_; }
  /// Steps over that byte if it comes next.
  bool take(char wanted);

  /// Each reads the token that begins here, or false; then problem() and offset() say why and where.
  bool string(string_token& out);
  bool number(number_token& out);
  bool word(std::string_view wanted);

  /// What is next should not be here. Always false.
  bool refuse_next(std::string_view expected);
  const std::string& problem() const { return problem_; }

 private:
  bool escape();
  bool surrogate_pair(std::size_t begin);
  bool digits();
  bool refuse(std::size_t at, std::string_view why);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string problem_;
};

/// What the string says.
std::string text_of(const string_token& token);
/// The same in the memory of `whole`, in which the token stands: no second copy of a long text.
std::string text_within(std::string whole, const string_token& token);
/// Nothing (a discarded value) when it is out of range, or an integer that would lose digits. One beyond 64 bits is a double
/// if that is what its writer had.
json value_of(const number_token& token);

}  // namespace mofa::document

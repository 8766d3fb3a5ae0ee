// A text with {{variables}}: Mustache, not HTML-escaped, parsed once when a definition is compiled.
// Owned by the rule or step that says it; shared read-only by all who follow it.
// Immutable once made; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/core/variables.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

/// A parsed template. One without "{{" is a plain text and never meets Mustache.
class text_template {
 public:
  /// The empty text.
  text_template() = default;

  /// Error invalid for an unclosed tag or section, and for what texts have no use for: partials, other delimiters, dots.
  static result<text_template> parse(std::string source);

  /// The names of its tags.
  std::vector<std::string_view> names() const;

  /// An upper bound of what render() makes of these, in bytes.
  std::size_t bound_bytes(const variables& values) const;

  std::string render(const variables& values) const;

 private:
  struct parsed;

  std::string source_;
  std::vector<std::pair<std::string, std::size_t>> uses_;  // name, how often
  std::shared_ptr<const parsed> parsed_;                   // none: plain text
};

}  // namespace mofa::core

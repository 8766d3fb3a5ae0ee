// A text with {{variables}}: Mustache, not HTML-escaped, parsed once when a definition is compiled.
// Owned by the step that says it; shared read-only by all tasks of that definition.
// Immutable once made; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/scenario/variables.hpp"
#include "server/base/result.hpp"

namespace mofa::scenario {

/// A parsed template. One without "{{" is a plain text and never meets Mustache.
class text_template {
 public:
  /// The empty text.
  text_template() = default;

  /// Error invalid for an unclosed tag or section, and for what a scenario has no use for: partials, other delimiters, dots.
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

}  // namespace mofa::scenario

// A JSON value whose strings are templates: the arguments of a call, the parts of an artifact.
// Owned by the rule or step that holds it; shared read-only by all who follow it.
// Immutable once made; any thread.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/message.hpp"
#include "protocols/core/text_template.hpp"

namespace mofa::core {

/// A value and the templates of those of its strings that have tags. Each is rendered by itself and put in its place
/// as a whole string, so no text can break out of it.
class json_template {
 public:
  /// Makes the template of one string; `path` is its JSON pointer in the whole document, for errors.
  using text_reader = std::function<text_template(const std::string& source, const std::string& path)>;

  /// null
  json_template() = default;
  /// `path` is the JSON pointer of `value` in the whole document. Only strings that contain "{{" are given to `read`.
  static json_template of(json value, const std::string& path, const text_reader& read);

  /// An upper bound of the rendered strings, in bytes.
  std::size_t bound_bytes(const variables& values) const;
  json render(const variables& values) const;

 private:
  void add_leaves(const json& value, const json::json_pointer& place, const std::string& path, const text_reader& read);

  json value_;
  std::vector<std::pair<json::json_pointer, text_template>> leaves_;
};

}  // namespace mofa::core

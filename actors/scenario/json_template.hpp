// A JSON value whose strings are templates: the arguments of a call, the parts of an artifact.
// Owned by the step that holds it; shared read-only by all tasks of that definition.
// Immutable once made; any thread.
#pragma once

#include <utility>
#include <vector>

#include "actors/scenario/text_template.hpp"
#include "protocols/core/message.hpp"

namespace mofa::scenario {

using core::json;

/// A value and the templates of those of its strings that have tags. Each is rendered by itself and put in its place
/// as a whole string, so no text can break out of it.
class json_template {
 public:
  json_template() = default;
  explicit json_template(json value) : value_(std::move(value)) {}

  /// The string at `place` is rendered from `text`.
  void add(json::json_pointer place, text_template text) { leaves_.emplace_back(std::move(place), std::move(text)); }

  /// An upper bound of the rendered strings, in bytes.
  std::size_t bound_bytes(const variables& values) const;
  json render(const variables& values) const;

 private:
  json value_;
  std::vector<std::pair<json::json_pointer, text_template>> leaves_;
};

}  // namespace mofa::scenario

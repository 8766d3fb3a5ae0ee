// Reading the members of a JSON object strictly: types, bounds, unknown names; every error is kept, not only the first.
// Made on the stack by whoever reads a shape (message, definition, request); the list of errors is the reader's.
// Values; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/message.hpp"
#include "server/base/error.hpp"

namespace mofa::core {

using field_errors = std::vector<field_error>;

/// So many errors are enough for a person; a hostile document gets no longer list.
inline constexpr std::size_t max_field_errors = 64;

/// `path` with one more reference token, escaped (RFC 6901: '~' is "~0", '/' is "~1").
std::string child_path(std::string_view path, std::string_view name);
std::string child_path(std::string_view path, std::size_t index);

/// errc::invalid with these fields (at least one); the detail names the first of them.
error invalid_fields(field_errors fields);

/// "an object", "a string", …: what a value is, for errors.
std::string_view type_name(const json& value);

/// One object and the errors found in it. A value that is not an object is one error, and has no members.
class object_fields {
 public:
  /// `value`, `path` and `errors` must outlive it. Members outside `known` are errors.
  object_fields(const json& value, const std::string& path, std::span<const std::string_view> known, field_errors& errors);

  /// The member; null when it is not there.
  const json* find(std::string_view name) const;
  /// The same, and an error when it is not there.
  const json* require(std::string_view name);

  /// The member as a string of at most `max_bytes`; nothing when it is not there or wrong.
  std::optional<std::string> text(std::string_view name, std::size_t max_bytes = std::numeric_limits<std::size_t>::max());
  /// The member as an integer within the bounds, both included; nothing when it is not there or wrong.
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  /// The member as a boolean; nothing when it is not there or wrong.
  std::optional<bool> boolean(std::string_view name);
  /// The member as one of these words, by its index; nothing when it is not there or wrong.
  std::optional<std::size_t> choice(std::string_view name, std::span<const std::string_view> words);

  std::string path_of(std::string_view name) const { return child_path(path_, name); }
  void add(std::string_view name, std::string message);

 private:
  const json* object_;
  const std::string& path_;
  field_errors& errors_;
};

/// `value` as an integer within the bounds, or an error at `path`.
std::optional<std::int64_t> integer_from_json(const json& value, const std::string& path, std::int64_t min, std::int64_t max,
                                              field_errors& errors);

}  // namespace mofa::core

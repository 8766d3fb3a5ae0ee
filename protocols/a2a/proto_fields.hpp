// Proto fields: the members of one object of ProtoJSON, read as the rules of Protocol Buffers allow them to be written.
// Made on the stack by a codec while it reads a question; the list of errors is the codec's.
// Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/core/fields.hpp"
#include "server/base/clock.hpp"

namespace mofa::a2a {

using core::json;

/// One object and the errors found in it. Members are named in camelCase here and found in camelCase or snake_case; a null
/// is an absent member; unknown members are ignored. A value that is no object is one error, and has no members.
class proto_fields {
 public:
  /// `value` and `errors` must outlive it. `path` is the JSON pointer of `value` in the whole.
  proto_fields(const json& value, std::string path, core::field_errors& errors);

  const json* find(std::string_view camel_name) const;
  /// The same, and an error when it is not there.
  const json* require(std::string_view camel_name);
  /// A member of type google.protobuf.Value, of which null is a value.
  const json* find_value(std::string_view camel_name) const;

  /// Empty when it is not there or wrong.
  std::string text(std::string_view camel_name, std::size_t max_bytes = static_cast<std::size_t>(-1));
  /// An id that the client has given: at most limits::client_id_bytes, and none that core::is_client_id() refuses.
  std::string client_id(std::string_view camel_name);
  /// Also the word in a string: parameters of a query are nothing else.
  std::optional<bool> boolean(std::string_view camel_name);
  /// A number without fraction, or a decimal in a string.
  std::optional<std::int64_t> integer(std::string_view camel_name, std::int64_t min, std::int64_t max);
  /// RFC 3339.
  std::optional<time_point> time(std::string_view camel_name);
  /// An object; null when it is not there or wrong.
  json object(std::string_view camel_name);
  /// At most `most` strings, each of at most limits::reference_bytes; none when it is not there or wrong.
  std::vector<std::string> strings(std::string_view camel_name, std::size_t most = 256);
  /// An enum by its name, or by its number (also in a string); nothing when it is not there, wrong, or the first of the list
  /// (unspecified).
  std::optional<std::size_t> choice(std::string_view camel_name, std::span<const std::string_view> names_by_number);
  /// Bytes in base64, of the standard or of the URL alphabet, padded or not: as standard base64 with padding.
  std::optional<std::string> base64(std::string_view camel_name);

  std::string path_of(std::string_view camel_name) const { return core::child_path(path_, camel_name); }
  void add(std::string_view camel_name, std::string message);
  bool is_object() const { return object_ != nullptr; }

 private:
  const json* object_ = nullptr;
  std::string path_;
  core::field_errors& errors_;
};

}  // namespace mofa::a2a

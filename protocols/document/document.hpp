// Documents: JSON and YAML read into the same JSON value, with limits while reading, and with the place of every value.
// Made from a body or a file by whoever reads one; errors of later checks are turned into file:line:column here.
// Pure functions over values; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "protocols/core/message.hpp"
#include "server/base/result.hpp"

namespace mofa::document {

using core::json;

/// Both count from 1; columns count bytes.
struct position {
  int line = 0;
  int column = 0;
};

/// A value, the name of its source for errors, and where each of its values begins.
struct document {
  json value;
  std::string name;
  /// JSON pointer -> place of the value; for members of objects the place of the key.
  std::map<std::string, position, std::less<>> places;

  /// The place of the pointer, or of its nearest known parent.
  position locate(std::string_view pointer) const;
};

/// Reads JSON (RFC 8259). Refused with errc::invalid_syntax, naming line and column: bad syntax, trailing text, bad UTF-8,
/// duplicate keys, depth beyond limits::document_depth, more than limits::document_values values, numbers out of range.
result<json> parse_json(std::string_view text);

/// The same out of a text that nobody else needs. A string that is most of it, such as a file in base64, takes over its
/// memory instead of being copied.
result<json> consume_json(std::string text);

/// The same with places, for documents that are checked further. `name` is for errors ("config/agents/a.yaml").
result<document> read_json(std::string_view text, std::string name);

/// Reads YAML 1.2 (core schema: null, true/false, integers, floats, else strings) with the same limits. Refused too:
/// anchors and aliases, tags, several documents, keys that are not strings, merge keys.
result<document> read_yaml(std::string_view text, std::string name);

/// YAML when the name ends in .yaml or .yml, else JSON.
result<document> read(std::string_view text, std::string name);

/// One line for each field of the error, with its place: "config/agents/a.yaml:7:3: unknown member 'rulez'; did you mean
/// 'rules'?". For an error without fields one line "name: detail".
std::string explain(const document& source, const error& why);

}  // namespace mofa::document

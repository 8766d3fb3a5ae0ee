// The port of JSON Schema: a schema that was read once checks any number of values.
// Compiled where definitions and tools are read, by the function that the app injects; shared read-only.
// Immutable once made; any thread.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "protocols/core/message.hpp"
#include "server/base/error.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

class schema {
 public:
  virtual ~schema() = default;
  /// Every place where the value breaks the schema; empty: it fits. Paths are JSON pointers into the value.
  virtual std::vector<field_error> check(const json& value) const = 0;
};
using schema_ptr = std::shared_ptr<const schema>;

/// Reads a JSON Schema (draft 7, no remote $ref). errc::invalid: `fields` point into the schema.
using schema_compiler = std::function<result<schema_ptr>(const json& source)>;

}  // namespace mofa::core

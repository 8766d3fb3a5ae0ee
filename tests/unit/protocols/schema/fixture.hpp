// Shorthand of the tests of JSON Schema: schemas and values as JSON text, errors as "pointer: message" lines.
// Included by the tests of this folder.
// The test's thread.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "protocols/schema/schema.hpp"

namespace mofa::schema {

using lines = std::vector<std::string>;

inline lines lines_of(const std::vector<field_error>& fields) {
  lines out;
  for (const auto& each : fields) out.push_back(each.path + ": " + each.message);
  return out;
}

/// What a check of the value says; empty when it fits.
inline lines check(const core::json& source, const core::json& value) {
  const auto read = compile(source);
  if (!read) return {"REFUSED " + read.error().detail};
  return lines_of((*read)->check(value));
}

inline lines check(const char* source, const char* value) {
  return check(core::json::parse(source), core::json::parse(value));
}

inline bool fits(const char* source, const char* value) { return check(source, value).empty(); }

/// Why the schema is refused, in the order of the places; empty when it is not.
inline lines refusal(const core::json& source) {
  const auto read = compile(source);
  if (read) return {};
  CHECK(read.error().code == errc::invalid);
  auto why = lines_of(read.error().fields);
  std::sort(why.begin(), why.end());
  return why;
}

inline lines refusal(const char* source) { return refusal(core::json::parse(source)); }

}  // namespace mofa::schema

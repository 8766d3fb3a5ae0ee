// The door of JSON Schema: reads a schema once and gives it as the port that checks any number of values.
// Called where definitions and tools are read; what it gives is shared, read-only.
// A pure function; any thread.
#pragma once

#include "protocols/core/ports/schema.hpp"

namespace mofa::schema {

/// Reads a JSON Schema of draft 7. What it may look like is bounded by limits::document_depth and limits::document_values,
/// the work of one check by `check_steps`.
///
/// Refused with errc::invalid, a field for each place in the schema: keywords of another form than draft 7 gives them;
/// another `$schema`; a `$ref` that leaves the document or leads in a circle without going into the value; `pattern`,
/// `patternProperties` and `format: regex` (there is no engine for them yet that is linear in time); keywords that came
/// after draft 7 and would have to be obeyed. Every other `format` is a note to the reader, as draft 7 allows.
result<core::schema_ptr> compile(const core::json& source);

/// So many steps (a part of the schema at a value, or a value compared) make one check; beyond, the value is refused.
inline constexpr std::int64_t check_steps = 250'000;

}  // namespace mofa::schema

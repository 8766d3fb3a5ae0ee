// An order of JSON values as JSON Schema sees them: 1 and 1.0 are the same number, and no integer loses digits.
// Asked for enum, const and uniqueItems; owned by nobody.
// Pure functions over values; any thread.
#pragma once

#include <cstdint>

#include "protocols/core/message.hpp"

namespace mofa::schema {

using core::json;

/// A string costs one more step for so many bytes.
inline constexpr std::size_t bytes_per_step = 256;

/// Below, at or above zero, a total order. Counts each value that it looks at down from `steps`, and ends with 0 when none
/// are left. Recurses with the values: their depth is bounded by the caller.
int compare(const json& a, const json& b, std::int64_t& steps);

/// Whether it is a number without a fraction: 1, 1.0 and 1e3.
bool is_integral(const json& value);

/// Exact for every integer of 64 bits.
long double number(const json& value);

/// Whether the value is nested at most so deep (a scalar has depth 0) and holds at most so many values, which are counted
/// down from `values`.
bool within(const json& value, std::size_t depth, std::size_t& values);

}  // namespace mofa::schema

// JSON text written straight into a string: the way of every answer that is made often.
// Used by the encoders of the dialects; the string belongs to them.
// Pure functions over values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/core/message.hpp"
#include "server/base/clock.hpp"

namespace mofa::core {

/// Appends `text` as a JSON string (RFC 8259, section 7). Bytes that are not UTF-8 become U+FFFD, so that the answer is
/// always valid.
void append_string(std::string& out, std::string_view text);
/// The same, or `null` when empty.
void append_string_or_null(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t value);
void append_number(std::string& out, std::uint64_t value);
/// A moment as a JSON string: "2026-01-31T09:00:00.123Z".
void append_time(std::string& out, time_point at);
/// Any JSON value: the free-form parts of messages, metadata, documents.
void append_json(std::string& out, const json& value);

}  // namespace mofa::core

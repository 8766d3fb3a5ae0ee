// Pieces: what is too large for one event of a stream: an artifact as several that follow one another, a message as its
// beginning. Asked by the stream of a task; the SDK of JavaScript breaks off at an event of more than 4 MiB.
// Pure functions over values; any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "protocols/core/message.hpp"

namespace mofa::a2a {

/// What one event should carry at most of something that can be cut.
inline constexpr std::size_t piece_bytes = 1024 * 1024;
/// An event that is longer is told in another way: by pieces, or shortened.
inline constexpr std::size_t event_bytes = 3 * piece_bytes;

/// The artifact in pieces that have the same id, name and so on: each of at most `most_bytes` of parts, or of one part that
/// cannot be cut. Texts are cut between characters. One piece when all of it fits. Bytes are those of JSON, here and below.
std::vector<core::artifact> pieces_of(const core::artifact& what, std::size_t most_bytes);

/// The message with at most `most_bytes` of its parts: a text is cut, other parts that do not fit are left out. A last part
/// says so, and which task has the whole; so does `cut_key` in the metadata. The same message when all of it fits.
core::message shortened(core::message what, std::size_t most_bytes, std::string_view task_id);

/// Of its parts.
std::size_t bytes_of(const core::message& what);

/// In the metadata of a shortened message: true.
inline constexpr std::string_view cut_key = "mofa.dev/cut";

}  // namespace mofa::a2a

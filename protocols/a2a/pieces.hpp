// Pieces: an artifact that is too large for one event of a stream, as several that follow one another.
// Asked by the stream of a task; the SDKs of JavaScript refuse an event of more than 4 MiB.
// Pure functions over values; any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "protocols/core/message.hpp"

namespace mofa::a2a {

/// What one event should carry at most.
inline constexpr std::size_t piece_bytes = 1024 * 1024;

/// The artifact in pieces that have the same id, name and so on: each of at most `most_bytes` of parts, or of one part that
/// cannot be cut. Texts are cut between characters. One piece when all of it fits.
std::vector<core::artifact> pieces_of(const core::artifact& what, std::size_t most_bytes);

}  // namespace mofa::a2a

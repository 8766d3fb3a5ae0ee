// Ids that a behaviour gives: the same for the same fact, also when it is decided again after a crash.
// Made by behaviours from the seed of their fact.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace mofa::core {

/// A UUIDv8 (RFC 9562, section 5.8) from the seed and a number.
std::string seeded_id(std::uint64_t seed, std::uint64_t number);

}  // namespace mofa::core

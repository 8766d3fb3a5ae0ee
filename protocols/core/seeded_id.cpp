#include "protocols/core/seeded_id.hpp"

#include "server/base/ids.hpp"

namespace mofa::core {
namespace {

std::uint64_t splitmix64(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15;
  state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9;
  state = (state ^ state >> 27) * 0x94d049bb133111eb;
  return state ^ state >> 31;
}

}  // namespace

std::string seeded_id(std::uint64_t seed, std::uint64_t number) {
  uuid_bytes bytes{};
  const std::uint64_t high = splitmix64(seed ^ splitmix64(2 * number));
  const std::uint64_t low = splitmix64(seed ^ splitmix64(2 * number + 1));
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(high >> (8 * i));
    bytes[i + 8] = static_cast<std::uint8_t>(low >> (8 * i));
  }
  bytes[6] = static_cast<std::uint8_t>(0x80 | (bytes[6] & 0x0f));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));
  return to_string(bytes);
}

}  // namespace mofa::core

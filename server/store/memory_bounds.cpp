#include "server/store/memory_bounds.hpp"

#include <string>

#include "server/base/limits.hpp"

namespace mofa::store {

result<void> check_memory_entry(std::string_view key, std::string_view value) {
  if (key.size() > limits::memory_key_bytes) {
    return fail(errc::limit_exceeded, "a key of the memory has at most " + std::to_string(limits::memory_key_bytes) +
                                          " bytes, not " + std::to_string(key.size()));
  }
  if (value.size() > limits::memory_value_bytes) {
    return fail(errc::limit_exceeded, "a value of the memory has at most " + std::to_string(limits::memory_value_bytes) +
                                          " bytes as JSON, not " + std::to_string(value.size()));
  }
  return {};
}

result<void> check_memory_room(std::int64_t keys) {
  if (keys < limits::memory_keys) return {};
  return fail(errc::limit_exceeded, "the memory of a context has at most " + std::to_string(limits::memory_keys) +
                                        " keys; put null to forget one");
}

}  // namespace mofa::store

// The port of a context's memory: values by key that the tasks of one conversation leave for each other.
// Implemented over the store, called by the memory tools.
// get() and put() are called on any thread and must not block; the completion may be called on any thread, once.
#pragma once

#include <optional>
#include <string>

#include "protocols/core/caller.hpp"
#include "server/base/callback.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

/// One memory for each tenant, owner (the caller's principal) and context. Values are JSON texts.
class context_memory {
 public:
  virtual ~context_memory() = default;

  /// Nothing when the key was never put, or was forgotten.
  virtual void get(caller who, std::string context_id, std::string key,
                   callback<void(result<std::optional<std::string>>)> done) = 0;
  /// Kept before `done` is called; without a value the key is forgotten. Error limit_exceeded: beyond
  /// limits::memory_key_bytes, memory_value_bytes or memory_keys.
  virtual void put(caller who, std::string context_id, std::string key, std::optional<std::string> value,
                   callback<void(result<void>)> done) = 0;
};

}  // namespace mofa::core

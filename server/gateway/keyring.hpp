// The keyring: finds out who asks, from the key that a request shows.
// Owned by the door; immutable after start.
// Read by all sessions, on any thread.
#pragma once

#include <vector>

#include "protocols/http/message.hpp"
#include "server/gateway/key.hpp"

namespace mofa::gateway {

class keyring {
 public:
  explicit keyring(std::vector<key> keys) : keys_(std::move(keys)) {}

  /// Without keys everybody is the local caller, who may do everything.
  bool empty() const { return keys_.empty(); }

  /// The caller behind `Authorization: Bearer …` or `X-API-Key: …`. errc::unauthenticated: no key, an unknown or an expired
  /// one.
  result<core::caller> identify(const http::request& ask, time_point now) const;

 private:
  std::vector<key> keys_;
};

/// Who asks when there are no keys: {default, local, every scope}.
core::caller local_caller();

}  // namespace mofa::gateway

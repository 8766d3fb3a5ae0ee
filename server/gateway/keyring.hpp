// The keyring: finds out who asks, from the key that a request shows.
// Owned by the door; immutable.
// Read by all sessions, on any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/http/message.hpp"
#include "server/gateway/key.hpp"

namespace mofa::gateway {

/// What is kept of a key while its holder stays connected: which one it is, and the rights that it gave.
struct shown_key {
  sha256_bytes hash{};
  std::string tenant;
  std::string principal;
  unsigned scopes = 0;
};

/// Who asks, and with which key.
struct holder {
  core::caller who;
  shown_key key;
};

class keyring {
 public:
  explicit keyring(std::vector<key> keys) : keys_(std::move(keys)) {}

  /// Without keys everybody is the local caller, who may do everything.
  bool empty() const { return keys_.empty(); }

  /// The caller behind `Authorization: Bearer …` or `X-API-Key: …`. errc::unauthenticated: no key, an unknown or an expired
  /// one.
  result<holder> identify(const http::request& ask, time_point now) const;
  /// Whether somebody who came with that key (nothing: without one) would come in now, as the same caller with the same
  /// scopes. A key that expires at another time than before, but not yet, is the same key.
  bool still_knows(const std::optional<shown_key>& from, time_point now) const;

 private:
  std::vector<key> keys_;
};

/// Who asks when there are no keys: {default, local, every scope}.
core::caller local_caller();

}  // namespace mofa::gateway

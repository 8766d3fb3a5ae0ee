// The door: decides from a request's header whether it may come in, and to which route.
// Owned by the house, immutable: other rules are another door.
// Called by all sessions, on any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocols/http/message.hpp"
#include "server/gateway/gateway.hpp"
#include "server/gateway/keyring.hpp"
#include "server/gateway/router.hpp"

namespace mofa::gateway {

/// Either a route, or the answer that the gateway gives itself.
struct verdict {
  const http::route* route = nullptr;
  std::string_view pattern = "unmatched";
  std::optional<http::response> answer;
  std::string_view refusal;      ///< name of the errc when the answer is a refusal
  std::optional<shown_key> key;  ///< the caller's
};

class door {
 public:
  door(const rules& settings, const router& routes);

  /// In this order: Host, preflight, query, route, key, Origin, method, scope. Fills in the request's caller and parameters.
  verdict judge(http::request& ask, time_point now) const;

  /// Whether somebody who came in with that key (nothing: without one) would come in now; see keyring::still_knows().
  bool still_lets_in(const std::optional<shown_key>& key, time_point now) const { return keys_.still_knows(key, now); }

  /// The origin when it may read answers (it is in `cors.origins`); empty otherwise.
  std::string_view readable_by(std::string_view origin) const;
  /// Whether there are origins that may read answers.
  bool lets_pages_in() const { return !cors_origins_.empty(); }
  /// Adds what lets a page of that origin read the answer; without one only that others may get another answer, for caches.
  static void allow_reading(http::response& answer, std::string_view origin);

 private:
  /// In the form of the route's dialect, when it has one; null: of no dialect.
  static verdict refuse(const http::request& ask, const error& why, std::string_view pattern, const http::route* route);
  http::response preflight(const http::request& ask) const;
  std::optional<error> refuse_origin(const http::request& ask) const;

  std::vector<std::string> cors_origins_;
  keyring keys_;
  const router& routes_;
};

}  // namespace mofa::gateway

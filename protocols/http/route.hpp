// Routes: which method and path a protocol answers, and what the caller must be allowed to do.
// A protocol makes a table of them; the gateway's router matches it; the API description is checked against it.
// Immutable after start; handlers are called on the session's thread and must not block.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/http/message.hpp"

namespace mofa::http {

struct route {
  std::string method;   ///< "GET"
  std::string pattern;  ///< "/api/v1/agents/{name}:pause"; {x} matches one segment, up to a ':verb' of the pattern
  std::optional<core::scope> scope;  ///< none: open to everybody; who shows a key is known by it all the same
  std::function<void(request, responder)> handle;
  /// How a refusal looks that comes before the handler (host, query, key, scope, method, room); none: a problem document.
  std::function<response(const error&)> refuse{};
};

/// No route, but the form of what is refused at and below a pattern where there is none: of several the longest pattern's.
/// It has no method, by which it is known, and no handler.
inline route form_below(std::string pattern, std::function<response(const error&)> refuse) {
  return {{}, std::move(pattern), std::nullopt, {}, std::move(refuse)};
}

using route_table = std::vector<route>;

}  // namespace mofa::http

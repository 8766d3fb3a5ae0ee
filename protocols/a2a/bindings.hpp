// Bindings: how calls arrive: JSON-RPC by POST to an agent's URL, and HTTP+JSON below it, in both versions.
// Private to this room; called once by routes().
// The routes that they add are immutable; their handlers run on sessions' threads.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "protocols/a2a/card_routes.hpp"
#include "protocols/a2a/operations.hpp"
#include "protocols/http/route.hpp"

namespace mofa::a2a {

/// What all routes share; lives as long as they do.
struct house {
  services server;
  card_options how;
};
using house_ptr = std::shared_ptr<const house>;

void add_rpc_routes(http::route_table& table, const house_ptr& all);
void add_rest_routes(http::route_table& table, const house_ptr& all);

/// The agent of the path, or the default one at the origin.
std::string agent_of(const http::request& from, const house& all);

/// The call of a request: extensions are read, and Last-Event-ID where that one is activated (any client that reads events
/// may send it, and without the extension a stream begins with the task); the answer's headers are set.
call call_of(const http::request& from, const house& all, const codec& words, reply_form form, http::responder to);

/// What the caller may not do; nothing when it has both scopes that something which changes tasks needs: to change them, and
/// to read what the answer shows.
std::optional<fault> may_not_write(const core::caller& who);

/// GetExtendedAgentCard: the caller is known by a key, if there are keys.
void get_extended_card(call made, const house& all, const json& params, const http::request& from);

}  // namespace mofa::a2a

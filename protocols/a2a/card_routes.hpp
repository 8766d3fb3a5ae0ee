// Routes of cards: each agent's card, the catalogue of all public ones, and the extended card for callers with a key.
// Built once with the other routes of A2A; the options are copied into them.
// Immutable; handlers are called on a session's thread and do not block, answers come on any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "protocols/a2a/card.hpp"
#include "protocols/a2a/fault.hpp"
#include "protocols/core/ports/agent_service.hpp"
#include "protocols/http/route.hpp"

namespace mofa::a2a {

/// The server as its cards show it, at one moment.
struct server_view {
  bool with_keys = false;              ///< the gateway asks for keys
  time_point started{};                ///< no card of this server is older
  time_point changed{};                ///< when the view became what it is; no later than `started`: it has always been so
  time_point now = time_point::max();  ///< that moment
};

struct card_options {
  std::string public_base_url;  ///< what URLs begin with, no slash at its end; empty: http:// and the request's Host
  std::string default_agent;    ///< whose card is at the origin, too; empty: nobody's
  /// For who names no version: those are clients of 0.3 (1.0.1, section 3.6.2), which read no card of 1.0 alone. Clients of
  /// 1.0 must name theirs, and pass over members that they do not know; `v1` is for some that do neither.
  card_form default_form = card_form::hybrid;
  std::function<server_view()> server;  ///< right now; any thread. None: keys are never asked for
  /// Outlives the routes; null: cards are not signed. Nor are they without a public_base_url: a reader who chooses what
  /// URLs begin with would choose what is signed. Should be a remembering() one.
  const card_signer* signer = nullptr;
  error_profile profile = error_profile::v1_0_1;
};

/// Adds GET of
///   /a2a                                          {"agents": [card…]}: the public ones, by name
///   /a2a/{agent}/.well-known/agent-card.json      open; agents that are not public only for callers with agents:read
///   /a2a/{agent}/.well-known/agent.json           the same; for who names no version always hybrid
///   /a2a/{agent}/extendedAgentCard                tasks:read; 1.0; also below /{tenant}
///   /a2a/{agent}/v1/card                          tasks:read; 0.3
///   /a2a/{agent}/agent/authenticatedExtendedCard  tasks:read; 0.2
/// and the last five at the origin for the default agent. Who may call an agent may see its extended card, whether it is
/// public or not. Whose form: `A2A-Version` 1.0: v1; 0.3: hybrid; else the default.
/// With ETag, Last-Modified (of cards; the catalogue has none) and 304. The service outlives the table.
void add_card_routes(http::route_table& table, const card_options& options, core::agent_service& agents);

/// The extended card as JSON text, for GetExtendedAgentCard of JSON-RPC. `host` is the Host header. Errors: not_found: no
/// such agent; unsupported: it has no extended card; invalid: the host is none.
void extended_card(const card_options& options, core::agent_service& agents, std::string agent, std::string_view host,
                   version as, core::completion<std::string> done);

}  // namespace mofa::a2a

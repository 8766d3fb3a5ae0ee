// Routes of A2A: every agent below /a2a/{agent}, one of them at the origin, and the catalogue of all.
// Built once by the app, owned by the gateway's router. Immutable; handlers are called on a session's thread and do not
// block, answers come on any thread.
#pragma once

#include "protocols/a2a/card_routes.hpp"
#include "protocols/a2a/operations.hpp"
#include "protocols/http/route.hpp"

namespace mofa::a2a {

/// All routes of A2A. The services outlive the table.
http::route_table routes(services server, card_options how);

}  // namespace mofa::a2a

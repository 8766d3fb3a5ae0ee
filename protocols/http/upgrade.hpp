// The request for a WebSocket (RFC 6455, section 4.2.1): whether it is one, and what is wrong with one that is not.
// Asked by the gateway's door for the Origin rule, and by the handler of a route that answers nothing else.
// Pure functions over values; any thread.
#pragma once

#include <optional>
#include <string>

#include "protocols/http/message.hpp"

namespace mofa::http {

/// Whether the request names `websocket` in its Upgrade header, in good form or not.
bool wants_websocket(const request& from);

/// The answer to a request that cannot become a WebSocket: 426 when it does not ask for one or for another version than 13,
/// 400 when its Connection or Sec-WebSocket-Key header is not what the RFC demands. Nothing when all is in order.
std::optional<response> refuse_upgrade(const request& from);

}  // namespace mofa::http

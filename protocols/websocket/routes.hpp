// The route of the WebSocket: GET /api/v1/ws, whose answer is a conversation instead of a body.
// Built once by the app, owned by the gateway's router.
// Immutable; its handler is called on a session's thread and does not block.
#pragma once

#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/ports/topic_service.hpp"
#include "protocols/http/route.hpp"

namespace mofa::websocket {

/// Both ports must outlive the table.
http::route_table routes(core::task_service& tasks, core::topic_service& topics);

}  // namespace mofa::websocket

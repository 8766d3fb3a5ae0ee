// Routes of the REST API: its table of methods and paths, each with the handler that turns a request into a question to a
// port. Built once by the app, owned by the gateway's router. Immutable; handlers are called on a session's thread and do
// not block, answers come on any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/configuration_service.hpp"
#include "protocols/core/ports/model_directory.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/ports/tool.hpp"
#include "protocols/core/ports/topic_service.hpp"
#include "protocols/http/route.hpp"

namespace mofa::rest {

/// Whether the server takes work, and if not, why ("store: restarting").
struct readiness {
  bool ready = false;
  std::string reason;
};

/// What agents of this server can use; known at the start.
struct inventory {
  std::vector<core::tool_ptr> tools;
  std::vector<core::model_info> models;
};

/// What the handlers ask. The services outlive the table.
struct dependencies {
  core::task_service& tasks;
  core::agent_service& agents;
  core::topic_service& topics;
  inventory uses{};
  std::function<readiness()> ready;  ///< called on session threads; must not block
  std::string version;               ///< of the server, for /healthz and /openapi.json
  bool with_a2a = true;              ///< agents are reached by A2A too: /openapi.json has its operations
};

/// All routes of the REST API, except GET /metrics, which telemetry brings, and those below.
http::route_table routes(dependencies parts);

/// The operator's: POST /api/v1/configuration:reload. The service outlives the table.
http::route_table configuration_routes(core::configuration_service& configuration);

}  // namespace mofa::rest

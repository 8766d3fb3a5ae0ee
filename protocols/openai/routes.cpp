#include "protocols/openai/routes.hpp"

#include <utility>

#include "protocols/openai/fault.hpp"

namespace mofa::openai {

http::route_table routes(core::task_service& tasks, core::agent_service& agents) {
  http::route_table table;
  add_completion_route(table, tasks, agents);
  add_models_route(table, agents);
  for (auto& each : table) each.refuse = [](const error& why) { return to_response(why); };
  return table;
}

}  // namespace mofa::openai

#include "protocols/rest/routes.hpp"

#include "protocols/rest/handlers.hpp"
#include "protocols/rest/query.hpp"
#include "server/base/limits.hpp"

namespace mofa::rest {

http::route_table routes(dependencies parts) {
  http::route_table table;
  add_health_routes(table, parts);
  add_agent_routes(table, parts.agents);
  add_definition_routes(table, parts.agents);
  add_submit_route(table, parts.tasks);
  add_task_routes(table, parts.tasks);
  add_message_routes(table, parts.tasks);
  add_context_routes(table, parts.tasks);
  add_topic_routes(table, parts.topics);
  add_inventory_routes(table, parts.uses);
  return table;
}

result<void> no_query(const http::request& from) {
  if (from.query.empty()) return {};
  return query_reader{from, {}}.finish();
}

result<task_id> task_in_path(const http::request& from) {
  if (const auto id = task_id::parse(from.parameter("id"))) return *id;
  return fail(errc::not_found, "no such task");
}

result<std::string> name_in_path(const http::request& from, std::string_view parameter, std::string_view noun) {
  const auto name = from.parameter(parameter);
  if (name.empty() || name.size() > limits::client_id_bytes) return fail(errc::not_found, "no such " + std::string{noun});
  return std::string{name};
}

std::string location_of(const core::task& what) { return "/api/v1/tasks/" + what.row.id.str(); }

}  // namespace mofa::rest

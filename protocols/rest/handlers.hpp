// Handlers: the routes of the REST API, one function for each file of them, and what they have in common.
// Private to this room; called once by routes().
// The routes that they add are immutable; their handlers run on sessions' threads.
#pragma once

#include <string_view>
#include <utility>

#include "protocols/rest/encode.hpp"
#include "protocols/rest/reply.hpp"
#include "protocols/rest/routes.hpp"

namespace mofa::rest {

void add_health_routes(http::route_table& table, const dependencies& parts);
void add_agent_routes(http::route_table& table, core::agent_service& agents);
void add_definition_routes(http::route_table& table, core::agent_service& agents);
void add_submit_route(http::route_table& table, core::task_service& tasks);
void add_task_routes(http::route_table& table, core::task_service& tasks);
void add_message_routes(http::route_table& table, core::task_service& tasks);
void add_context_routes(http::route_table& table, core::task_service& tasks);
void add_topic_routes(http::route_table& table, core::topic_service& topics);
void add_inventory_routes(http::route_table& table, const inventory& all);

/// The header that names the agent's version, for If-Match.
std::pair<std::string, std::string> etag_of(const core::agent_info& what);
/// Success when the request has no query parameters.
result<void> no_query(const http::request& from);
/// The task id in the path; not_found when it is not the form of one.
result<task_id> task_in_path(const http::request& from);
/// The name or id in the path; not_found when it is too long to be anybody's.
result<std::string> name_in_path(const http::request& from, std::string_view parameter, std::string_view noun);
/// "/api/v1/tasks/{id}"
std::string location_of(const core::task& what);

/// Answers with what the port gives, encoded, or with its error.
template <class T>
core::completion<T> answer(reply to) {
  return [to = std::move(to)](result<T> got) mutable {
    if (!got) return to.fail(got.error());
    to.json(200, encode(*got));
  };
}

/// Answers 204 or the error.
inline core::completion<void> answer_nothing(reply to) {
  return [to = std::move(to)](result<void> got) mutable {
    if (!got) return to.fail(got.error());
    to.nothing();
  };
}

/// Answers 200 with the task or the error.
inline core::completion<core::task_ptr> answer_task(reply to, std::size_t history = whole_history) {
  return [to = std::move(to), history](result<core::task_ptr> got) mutable {
    if (!got) return to.fail(got.error());
    to.json(200, encode(**got, history));
  };
}

}  // namespace mofa::rest

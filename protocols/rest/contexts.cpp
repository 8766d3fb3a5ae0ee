#include <array>

#include "protocols/rest/handlers.hpp"
#include "protocols/rest/query.hpp"

namespace mofa::rest {
namespace {

constexpr std::array<std::string_view, 2> paging{"limit", "cursor"};

result<core::page_request> read_page(const http::request& from) {
  query_reader query{from, paging};
  auto want = query.page();
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return want;
}

void list(core::task_service& tasks, const http::request& from, reply to) {
  auto want = read_page(from);
  if (!want) return to.fail(want.error());
  tasks.contexts(from.caller, std::move(*want), answer<core::page<core::context_info>>(std::move(to)));
}

void get(core::task_service& tasks, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  auto id = name_in_path(from, "id", "context");
  if (!id) return to.fail(id.error());
  tasks.context(from.caller, std::move(*id), answer<core::context_info>(std::move(to)));
}

void messages(core::task_service& tasks, const http::request& from, reply to) {
  auto want = read_page(from);
  if (!want) return to.fail(want.error());
  auto id = name_in_path(from, "id", "context");
  if (!id) return to.fail(id.error());
  tasks.context_messages(from.caller, std::move(*id), std::move(*want), answer<core::page<core::message>>(std::move(to)));
}

void remove(core::task_service& tasks, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  auto id = name_in_path(from, "id", "context");
  if (!id) return to.fail(id.error());
  tasks.remove_context(from.caller, std::move(*id), answer_nothing(std::move(to)));
}

using handler = void (*)(core::task_service&, const http::request&, reply);

void add(http::route_table& table, core::task_service& tasks, std::string_view method, std::string_view pattern,
         core::scope scope, handler handle) {
  table.push_back(
      {std::string{method}, std::string{pattern}, scope, [&tasks, handle](http::request from, http::responder respond) {
         handle(tasks, from, reply{from, std::move(respond)});
       }});
}

}  // namespace

void add_context_routes(http::route_table& table, core::task_service& tasks) {
  add(table, tasks, "GET", "/api/v1/contexts", core::scope::tasks_read, list);
  add(table, tasks, "GET", "/api/v1/contexts/{id}", core::scope::tasks_read, get);
  add(table, tasks, "DELETE", "/api/v1/contexts/{id}", core::scope::tasks_write, remove);
  add(table, tasks, "GET", "/api/v1/contexts/{id}/messages", core::scope::tasks_read, messages);
}

}  // namespace mofa::rest

#include <array>

#include "protocols/rest/body.hpp"
#include "protocols/rest/handlers.hpp"
#include "protocols/rest/headers.hpp"
#include "protocols/rest/query.hpp"

namespace mofa::rest {
namespace {

constexpr std::array<std::string_view, 8> state_names{"submitted", "working", "input_required", "auth_required",
                                                      "completed", "failed",  "canceled",       "rejected"};
constexpr std::int64_t most_messages = 1'000'000;

void list(core::task_service& tasks, const http::request& from, reply to) {
  static constexpr std::array<std::string_view, 8> known{"agent",     "context_id", "state", "label",
                                                         "parent_id", "since",      "limit", "cursor"};
  query_reader query{from, known};
  core::task_filter filter{.agent = query.text("agent"),
                           .context_id = query.text("context_id"),
                           .state = query.one_of<core::task_state>("state", core::task_state_from, state_names),
                           .label = query.label("label"),
                           .parent_id = query.task("parent_id"),
                           .since = query.time("since")};
  auto want = query.page();
  if (auto checked = query.finish(); !checked) return to.fail(checked.error());
  tasks.list(from.caller, std::move(filter), std::move(want), answer<core::page<core::task_row>>(std::move(to)));
}

void get(core::task_service& tasks, const http::request& from, reply to) {
  static constexpr std::array<std::string_view, 1> known{"history"};
  query_reader query{from, known};
  const auto history = query.number("history", 0, most_messages);
  if (auto checked = query.finish(); !checked) return to.fail(checked.error());
  const auto id = task_in_path(from);
  if (!id) return to.fail(id.error());
  const auto shown = history ? static_cast<std::size_t>(*history) : whole_history;
  tasks.get(from.caller, *id, answer_task(std::move(to), shown));
}

void remove(core::task_service& tasks, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  const auto id = task_in_path(from);
  if (!id) return to.fail(id.error());
  tasks.remove(from.caller, *id, answer_nothing(std::move(to)));
}

void cancel(core::task_service& tasks, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  const auto id = task_in_path(from);
  if (!id) return to.fail(id.error());
  auto reason = read_cancel_reason(from);
  if (!reason) return to.fail(reason.error());
  tasks.cancel(from.caller, *id, std::move(*reason), answer_task(std::move(to)));
}

struct event_range {
  std::uint64_t after = 0;
  int limit = 0;
};

/// `cursor` is what the page before gave, `after` is the number itself; they say the same.
result<event_range> read_range(const http::request& from) {
  static constexpr std::array<std::string_view, 3> known{"after", "limit", "cursor"};
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  query_reader query{from, known};
  const auto after = query.number("after", 0, most);
  const auto cursor = query.number("cursor", 0, most);
  const auto limit = query.number("limit", 1, limits::page_max);
  if (after && cursor) query.complain("cursor", "give either after or cursor");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return event_range{.after = static_cast<std::uint64_t>(after.value_or(cursor.value_or(0))),
                     .limit = static_cast<int>(limit.value_or(limits::page_default))};
}

void events(core::task_service& tasks, const http::request& from, reply to) {
  const auto range = read_range(from);
  if (!range) return to.fail(range.error());
  const auto id = task_in_path(from);
  if (!id) return to.fail(id.error());
  const auto stream = wants_stream(from);
  if (!stream) return to.fail(stream.error());
  if (*stream) {
    const auto last = last_event_id(from);
    if (!last) return to.fail(last.error());
    // A browser that reconnects sends the old address with the new header.
    return to.stream(tasks, from.caller, *id, last->value_or(range->after));
  }
  const auto limit = range->limit;
  tasks.events(from.caller, *id, range->after, limit,
               [limit, to = std::move(to)](result<std::vector<core::event_ptr>> got) mutable {
                 if (!got) return to.fail(got.error());
                 const bool more = got->size() >= static_cast<std::size_t>(limit);
                 to.json(200, encode_events(*got, more ? got->back()->seq : 0));
               });
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

void add_task_routes(http::route_table& table, core::task_service& tasks) {
  add(table, tasks, "GET", "/api/v1/tasks", core::scope::tasks_read, list);
  add(table, tasks, "GET", "/api/v1/tasks/{id}", core::scope::tasks_read, get);
  add(table, tasks, "DELETE", "/api/v1/tasks/{id}", core::scope::tasks_write, remove);
  add(table, tasks, "GET", "/api/v1/tasks/{id}/events", core::scope::tasks_read, events);
  add(table, tasks, "POST", "/api/v1/tasks/{id}:cancel", core::scope::tasks_write, cancel);
}

}  // namespace mofa::rest

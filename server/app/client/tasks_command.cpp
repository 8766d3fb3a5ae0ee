#include <fmt/format.h>

#include "server/app/client/commands.hpp"
#include "server/app/client/listing.hpp"
#include "server/app/client/task_view.hpp"

namespace mofa::app::client {
namespace {

struct task_arguments {
  server_options server;
  std::string id, agent, state, context, reason;
  std::int64_t limit = 50, after = 0;
};

std::string path_of(const task_arguments& wanted) { return "/api/v1/tasks/" + path_segment(wanted.id); }

outcome<int> list(session& with, const task_arguments& wanted) {
  std::string query;
  const auto filter = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, path_segment(value));
  };
  filter("agent", wanted.agent);
  filter("state", wanted.state);
  filter("context_id", wanted.context);
  const auto tasks =
      with.read_all("/api/v1/tasks" + query, static_cast<std::size_t>(std::max<std::int64_t>(1, wanted.limit)));
  if (!tasks) return tl::unexpected{tasks.error()};
  if (with.options().json)
    for (const auto& each : *tasks) with.screen().line(each.text);
  else
    for (const auto& each : task_table(*tasks)) with.screen().line(each);
  return exit_code::done;
}

outcome<int> show(session& with, const outcome<http_client::response>& answer) {
  if (!answer) return tl::unexpected{answer.error()};
  const auto task = with.object_in(*answer);
  if (!task) return tl::unexpected{task.error()};
  if (with.options().json)
    with.screen().line(answer->body);
  else
    for (const auto& each : task_page(*task)) with.screen().line(each);
  return exit_code::done;
}

outcome<int> cancel(session& with, const task_arguments& wanted) {
  json body = json::object();
  if (!wanted.reason.empty()) body["reason"] = wanted.reason;
  return show(with, with.ask(with.request("POST", path_of(wanted) + ":cancel",
                                          body.dump(-1, ' ', false, json::error_handler_t::replace))));
}

outcome<int> watch(session& with, const task_arguments& wanted) {
  const auto task = with.read(path_of(wanted) + "?history=0");
  if (!task) return tl::unexpected{task.error()};
  const auto newest = task->value("last_event", std::uint64_t{0});
  const auto after = std::min(static_cast<std::uint64_t>(wanted.after), newest == 0 ? 0 : newest - 1);
  task_view view{with, {.seq = newest}, usual_transcript(with, true)};
  follow_start from;
  from.task = wanted.id;
  from.after = after;
  const auto got = show_task(with, std::move(from), view);
  if (!got) return tl::unexpected{got.error()};
  return got->code;
}

using action = outcome<int> (*)(session&, const task_arguments&);

void declare(const command& to, const std::shared_ptr<task_arguments>& wanted, action what) {
  add_server_options(to, wanted->server);
  to.does([wanted, what] { return in_session(wanted->server, [&](session& with) { return what(with, *wanted); }); });
}

}  // namespace

void add_tasks(const command& root) {
  const auto wanted = std::make_shared<task_arguments>();
  const auto tasks = root.sub("tasks", "Tasks: list, get, cancel, watch");
  const auto lists = tasks.sub("list", "The newest tasks");
  lists.text("--agent", wanted->agent, "Of this agent");
  lists.text("--state", wanted->state, "In this state: working, input_required, completed, …");
  lists.text("--context", wanted->context, "Of this conversation");
  lists.number("--limit", wanted->limit, "At most so many (50)");
  declare(lists, wanted, list);

  const auto gets = tasks.sub("get", "One task with its results");
  gets.text("ID", wanted->id, "The task", need::required);
  declare(gets, wanted, [](session& with, const task_arguments& what) {
    return show(with, with.ask(with.request("GET", path_of(what))));
  });

  const auto cancels = tasks.sub("cancel", "Cancel a task");
  cancels.text("ID", wanted->id, "The task", need::required);
  cancels.text("--reason", wanted->reason, "Why; it is kept with the task");
  declare(cancels, wanted, cancel);

  const auto watches = tasks.sub("watch", "Attach to a task and show how it goes, from its first event");
  watches.text("ID", wanted->id, "The task", need::required);
  watches.number("--after", wanted->after, "From the event after this one");
  add_patience_option(watches, wanted->server);
  declare(watches, wanted, watch);
}

}  // namespace mofa::app::client

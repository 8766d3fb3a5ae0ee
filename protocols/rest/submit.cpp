#include <algorithm>
#include <utility>

#include "protocols/core/settled.hpp"
#include "protocols/http/headers.hpp"
#include "protocols/rest/body.hpp"
#include "protocols/rest/handlers.hpp"
#include "protocols/rest/headers.hpp"

namespace mofa::rest {
namespace {

/// Everything that a submission says, in its path, its headers and its body.
result<core::submission> read(http::request& from) {
  if (auto checked = no_query(from); !checked) return std::move(checked).error();
  auto agent = name_in_path(from, "name", "agent");
  if (!agent) return std::move(agent).error();
  auto once = http::idempotency_of(from);
  if (!once) return std::move(once).error();
  auto what = read_submission(from);
  if (!what) return std::move(what).error();
  what->agent = std::move(*agent);
  what->idempotency = std::move(*once);
  return what;
}

http::header_list headers_of(const core::submitted_task& got) {
  http::header_list out{{"Location", location_of(*got.task)}};
  if (got.replayed) out.emplace_back("Idempotency-Replayed", "true");
  return out;
}

void submit_and_stream(core::task_service& tasks, core::caller who, core::submission what, reply to) {
  const auto asker = who;
  tasks.submit(asker, std::move(what),
               [&tasks, who = std::move(who), to = std::move(to)](result<core::submitted_task> got) mutable {
                 if (!got) return to.fail(got.error());
                 to.stream(tasks, std::move(who), got->task->row.id, 0, headers_of(*got));
               });
}

/// What is answered of a task: 200 when somebody waited for that, and it is settled.
struct told {
  core::task_ptr first;  ///< what was asked for has been done: it is the answer if a later look fails
  std::optional<std::chrono::seconds> wait;
  http::header_list headers;
  bool cut_short = false;

  void operator()(reply to, const core::task& task) {
    const bool settled = wait && core::is_settled(task.row);
    if (wait && (settled || !cut_short)) headers.emplace_back("Preference-Applied", "wait=" + std::to_string(wait->count()));
    to.json(settled ? 200 : 202, encode(task), std::move(headers));
  }
  core::completion<core::task_ptr> when_there(reply to) {
    return [mine = std::move(*this), to = std::move(to)](result<core::task_ptr> got) mutable {
      mine(std::move(to), got ? **got : *mine.first);
    };
  }
};

/// What the port itself waits for, while the request has its place in the gate.
milliseconds wait_at_once(const std::optional<std::chrono::seconds>& wait) {
  return wait ? std::min<milliseconds>(*wait, http::short_wait) : milliseconds{0};
}

/// Answers with the task as it is, after the rest of the wait if it is not settled before.
core::completion<core::submitted_task> answer_with(core::task_service& tasks, core::caller who,
                                                   std::optional<std::chrono::seconds> wait, reply to) {
  return [&tasks, who = std::move(who), wait, to = std::move(to)](result<core::submitted_task> got) mutable {
    if (!got) return to.fail(got.error());
    told answer{got->task, wait, headers_of(*got)};
    const auto rest = wait ? *wait - wait_at_once(wait) : milliseconds{0};
    if (rest <= milliseconds{0} || core::is_settled(got->task->row)) return answer(std::move(to), *got->task);
    const auto id = got->task->row.id;
    auto now = answer;
    now.cut_short = true;
    to.wait([&tasks, who, id, rest, answer = std::move(answer)](
                reply later) mutable { tasks.await(who, id, rest, answer.when_there(std::move(later))); },
            [&tasks, who, id, now = std::move(now)](reply later) mutable {
              tasks.get(who, id, now.when_there(std::move(later)));
            });
  };
}

void submit_and_answer(core::task_service& tasks, const core::caller& who, core::submission what,
                       std::optional<std::chrono::seconds> wait, reply to) {
  what.wait = wait_at_once(wait);
  tasks.submit(who, std::move(what), answer_with(tasks, who, wait, std::move(to)));
}

void send_and_answer(core::task_service& tasks, const core::caller& who, task_id id, core::further_message what,
                     std::optional<std::chrono::seconds> wait, reply to) {
  what.wait = wait_at_once(wait);
  tasks.send(who, id, std::move(what), answer_with(tasks, who, wait, std::move(to)));
}

/// From the event that holds the message on; from the first one where its number is not known.
void send_and_stream(core::task_service& tasks, core::caller who, task_id id, core::further_message what, reply to) {
  const auto asker = who;
  tasks.send(asker, id, std::move(what),
             [&tasks, who = std::move(who), id, to = std::move(to)](result<core::submitted_task> got) mutable {
               if (!got) return to.fail(got.error());
               const auto before = got->message_seq > 0 ? got->message_seq - 1 : 0;
               to.stream(tasks, std::move(who), id, before, headers_of(*got));
             });
}

}  // namespace

void add_submit_route(http::route_table& table, core::task_service& tasks) {
  table.push_back({"POST", "/api/v1/agents/{name}/tasks", core::scope::tasks_write,
                   [&tasks](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     const auto stream = wants_stream(from);
                     if (!stream) return to.fail(stream.error());
                     auto what = read(from);
                     if (!what) return to.fail(what.error());
                     if (*stream) return submit_and_stream(tasks, std::move(from.caller), std::move(*what), std::move(to));
                     submit_and_answer(tasks, from.caller, std::move(*what), preferred_wait(from), std::move(to));
                   }});
}

void add_message_routes(http::route_table& table, core::task_service& tasks) {
  table.push_back({"POST", "/api/v1/tasks/{id}/messages", core::scope::tasks_write,
                   [&tasks](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     if (auto checked = no_query(from); !checked) return to.fail(checked.error());
                     const auto id = task_in_path(from);
                     if (!id) return to.fail(id.error());
                     const auto stream = wants_stream(from);
                     if (!stream) return to.fail(stream.error());
                     auto once = http::idempotency_of(from);
                     if (!once) return to.fail(once.error());
                     auto said = read_message(from);
                     if (!said) return to.fail(said.error());
                     core::further_message what{std::move(*said), std::move(*once)};
                     if (*stream) return send_and_stream(tasks, std::move(from.caller), *id, std::move(what), std::move(to));
                     send_and_answer(tasks, from.caller, *id, std::move(what), preferred_wait(from), std::move(to));
                   }});
}

}  // namespace mofa::rest

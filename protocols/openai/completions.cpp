#include <algorithm>
#include <utility>

#include "protocols/core/settled.hpp"
#include "protocols/document/document.hpp"
#include "protocols/http/headers.hpp"
#include "protocols/openai/chunk_stream.hpp"
#include "protocols/openai/completion.hpp"
#include "protocols/openai/completion_request.hpp"
#include "protocols/openai/routes.hpp"

namespace mofa::openai {
namespace {

// A task that runs into its timeout ends by itself: its own end is the better answer.
constexpr milliseconds after_timeout{5'000};
// The outcome of the last model call is among so many events before the end.
constexpr std::uint64_t last_events = 16;

std::variant<completion_request, fault> read(http::request& from) {
  if (!from.query.empty()) return fault{400, "unknown_parameter", "this route takes no query parameters"};
  if (auto type = http::check_content_type(from); !type) return fault_of(type.error());
  auto once = http::idempotency_of(from);
  if (!once) return fault_of(once.error());
  const auto body = document::consume_json(std::exchange(from.body, {}));
  if (!body) return fault_of(body.error());
  auto out = read_completion_request(*body);
  if (auto* made = std::get_if<completion_request>(&out)) made->what.idempotency = std::move(*once);
  return out;
}

http::header_list headers_of(const core::submitted_task& got) {
  http::header_list out;
  if (got.replayed) out.emplace_back("Idempotency-Replayed", "true");
  return out;
}

/// One call, from the request to its answer.
struct call {
  core::task_service& tasks;
  core::caller who;
  http::responder to;

  // What the agent does not take of its message stands in `messages`.
  void refuse(error why) {
    for (auto& each : why.fields)
      if (each.path.starts_with("/message")) each.path = "messages";
    to(to_response(why));
  }
  void submit_and_stream(completion_request asked);
  void submit_and_wait(completion_request asked, milliseconds wait);
  void wait_on(core::task_ptr task, milliseconds rest, http::header_list headers);
  void answer(core::task_ptr ended, http::header_list headers);
  void unfinished(const core::task_row& row, errc why, std::string_view how);
  void complete(const core::task& ended, std::string_view content, std::string_view finish, http::header_list headers);
};

void call::submit_and_stream(completion_request asked) {
  auto& port = tasks;
  const auto asker = who;
  port.submit(asker, std::move(asked.what),
              [mine = std::move(*this), usage = asked.include_usage](result<core::submitted_task> got) mutable {
                if (!got) return mine.refuse(got.error());
                http::event_stream feed;
                feed.open = [&tasks = mine.tasks, who = mine.who, id = got->task->row.id](
                                std::size_t credit, std::shared_ptr<core::event_sink> sink,
                                core::completion<core::subscription_ptr> done) {
                  tasks.subscribe(who, id, 0, credit, std::move(sink), std::move(done));
                };
                feed.refuse = [](const error& why) { return to_response(why); };
                feed.encoder = std::make_unique<chunk_stream>(name_of(got->task->row), usage);
                http::response out;
                out.headers = headers_of(*got);
                out.content_type = "text/event-stream";
                out.stream = std::move(feed);
                mine.to(std::move(out));
              });
}

// The port itself waits only so long as the request may keep its place in the gate.
void call::submit_and_wait(completion_request asked, milliseconds wait) {
  auto& port = tasks;
  const auto asker = who;
  asked.what.wait = std::min(wait, http::short_wait);
  port.submit(asker, std::move(asked.what),
              [mine = std::move(*this), rest = wait - asked.what.wait](result<core::submitted_task> got) mutable {
                if (!got) return mine.refuse(got.error());
                auto headers = headers_of(*got);
                if (rest > milliseconds{0} && !core::is_settled(got->task->row))
                  return mine.wait_on(std::move(got->task), rest, std::move(headers));
                mine.answer(std::move(got->task), std::move(headers));
              });
}

// When a later look fails, the task as it was at first is what there is to tell of.
void call::wait_on(core::task_ptr task, milliseconds rest, http::header_list headers) {
  const auto id = task->row.id;
  http::response out;
  out.wait.emplace();
  out.wait->begin = [&port = tasks, asker = who, id, rest, task, headers](http::responder later) {
    port.await(asker, id, rest,
               [mine = call{port, asker, std::move(later)}, task, headers](result<core::task_ptr> got) mutable {
                 mine.answer(got ? *std::move(got) : std::move(task), std::move(headers));
               });
  };
  out.wait->cut_short = [&port = tasks, asker = who, id, task, headers](http::responder later) {
    port.get(asker, id, [mine = call{port, asker, std::move(later)}, task, headers](result<core::task_ptr> got) mutable {
      auto now = got ? *std::move(got) : std::move(task);
      if (!core::is_settled(now->row))
        return mine.unfinished(now->row, errc::draining, "has not ended, and the server stops");
      mine.answer(std::move(now), std::move(headers));
    });
  };
  to(std::move(out));
}

/// The same request would begin all of it again.
void call::unfinished(const core::task_row& row, errc why, std::string_view how) {
  auto late = fault_of(fail(why, "task " + row.id.str() + " " + std::string{how} + "; it goes on"));
  late.settled = true;
  to(to_response(late));
}

void call::answer(core::task_ptr ended, http::header_list headers) {
  const auto& row = ended->row;
  if (!core::is_settled(row)) return unfinished(row, errc::timeout, "did not end in time");
  if (row.status.code == "content_filter") return complete(*ended, "", "content_filter", std::move(headers));
  if (row.status.state != core::task_state::completed && !core::is_interrupted(row.status.state))
    return to(to_response(fault_of(row.status)));
  auto content = content_of(*ended);
  if (row.usage.model_calls == 0) return complete(*ended, content, "stop", std::move(headers));
  auto& port = tasks;
  const auto asker = who;
  const auto after = row.last_seq - std::min(row.last_seq, last_events);
  port.events(asker, row.id, after, static_cast<int>(last_events),
              [mine = std::move(*this), ended, content,
               headers = std::move(headers)](result<std::vector<core::event_ptr>> got) mutable {
                // The work is done and paid for: an error would make the client ask for all of it again.
                mine.complete(*ended, content, got ? finish_reason(*got) : "stop", std::move(headers));
              });
}

void call::complete(const core::task& ended, std::string_view content, std::string_view finish, http::header_list headers) {
  http::response out;
  out.headers = std::move(headers);
  out.content_type = "application/json";
  out.body = completion_text(ended, content, finish);
  to(std::move(out));
}

}  // namespace

void add_completion_route(http::route_table& table, core::task_service& tasks, core::agent_service& agents) {
  const auto handle = [&tasks, &agents](http::request from, http::responder to) {
    auto read_it = read(from);
    if (const auto* why = std::get_if<fault>(&read_it)) return to(to_response(*why));
    auto asked = std::get<completion_request>(std::move(read_it));
    auto agent = asked.what.agent;
    call mine{tasks, std::move(from.caller), std::move(to)};
    agents.get(std::move(agent), [mine = std::move(mine), asked = std::move(asked)](result<core::agent_info> found) mutable {
      if (!found && found.error().code == errc::not_found) return mine.to(to_response(no_model(found.error())));
      if (!found) return mine.refuse(found.error());
      if (asked.stream) return mine.submit_and_stream(std::move(asked));
      mine.submit_and_wait(std::move(asked), found->definition->limits.timeout + after_timeout);
    });
  };
  table.push_back({"POST", "/v1/chat/completions", core::scope::tasks_write, handle});
}

}  // namespace mofa::openai

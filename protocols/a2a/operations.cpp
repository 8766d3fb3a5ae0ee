#include "protocols/a2a/operations.hpp"

#include <utility>

#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

// Of an agent that is not there there are no tasks either: that is the better answer, whatever is asked of it.
void fail_without_task(call made, const std::string& id) {
  auto& agents = made.server.agents;
  auto name = made.agent;
  agents.get(std::move(name), [made = std::move(made), id](const result<core::agent_info>& found) mutable {
    made.to.fail(found ? no_such_task(id) : no_such_agent(made, found.error()));
  });
}

}  // namespace

std::optional<fault> wrong_tenant(const call& made, const std::string& tenant) {
  if (tenant.empty() || tenant == made.who.tenant) return std::nullopt;
  const auto named = tenant.size() <= limits::client_id_bytes ? "tenant '" + tenant + "'" : std::string{"this tenant"};
  return fault{fault_kind::invalid_params,
               named + " is not yours: leave it out, or name that of your key",
               {},
               {{"/tenant", "must be the tenant of the caller, or be left out"}}};
}

fault missing(std::string_view member) {
  const std::string name{member};
  return {fault_kind::invalid_params, "'" + name + "' is missing", {}, {{"/" + name, "is missing"}}};
}

fault wrong_page_token() {
  return {fault_kind::invalid_params,
          "pageToken is none that this list gave",
          {},
          {{"/pageToken", "must be the nextPageToken of the page before"}}};
}

fault no_such_agent(const call& made, const error& why) {
  if (why.code != errc::not_found) return fault_of(why);
  return refused({errc::not_found, made.who.has(core::scope::agents_read) ? why.detail : "no agent '" + made.agent + "'"});
}

bool is_reply_alone(const core::task& what) {
  return what.reply && core::is_terminal(what.row.status.state) && what.artifacts.empty();
}

// Its events are the submission, the reply and the end.
bool replied_at_once(const core::task& what) { return is_reply_alone(what) && what.row.last_seq == 3; }

std::size_t history_of(const std::optional<std::int64_t>& length) {
  return length ? static_cast<std::size_t>(*length) : shown{}.history;
}

std::string_view dialect_of(version as) { return as == version::v1_0 ? "a2a/1.0" : "a2a/0.3"; }

core::push_config config_for(task_id task, core::push_config given, version as) {
  given.task = task;
  given.dialect = dialect_of(as);
  if (given.id.empty() && as == version::v0_3) given.id = task.str();
  return given;
}

void with_task(call made, const std::string& id, callback<void(call, core::task_ptr)> then) {
  if (id.empty()) return made.to.fail(missing("id"));
  const auto which = task_id::parse(id);
  if (!which) return fail_without_task(std::move(made), id);
  auto& tasks = made.server.tasks;
  const auto who = made.who;
  tasks.get(who, *which, [made = std::move(made), id, then = std::move(then)](result<core::task_ptr> found) mutable {
    const bool another = found && (*found)->row.agent != made.agent;
    if (another || (!found && found.error().code == errc::not_found)) return fail_without_task(std::move(made), id);
    if (!found) return made.to.fail(found.error());
    then(std::move(made), *std::move(found));
  });
}

void stream_events(call made, task_id task, std::uint64_t after, std::unique_ptr<http::feed_encoder> told) {
  http::event_stream feed;
  feed.open = [&tasks = made.server.tasks, who = made.who, task, after](std::size_t credit,
                                                                        std::shared_ptr<core::event_sink> sink,
                                                                        core::completion<core::subscription_ptr> done) {
    tasks.subscribe(who, task, after, credit, std::move(sink), std::move(done));
  };
  feed.encoder = std::move(told);
  made.to.stream(std::move(feed));
}

void get_task(call made, get_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  const auto history = history_of(asked.history_length);
  with_task(std::move(made), asked.id, [history](call on, core::task_ptr found) {
    auto text = on.to.begin();
    on.words.append_task(text, *found, {history});
    on.to.send(std::move(text));
  });
}

void cancel_task(call made, task_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  with_task(std::move(made), asked.id, [](call on, core::task_ptr found) {
    auto& tasks = on.server.tasks;
    const auto who = on.who;
    tasks.cancel(who, found->row.id, "canceled by the client", [on = std::move(on)](result<core::task_ptr> got) mutable {
      if (!got) return on.to.fail(got.error());
      auto text = on.to.begin();
      on.words.append_task(text, **got, {});
      on.to.send(std::move(text));
    });
  });
}

}  // namespace mofa::a2a

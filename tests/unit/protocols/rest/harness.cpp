#include "tests/unit/protocols/rest/harness.hpp"

#include <doctest/doctest.h>

namespace mofa::rest::testing {

core::task_row some_row(core::task_state state) {
  core::task_row row;
  row.id = *task_id::parse(some_id);
  row.agent = "echo";
  row.agent_version = 3;
  row.context_id = "c-1";
  row.status = {.state = state, .code = {}, .message = {}, .timestamp = some_time};
  row.created_at = some_time;
  row.updated_at = some_time + milliseconds{877};
  row.usage.tool_calls = 2;
  row.labels = {{"team", "a\"b"}};
  row.last_seq = 7;
  row.decided_seq = 7;
  return row;
}

core::task_ptr some_task(core::task_state state) {
  auto out = std::make_shared<core::task>();
  out->row = some_row(state);
  out->history = {core::text_message(core::role::user, "m-1", "hello"),
                  core::text_message(core::role::agent, "m-2", "hello back")};
  core::part data;
  data.kind = core::part::type::data;
  data.data = {{"deep", {1, 2}}};
  out->artifacts = {{.artifact_id = "a-1", .name = "forecast", .parts = {data}}};
  return out;
}

core::event_ptr some_event(std::uint64_t seq) {
  return std::make_shared<core::event>(core::event{.task = *task_id::parse(some_id),
                                                   .seq = seq,
                                                   .kind = "status_changed",
                                                   .version = 1,
                                                   .at = some_time,
                                                   .data = "{\"state\":\"working\"}"});
}

core::agent_info some_agent() {
  auto definition = std::make_shared<core::definition>();
  definition->name = "echo";
  definition->kind = "scenario";
  definition->version = 3;
  definition->description = "Says it again";
  definition->labels = {{"owner", "demo"}};
  definition->skills = {{.id = "math", .name = "Arithmetic", .description = "", .tags = {"sums"}, .examples = {}}};
  definition->document = {{"name", "echo"}, {"kind", "scenario"}};
  return {.definition = definition, .state = core::agent_state::ready, .source = "config/agents/echo.yaml", .error = {}};
}

namespace {

template <class T>
void reply_with(const std::optional<error>& failure, core::completion<T> done, T value) {
  if (failure)
    done(*failure);
  else
    done(std::move(value));
}

void reply_with(const std::optional<error>& failure, core::completion<void> done) {
  if (failure)
    done(*failure);
  else
    done(result<void>{});
}

class silent_subscription final : public core::subscription {
 public:
  void grant(std::size_t) override {}
};

}  // namespace

void fake_tasks::submit(const core::caller& caller, core::submission what, core::completion<core::submitted_task> done) {
  asked.push_back("submit " + what.agent + " wait=" + std::to_string(what.wait.count()));
  who = caller;
  submitted = std::move(what);
  reply_with(failure, std::move(done), core::submitted_task{.task = task, .replayed = replayed});
}

void fake_tasks::send(const core::caller& caller, task_id to, core::further_message what,
                      core::completion<core::submitted_task> done) {
  asked.push_back("send " + to.str() + " wait=" + std::to_string(what.wait.count()));
  who = caller;
  sent = std::move(what);
  reply_with(send_failure ? send_failure : failure, std::move(done),
             core::submitted_task{.task = task, .replayed = replayed, .message_seq = message_seq});
}

void fake_tasks::cancel(const core::caller&, task_id which, std::string reason, core::completion<core::task_ptr> done) {
  asked.push_back("cancel " + which.str() + " " + reason);
  reply_with(cancel_failure ? cancel_failure : failure, std::move(done), task);
}

void fake_tasks::get(const core::caller&, task_id which, core::completion<core::task_ptr> done) {
  asked.push_back("get " + which.str());
  if (found && !failure) return done(found(which));
  reply_with(failure, std::move(done), task);
}

void fake_tasks::await(const core::caller&, task_id which, milliseconds wait, core::completion<core::task_ptr> done) {
  asked.push_back("await " + which.str() + " wait=" + std::to_string(wait.count()));
  reply_with(failure, std::move(done), settled ? settled : task);
}

void fake_tasks::list(const core::caller& caller, core::task_filter wanted, core::page_request page,
                      core::completion<core::page<core::task_row>> done) {
  asked.push_back("list");
  who = caller;
  filter = std::move(wanted);
  want = std::move(page);
  if (pages && !failure) return done(pages(want));
  reply_with(failure, std::move(done), core::page<core::task_row>{.items = {task->row}, .next_cursor = next_cursor});
}

void fake_tasks::remove(const core::caller&, task_id which, core::completion<void> done) {
  asked.push_back("remove " + which.str());
  reply_with(failure, std::move(done));
}

void fake_tasks::events(const core::caller&, task_id which, std::uint64_t after, int limit,
                        core::completion<std::vector<core::event_ptr>> done) {
  asked.push_back("events " + which.str() + " after=" + std::to_string(after) + " limit=" + std::to_string(limit));
  reply_with(failure ? failure : events_failure, std::move(done), recorded);
}

void fake_tasks::subscribe(const core::caller& caller, task_id which, std::uint64_t after, std::size_t credit,
                           std::shared_ptr<core::event_sink>, core::completion<core::subscription_ptr> done) {
  asked.push_back("subscribe " + which.str() + " after=" + std::to_string(after) + " credit=" + std::to_string(credit));
  who = caller;
  reply_with(failure, std::move(done), core::subscription_ptr{std::make_unique<silent_subscription>()});
}

void fake_tasks::contexts(const core::caller&, core::page_request page,
                          core::completion<core::page<core::context_info>> done) {
  asked.push_back("contexts");
  want = std::move(page);
  core::page<core::context_info> out{.items = {{.id = "c-1", .created_at = some_time, .updated_at = some_time, .tasks = 2}},
                                     .next_cursor = next_cursor};
  reply_with(failure, std::move(done), std::move(out));
}

void fake_tasks::context(const core::caller&, std::string id, core::completion<core::context_info> done) {
  asked.push_back("context " + id);
  reply_with(failure, std::move(done),
             core::context_info{.id = id, .created_at = some_time, .updated_at = some_time, .tasks = 2});
}

void fake_tasks::context_messages(const core::caller&, std::string id, core::page_request page,
                                  core::completion<core::page<core::message>> done) {
  asked.push_back("context_messages " + id);
  want = std::move(page);
  reply_with(failure, std::move(done), core::page<core::message>{.items = task->history, .next_cursor = next_cursor});
}

void fake_tasks::remove_context(const core::caller&, std::string id, core::completion<void> done) {
  asked.push_back("remove_context " + id);
  reply_with(failure, std::move(done));
}

void fake_agents::list(core::agent_filter wanted, core::page_request page,
                       core::completion<core::page<core::agent_info>> done) {
  asked.push_back("list");
  filter = std::move(wanted);
  want = std::move(page);
  reply_with(failure, std::move(done), core::page<core::agent_info>{.items = {some_agent()}, .next_cursor = "echo"});
}

void fake_agents::get(std::string name, core::completion<core::agent_info> done) {
  asked.push_back("get " + name);
  reply_with(failure, std::move(done), some_agent());
}

void fake_agents::versions(std::string name, core::completion<std::vector<core::agent_version>> done) {
  asked.push_back("versions " + name);
  reply_with(failure, std::move(done),
             std::vector<core::agent_version>{{.version = 2, .created_at = some_time, .hash = "ab"},
                                              {.version = 1, .created_at = some_time, .hash = "cd"}});
}

void fake_agents::actor(std::string name, core::completion<core::agent_actor_info> done) {
  asked.push_back("actor " + name);
  reply_with(failure, std::move(done), core::agent_actor_info{.last_failure = "boom", .live_tasks = 4});
}

void fake_agents::command(std::string name, core::agent_command what, core::completion<core::agent_actor_info> done) {
  asked.push_back("command " + name + " " + std::to_string(static_cast<int>(what)));
  reply_with(failure, std::move(done), core::agent_actor_info{.state = core::agent_state::paused, .last_failure = {}});
}

void fake_agents::apply(core::definition_change what, core::completion<core::agent_info> done) {
  asked.push_back("apply " + what.name.value_or("new") + " " + std::to_string(what.if_version.value_or(0)) + " " +
                  what.document.dump());
  applied = std::move(what);
  auto made = some_agent();
  made.replayed = replayed;
  reply_with(failure, std::move(done), std::move(made));
}

void fake_agents::remove(std::string name, std::optional<int> if_version, bool drain, core::completion<bool> done) {
  asked.push_back("remove " + name + " " + std::to_string(if_version.value_or(0)) + (drain ? " drain" : ""));
  reply_with(failure, std::move(done), !drain);
}

void fake_agents::supervision(core::completion<core::supervision_node> done) {
  asked.push_back("supervision");
  core::supervision_node root{.name = "root",
                              .type = "supervisor",
                              .strategy = "one_for_one",
                              .state = "running",
                              .last_failure = {},
                              .children = {}};
  root.children.push_back({.name = "store",
                           .type = "worker",
                           .strategy = "",
                           .state = "restarting",
                           .restarts = 2,
                           .last_failure = "io",
                           .children = {}});
  reply_with(failure, std::move(done), std::move(root));
}

void fake_topics::publish(const core::caller& caller, core::publication what, core::completion<core::published> done) {
  asked.push_back("publish " + what.topic);
  who = caller;
  published = std::move(what);
  reply_with(failure, std::move(done), answer);
}

void fake_topics::list(const core::caller& caller, core::page_request page,
                       core::completion<core::page<core::topic_info>> done) {
  asked.push_back("list");
  who = caller;
  want = std::move(page);
  reply_with(failure, std::move(done), core::page<core::topic_info>{.items = topics, .next_cursor = next_cursor});
}

void fake_topics::subscribe(const core::caller&, std::string, std::optional<std::uint64_t>, std::size_t,
                            std::shared_ptr<core::topic_sink>, core::completion<core::subscription_ptr>) {
  FAIL("no route of this dialect follows topics");
}

void fake_configuration::reload(core::completion<core::reload_report> done) {
  ++reloads;
  reply_with(failure, std::move(done), report);
}

http::response harness::operator()(ask what) {
  const http::route* found = nullptr;
  for (const auto& route : table) {
    if (route.method == what.method && route.pattern == what.pattern) found = &route;
  }
  REQUIRE_MESSAGE(found != nullptr, what.method << " " << what.pattern);
  http::request from;
  from.method = what.method;
  from.path = what.pattern;
  for (const auto& [name, value] : what.parameters) {
    const auto hole = "{" + name + "}";
    const auto at = from.path.find(hole);
    REQUIRE(at != std::string::npos);
    from.path.replace(at, hole.size(), value);
  }
  from.parameters = std::move(what.parameters);
  from.query = std::move(what.query);
  from.body = std::move(what.body);
  from.headers = std::move(what.headers);
  from.from_browser = what.from_browser;
  from.request_id = "r-1";
  from.caller.principal = "ada";
  std::optional<http::response> got;
  int answers = 0;
  found->handle(std::move(from), [&](http::response answer) {
    ++answers;
    got = std::move(answer);
  });
  REQUIRE(answers == 1);
  return after_the_wait(std::move(*got), ending);
}

http::response after_the_wait(http::response from, bool ending) {
  if (!from.wait) return from;
  std::optional<http::response> got;
  auto& what = ending ? from.wait->cut_short : from.wait->begin;
  what([&](http::response answer) { got = std::move(answer); });
  REQUIRE(got);
  CHECK_FALSE(got->wait);
  return *std::move(got);
}

core::json harness::json(ask what, int status) {
  const auto got = (*this)(std::move(what));
  CHECK_MESSAGE(got.status == status, got.body);
  CHECK(got.content_type == "application/json");
  return core::json::parse(got.body);
}

core::json harness::problem(ask what, int status, std::string_view code) {
  const auto got = (*this)(std::move(what));
  CHECK_MESSAGE(got.status == status, got.body);
  CHECK(got.content_type == "application/problem+json");
  auto out = core::json::parse(got.body);
  CHECK(out["code"] == code);
  CHECK(out["request_id"] == "r-1");
  return out;
}

std::string header_of(const http::response& from, std::string_view name) {
  for (const auto& [key, value] : from.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace mofa::rest::testing

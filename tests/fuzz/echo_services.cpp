#include "tests/fuzz/echo_services.hpp"

#include <memory>
#include <utility>

#include "server/base/limits.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace mofa::fuzz {
namespace {

using core::caller;
using core::completion;
using core::json;

const task_id id = *task_id::parse(known_task);
const time_point begun = *parse_rfc3339("2026-01-31T09:00:00.123Z");

error unknown() { return fail(errc::not_found, "there is nothing here"); }

core::message answer_to(const core::message& said) {
  auto out = said;
  out.message_id = "answer";
  out.role = core::role::agent;
  return out;
}

core::artifact artifact_of(const core::message& said) {
  core::artifact out;
  out.artifact_id = said.message_id;
  out.name = said.text();
  out.parts = said.parts;
  out.metadata = said.metadata;
  out.extensions = said.extensions;
  return out;
}

core::agent_info the_agent() {
  static const auto made = [] {
    auto out = std::make_shared<core::definition>();
    out->name = known_agent;
    out->kind = "scenario";
    out->version = 1;
    out->description = "Says it again";
    out->shown.extended.emplace();
    return out;
  }();
  return {.definition = made, .state = core::agent_state::ready, .source = {}, .error = {}};
}

void check_page(const core::page_request& want) {
  claim(want.limit >= 1 && want.limit <= limits::page_max, "a page is not larger than allowed");
}

}  // namespace

void echo_tasks::forget() {
  state = core::task_state::completed;
  replies = false;
  said.reset();
  context_.clear();
}

core::task_ptr echo_tasks::task() const {
  auto out = std::make_shared<core::task>();
  auto& row = out->row;
  row.id = id;
  row.agent = known_agent;
  row.agent_version = 1;
  row.context_id = context_.empty() ? "c-1" : context_;
  row.created_at = row.updated_at = begun;
  row.last_seq = row.decided_seq = 1;
  row.status = {state, state == core::task_state::failed ? "broken" : "", std::nullopt, begun};
  if (!said) return out;
  const auto answer = answer_to(*said);
  out->history = {*said, answer};
  out->artifacts = {artifact_of(*said)};
  out->spoken = said->text();
  if (core::is_settled(state)) row.status.message = answer;
  if (replies) out->reply = answer;
  return out;
}

std::vector<core::event_ptr> echo_tasks::happened() const {
  std::vector<core::event_ptr> out;
  const auto add = [&](std::string_view kind, const json& data) {
    out.push_back(std::make_shared<core::event>(core::event{id, out.size() + 2, std::string{kind}, 1, begun, data.dump()}));
  };
  const auto source = said.value_or(core::text_message(core::role::user, "m-1", "hello"));
  const auto answer = core::to_json(answer_to(source));
  const auto to_artifact = [&](bool append, bool last) {
    return json{{"artifact", core::to_json(artifact_of(source))}, {"append", append}, {"last", last}};
  };
  add(core::kinds::status_changed, {{"state", "working"}, {"message", answer}});
  add(core::kinds::message_added, {{"message", answer}});
  add(core::kinds::artifact_updated, to_artifact(false, false));
  add(core::kinds::artifact_updated, to_artifact(true, true));
  add(core::kinds::effect_requested, {{"effect_id", "e-1"}, {"type", "model"}});
  add(core::kinds::effect_resolved, {{"effect_id", "e-1"}, {"value", {{"text", source.text() + " and more"}}}});
  if (replies) add(core::kinds::replied, {{"message", answer}});
  add(core::kinds::status_changed, {{"state", core::to_string(state)}, {"code", "broken"}});
  return out;
}

core::live_frame echo_tasks::heard() const {
  const auto text = said ? said->text() : "hello";
  return {"delta", json{{"effect_id", "e-1"}, {"attempt", 0}, {"offset", 0}, {"text", text}}.dump()};
}

void echo_tasks::submit(const caller&, core::submission what, completion<core::submitted_task> done) {
  claim(what.agent == known_agent, "only an agent that is there gets a task");
  claim(!what.message.parts.empty(), "what is said has parts");
  said = std::move(what.message);
  context_ = std::move(what.context_id);
  done(core::submitted_task{task()});
}

void echo_tasks::send(const caller&, task_id, core::further_message what, completion<core::submitted_task> done) {
  claim(!core::is_terminal(state), "nothing is said to a task that has ended");
  said = std::move(what.message);
  done(core::submitted_task{task(), false, 2});
}

void echo_tasks::cancel(const caller&, task_id, std::string, completion<core::task_ptr> done) {
  if (core::is_terminal(state)) return done(fail(errc::task_not_cancelable, "it has ended"));
  done(task());
}

void echo_tasks::get(const caller&, task_id which, completion<core::task_ptr> done) {
  if (which != id) return done(unknown());
  done(task());
}

void echo_tasks::await(const caller& who, task_id which, milliseconds, completion<core::task_ptr> done) {
  get(who, which, std::move(done));
}

void echo_tasks::list(const caller&, core::task_filter filter, core::page_request want,
                      completion<core::page<core::task_row>> done) {
  check_page(want);
  claim(filter.agent == known_agent, "tasks are those of the agent");
  if (!want.cursor.empty()) return done(fail(errc::invalid, "no such cursor"));
  core::page<core::task_row> out;
  out.items = {task()->row};
  out.next_cursor = "more";
  out.total = 2;
  done(std::move(out));
}

void echo_tasks::remove(const caller&, task_id, completion<void> done) { done(unknown()); }
void echo_tasks::events(const caller&, task_id, std::uint64_t, int, completion<std::vector<core::event_ptr>> done) {
  done(unknown());
}
void echo_tasks::subscribe(const caller&, task_id which, std::uint64_t, std::size_t, std::shared_ptr<core::event_sink>,
                           completion<core::subscription_ptr> done) {
  claim(which == id, "only a task that is there is followed");
  done(core::subscription_ptr{});
}
void echo_tasks::contexts(const caller&, core::page_request, completion<core::page<core::context_info>> done) {
  done(unknown());
}
void echo_tasks::context(const caller&, std::string, completion<core::context_info> done) { done(unknown()); }
void echo_tasks::context_messages(const caller&, std::string, core::page_request,
                                  completion<core::page<core::message>> done) {
  done(unknown());
}
void echo_tasks::remove_context(const caller&, std::string, completion<void> done) { done(unknown()); }

void echo_agents::list(core::agent_filter, core::page_request want, completion<core::page<core::agent_info>> done) {
  check_page(want);
  done(core::page<core::agent_info>{{the_agent()}, {}});
}
void echo_agents::get(std::string name, completion<core::agent_info> done) {
  if (name != known_agent) return done(fail(errc::not_found, "no agent '" + name + "'"));
  done(the_agent());
}
void echo_agents::versions(std::string, completion<std::vector<core::agent_version>> done) {
  done(std::vector<core::agent_version>{{1, begun, {}}});
}
void echo_agents::actor(std::string, completion<core::agent_actor_info> done) { done(unknown()); }
void echo_agents::command(std::string, core::agent_command, completion<core::agent_actor_info> done) { done(unknown()); }
void echo_agents::apply(core::definition_change, completion<core::agent_info> done) { done(unknown()); }
void echo_agents::remove(std::string, std::optional<int>, bool, completion<bool> done) { done(unknown()); }
void echo_agents::supervision(completion<core::supervision_node> done) { done(unknown()); }

void echo_pushes::create(const caller&, core::push_config what, std::uint64_t, completion<core::push_config> done) {
  claim(what.task == id, "only a task that is there has configurations");
  claim(!what.url.empty() && !what.dialect.empty(), "a configuration says where and in which words");
  if (what.id.empty()) what.id = "made";
  kept = std::move(what);
  done(*kept);
}
void echo_pushes::get(const caller&, task_id, std::string which, completion<core::push_config> done) {
  if (!kept || kept->id != which) return done(unknown());
  done(*kept);
}
void echo_pushes::list(const caller&, task_id, core::page_request want, completion<core::page<core::push_config>> done) {
  check_page(want);
  core::page<core::push_config> out;
  if (kept) out.items = {*kept};
  done(std::move(out));
}
void echo_pushes::remove(const caller&, task_id, std::string which, completion<void> done) {
  if (kept && kept->id == which) kept.reset();
  done(result<void>{});
}

}  // namespace mofa::fuzz

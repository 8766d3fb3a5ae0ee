#include "actors/scenario/runner.hpp"

#include <stdexcept>

#include "actors/scenario/lenient.hpp"
#include "protocols/core/input.hpp"
#include "protocols/core/seeded_id.hpp"

namespace mofa::scenario {
namespace {

namespace kinds = core::kinds;
using core::task_state;

/// What the filled-in texts of one decision may have together: a short template over a long message multiplies it.
constexpr std::size_t filled_bytes_max = 16 * 1024 * 1024;

struct limit_exceeded {};

}  // namespace

std::vector<core::event_draft> runner::begin(const incoming& message) {
  at_.step = 0;
  if (auto found = first_match(script_, message)) {
    at_.rule = static_cast<std::int32_t>(found->rule);
    groups_ = std::move(found->groups);
    std::erase_if(groups_, [&](const auto& group) { return !script_.uses(group.first); });
    for (const auto& [name, value] : groups_) at_.values.set(name, value);
    return go_on();
  }
  if (script_.otherwise) {
    at_.rule = progress::otherwise;
    return go_on();
  }
  emit_status(task_state::rejected, "no_rule", say("no rule of this agent matches the message"));
  return std::move(events_);
}

std::vector<core::event_draft> runner::go_on() {
  try {
    run_steps();
  } catch (const limit_exceeded&) {
    emit_status(task_state::failed, "limit_exceeded",
                say("the texts of one decision exceed " + std::to_string(filled_bytes_max) + " bytes"));
  }
  return std::move(events_);
}

void runner::run_steps() {
  while (at_.step < steps().size()) {
    const auto& next = steps()[at_.step++];
    const auto then = std::visit([this](const auto& one) { return run(one); }, next);
    if (then == flow::ended) return;
    if (then == flow::waits) return announce_work();
  }
  emit_status(task_state::completed, {}, {});
}

const std::vector<step>& runner::steps() const {
  static const std::vector<step> none;
  if (at_.rule == progress::otherwise) return script_.otherwise ? *script_.otherwise : none;
  const auto index = static_cast<std::size_t>(at_.rule);
  return at_.rule >= 0 && index < script_.rules.size() ? script_.rules[index].steps : none;
}

/// A message that leaves the task at work says so first. A pause or a call that ended changes no status.
void runner::announce_work() {
  if (fact_.kind != kinds::submitted && fact_.kind != kinds::message_received) return;
  if (stays_submitted_ && fact_.kind == kinds::submitted) return;
  const auto& first = events_.front();
  if (first.kind == kinds::status_changed && text_of(first.data, "state") == to_string(task_state::working)) return;
  events_.insert(events_.begin(), {std::string{kinds::status_changed}, {{"state", to_string(task_state::working)}}});
}

runner::flow runner::run(const status_step& what) {
  stays_submitted_ = what.state == task_state::submitted;
  if (!stays_submitted_) emit_status(task_state::working, {}, say(what.said));
  return flow::next;
}

runner::flow runner::run(const pause_step& what) {
  emit_stepped();
  emit(kinds::timer_set, {{"purpose", "pause"}, {"due", to_rfc3339(fact_.at + what.length)}});
  return flow::waits;
}

runner::flow runner::run(const artifact_step& what) {
  json shape{{"artifact_id", what.id}, {"name", fill(what.name)}};
  if (what.description) shape["description"] = fill(*what.description);
  fill_in(shape, what.held);
  emit(kinds::artifact_updated, {{"artifact", std::move(shape)}, {"append", what.append}, {"last", what.last}});
  return flow::next;
}

runner::flow runner::run(const call_step& what) {
  auto arguments = fill(what.arguments);
  emit_stepped();
  if (is_agent(what.tool)) {
    json data{{"type", "child"}, {"agent", what.tool.substr(agent_prefix.size())}, {"rerun", true}};
    core::put_arguments(data, std::move(arguments));
    emit(kinds::effect_requested, std::move(data));
  } else {
    emit(kinds::effect_requested,
         {{"type", "tool"}, {"tool", what.tool}, {"arguments", std::move(arguments)}, {"rerun", what.rerun}});
  }
  return flow::waits;
}

runner::flow runner::run(const publish_step& what) {
  auto data = fill(what.data);
  emit_stepped();
  emit(kinds::effect_requested,
       {{"type", "publish"}, {"topic", what.topic}, {"data", std::move(data)}, {"durable", what.durable}, {"rerun", true}});
  return flow::waits;
}

runner::flow runner::run(const ask_step& what) {
  auto question = say(what.said);
  // Nothing is left of the rule: the next message is a new turn.
  if (at_.step == steps().size()) at_.rule = progress::no_rule;
  emit_stepped();
  emit_status(what.state, {}, std::move(question));
  return flow::waits;
}

runner::flow runner::run(const end_step& what) {
  emit_status(what.state, what.code, say(what.said));
  return flow::ended;
}

runner::flow runner::run(const reply_step& what) {
  emit(kinds::replied, {{"message", say(what.said)}});
  emit_status(task_state::completed, {}, {});
  return flow::ended;
}

runner::flow runner::run(const crash_step& what) {
  // The n-th of a decision throws at the n-th attempt only: the ones before it have had their crash.
  if (what.once && ++crashes_once_ != fact_.attempt) return flow::next;
  throw std::runtime_error(fill(what.text));
}

void runner::emit_status(core::task_state state, std::string_view code, json message) {
  json data{{"state", to_string(state)}};
  if (!code.empty()) data["code"] = code;
  if (!message.is_null()) data["message"] = std::move(message);
  emit(kinds::status_changed, std::move(data));
}

void runner::emit_stepped() {
  json data{{"rule", rule_to_json(at_.rule)}, {"step", at_.step}};
  if (!groups_.empty()) {
    auto& variables = data["variables"] = json::object();
    for (const auto& [name, value] : groups_) variables[name] = value;
  }
  emit(stepped, std::move(data));
}

json runner::message(json parts) {
  return {{"message_id", core::seeded_id(fact_.seed, messages_++)}, {"role", "agent"}, {"parts", std::move(parts)}};
}

json runner::say(const content& what) {
  auto out = message({});
  fill_in(out, what);
  return out;
}

void runner::fill_in(json& to, const content& what) {
  to["parts"] = fill(what.parts);
  if (what.metadata) to["metadata"] = fill(*what.metadata);
  if (!what.extensions.is_null()) to["extensions"] = what.extensions;
}

std::string runner::fill(const text_template& text) {
  charge(text.bound_bytes(at_.values));
  return text.render(at_.values);
}

json runner::fill(const json_template& value) {
  charge(value.bound_bytes(at_.values));
  return value.render(at_.values);
}

void runner::charge(std::size_t bytes) {
  charged_bytes_ += bytes;
  if (charged_bytes_ > filled_bytes_max) throw limit_exceeded{};
}

}  // namespace mofa::scenario

#include "actors/task/journaled_task.hpp"

#include <algorithm>
#include <exception>
#include <limits>

#include "protocols/core/json_text.hpp"
#include "protocols/core/message_json.hpp"
#include "server/base/limits.hpp"

namespace mofa::task {
namespace {

namespace kinds = core::kinds;

// The same for the same fact: a retried decision sees the same randomness.
std::uint64_t seed_of(task_id id, std::uint64_t seq) {
  std::uint64_t z = seq * 0x9e3779b97f4a7c15ULL;
  for (const auto byte : id.bytes()) z = (z ^ byte) * 0x100000001b3ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

json status_data(core::task_state state, const std::string& code, const std::string& text, const std::string& message_id) {
  json data{{"state", core::to_string(state)}};
  if (!code.empty()) data["code"] = code;
  if (!text.empty()) data["message"] = core::to_json(core::text_message(core::role::agent, message_id, text));
  return data;
}

// A child has no more time than its parent, and no more than its agent allows.
milliseconds timeout_of(const core::agent_limits& agent, const core::submission& what) {
  const auto asked = what.timeout.value_or(agent.timeout);
  return what.child ? std::min(asked, agent.timeout) : asked;
}

// The smaller one of what the agent and the submission allow.
json budget_of(const core::agent_limits& agent, const core::budget& asked) {
  json out = json::object();
  const auto put = [&](const char* name, std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    if (a || b)
      out[name] = std::min(a.value_or(std::numeric_limits<std::int64_t>::max()),
                           b.value_or(std::numeric_limits<std::int64_t>::max()));
  };
  put("max_tokens", agent.max_tokens, asked.max_tokens);
  put("max_cost_microusd", agent.max_cost_microusd, asked.max_cost_microusd);
  put("max_descendants", std::nullopt, asked.max_descendants);
  return out;
}

bool requests_child(const core::event_draft& what) {
  return what.kind == kinds::effect_requested && what.data.value("type", std::string{}) == "child";
}

json parse_data(const core::event& what) { return json::parse(what.data, nullptr, false); }

}  // namespace

journaled_task::journaled_task(owner mine) : mine_(std::move(mine)), state_(mine_.behaviour->initial()) {}
journaled_task::~journaled_task() = default;

step journaled_task::submit(task_id id, const core::caller& who, core::submission what, time_point now, bool hold) {
  const auto& definition = *mine_.definition;
  json data{{"message", core::into_json(std::move(what.message))},
            {"agent", definition.name},
            {"agent_version", definition.version},
            {"context_id", what.context_id},
            {"priority", core::to_string(what.priority)},
            {"tenant", who.tenant},
            {"owner", who.principal},
            {"timeout_ms", timeout_of(definition.limits, what).count()}};
  if (!what.labels.empty()) data["labels"] = what.labels;
  if (what.context_new) data["context_new"] = true;
  for (const auto& each : what.history) data["history"].push_back(core::to_json(each));
  if (!what.instructions.empty()) data["instructions"] = what.instructions;
  if (!what.metadata.empty()) data["metadata"] = what.metadata;
  if (auto budget = budget_of(definition.limits, what.budget); !budget.empty()) data["budget"] = std::move(budget);
  envelope_.row.id = id;
  envelope_.row.durability = definition.durability;
  if (what.child) {
    data["parent_id"] = what.child->parent.str();
    data["depth"] = what.child->depth;
    envelope_.row.durability = what.child->durability;
  }
  auto out = take(kinds::submitted, std::move(data), now, !hold);
  if (what.idempotency) out.unit.idempotency = core::idempotency_record{who.tenant, who.principal, *what.idempotency, now};
  return out;
}

step journaled_task::receive(core::message what, time_point now, const json& metadata) {
  json data{{"message", core::into_json(std::move(what))}};
  if (!metadata.empty()) data["metadata"] = metadata;
  return take(kinds::message_received, std::move(data), now, true);
}

std::optional<step> journaled_task::resolve(const std::string& effect_id, const json& outcome, time_point now) {
  const auto* effect = envelope_.effect(effect_id);
  if (effect == nullptr) return std::nullopt;
  json data = outcome;
  data["effect_id"] = effect_id;
  // Who reads the journal from here on does not know the request.
  if (data.contains("value") && is_heard(effect->request)) data["heard"] = true;
  return take(kinds::effect_resolved, std::move(data), now, true);
}

std::optional<step> journaled_task::fire(const std::string& timer_id, time_point now) {
  const auto* timer = envelope_.timer(timer_id);
  if (timer == nullptr) return std::nullopt;
  const auto purpose = timer->purpose;
  json data{{"timer_id", timer_id}};
  if (purpose != "deadline" && purpose != "input") return take(kinds::timer_fired, std::move(data), now, true);

  // The host's own timers end the task, whatever its behaviour waits for.
  step out;
  out.unit.expected_seq = envelope_.row.last_seq;
  record(out, kinds::timer_fired, std::move(data), now);
  const bool deadline = purpose == "deadline";
  end_into(out, deadline ? "deadline_exceeded" : "input_timeout",
           deadline ? "the task did not end within its timeout" : "nobody answered within the input timeout", now);
  finish(out);
  return out;
}

step journaled_task::cancel(const std::string& reason, time_point now) {
  step out;
  out.unit.expected_seq = envelope_.row.last_seq;
  json data = json::object();
  if (!reason.empty()) data["reason"] = reason;
  record(out, kinds::cancel_requested, std::move(data), now);
  record(out, kinds::status_changed, status_data(core::task_state::canceled, "", "", ""), now);
  pending_.reset();
  finish(out);
  return out;
}

step journaled_task::decide(time_point now) {
  step out;
  out.unit.expected_seq = envelope_.row.last_seq;
  decide_into(out, now);
  finish(out);
  return out;
}

step journaled_task::fail(const std::string& code, const std::string& why, time_point now) {
  step out;
  out.unit.expected_seq = envelope_.row.last_seq;
  end_into(out, code, why, now);
  finish(out);
  return out;
}

void journaled_task::end_into(step& out, const std::string& code, const std::string& why, time_point now) {
  const auto message_id = envelope_.row.id.str() + "/" + std::to_string(envelope_.row.last_seq + 1);
  record(out, kinds::status_changed, status_data(core::task_state::failed, code, why, message_id), now);
  pending_.reset();
}

step journaled_task::take(std::string_view kind, json data, time_point now, bool decide_now) {
  step out;
  out.unit.expected_seq = envelope_.row.last_seq;
  core::event_draft draft{std::string{kind}, std::move(data)};
  record(out, draft, now);
  pending_ = pending_fact{out.unit.events.back(), std::move(draft.data)};
  if (decide_now) decide_into(out, now);
  if (!decide_now) keep_time(out, now);
  finish(out);
  return out;
}

void journaled_task::decide_into(step& out, time_point now) {
  const auto& fact = *pending_;
  const int attempt = envelope_.crashes + 1;
  std::vector<core::event_draft> drafts;
  try {
    drafts = mine_.behaviour->decide(
        envelope_.row, *state_,
        {fact.event->kind, fact.data, fact.event->at, seed_of(fact.event->task, fact.event->seq), attempt});
  } catch (const std::exception& thrown) {
    out.crash = thrown.what();
  } catch (...) {
    out.crash = "the behaviour threw something that is not an exception";
  }
  if (out.crash) {
    record(out, kinds::behaviour_crashed, json{{"reason", *out.crash}, {"attempt", attempt}}, now);
    return;
  }
  mine_.behaviour->apply(*state_, *fact.event, fact.data);
  pending_.reset();
  children_to_come_ = std::count_if(drafts.begin(), drafts.end(), requests_child);
  for (auto& draft : drafts) {
    const auto effects_before = envelope_.effects.size();
    const auto& recorded = record(out, draft, now);
    mine_.behaviour->apply(*state_, recorded, draft.data);
    if (envelope_.effects.size() > effects_before) {
      const auto& effect = envelope_.effects.back();
      out.start.push_back(effect);
      if (effect.is_child() && !effect.request.contains("denied")) start_child(out, effect.request, now);
    }
    if (ended()) break;  // nothing follows the end
  }
  keep_time(out, now);
}

void journaled_task::keep_time(step& out, time_point now) {
  if (ended()) return;
  const auto& limits = mine_.definition->limits;
  const bool awaiting = core::is_interrupted(envelope_.row.status.state);
  const auto set = [&](const char* purpose, milliseconds span) {
    record(out, kinds::timer_set, json{{"purpose", purpose}, {"due", to_rfc3339(now + span)}}, now);
  };
  const auto clear = [&](const pending_timer& timer, bool keep_left) {
    json data{{"timer_id", timer.id}};
    if (keep_left) data["left_ms"] = std::max<std::int64_t>(1, (timer.due - now).count());
    record(out, kinds::timer_canceled, std::move(data), now);
  };
  const auto* deadline = envelope_.timer_for("deadline");
  if (awaiting && deadline != nullptr) clear(*deadline, true);
  if (!awaiting && deadline == nullptr && envelope_.timeout_left > milliseconds{0}) set("deadline", envelope_.timeout_left);
  const auto* input = envelope_.timer_for("input");
  if (!awaiting && input != nullptr) clear(*input, false);
  if (awaiting && input == nullptr && limits.input_timeout) set("input", *limits.input_timeout);
}

void journaled_task::start_child(step& out, const json& request, time_point now) {
  core::event_draft draft{std::string{kinds::child_started},
                          {{"effect_id", request.at("effect_id")},
                           {"child_id", request.at("child_id")},
                           {"agent", request.value("agent", std::string{})}}};
  const auto& recorded = record(out, draft, now);
  mine_.behaviour->apply(*state_, recorded, draft.data);
}

// What the host adds to a request: its id, for a child its id, depth and share of the budget, and whether there is room.
void journaled_task::prepare_effect(json& data, std::uint64_t seq, time_point now) {
  data["effect_id"] = envelope_.row.id.str() + "/" + std::to_string(seq);
  const bool child = data.value("type", std::string{}) == "child";
  std::string met;
  allowance wanted;
  if (child) {
    data["child_id"] = child_id(seq, now).str();
    data["depth"] = envelope_.depth + 1;
    // Those that are asked for together get the same.
    data["reserve"] = envelope_.share(std::max<std::int64_t>(1, children_to_come_--));
    wanted.descendants = 1;
    if (envelope_.depth + 1 > limits::depth_max) met = "depth: " + std::to_string(limits::depth_max);
  }
  if (const auto reserve = data.find("reserve"); reserve != data.end()) {
    wanted.tokens = reserve->value("tokens", std::int64_t{0});
    wanted.cost_microusd = reserve->value("cost_microusd", std::int64_t{0});
    wanted.descendants += reserve->value("descendants", std::int64_t{0});
    // What has no price cannot be held to a cost limit.
    const bool model = data.value("type", std::string{}) == "model";
    if (model && envelope_.budget.max_cost_microusd && !reserve->contains("cost_microusd"))
      met = "max_cost_microusd: the model has no price";
  }
  if (met.empty()) met = envelope_.without_room_for(wanted);
  if (!met.empty()) data["denied"] = met;
}

// A UUIDv7 of now whose random bits follow from the parent and the number; kept where its parent is kept.
task_id journaled_task::child_id(std::uint64_t seq, time_point now) const {
  auto bytes = uuid7_floor(now);
  const auto seed = seed_of(envelope_.row.id, seq);
  const auto more = seed_of(envelope_.row.id, ~seq);
  for (std::size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(seed >> (8 * i));
  bytes[6] = static_cast<std::uint8_t>(0x70 | (more & 0x0f));
  bytes[7] = static_cast<std::uint8_t>(more >> 8);
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));
  const auto mark = envelope_.row.id.bytes().back() & 1U;
  bytes.back() = static_cast<std::uint8_t>((bytes.back() & 0xfeU) | mark);
  return task_id{bytes};
}

const core::event& journaled_task::record(step& out, std::string_view kind, json data, time_point now) {
  core::event_draft draft{std::string{kind}, std::move(data)};
  return record(out, draft, now);
}

const core::event& journaled_task::record(step& out, core::event_draft& draft, time_point now) {
  const auto seq = envelope_.row.last_seq + 1;
  const auto numbered_id = [&] { return envelope_.row.id.str() + "/" + std::to_string(seq); };
  if (draft.kind == kinds::effect_requested) prepare_effect(draft.data, seq, now);
  if (draft.kind == kinds::timer_set) draft.data["timer_id"] = numbered_id();
  if (draft.kind == kinds::timer_fired || draft.kind == kinds::timer_canceled)
    out.unit.timers_cleared.push_back(draft.data.value("timer_id", std::string{}));
  const bool ends =
      draft.kind == kinds::status_changed &&
      core::is_terminal(core::task_state_from(draft.data.value("state", std::string{})).value_or(core::task_state::working));
  if (ends) {
    for (const auto& effect : envelope_.effects) out.abort.push_back(effect.id);
    for (const auto& timer : envelope_.timers) out.unit.timers_cleared.push_back(timer.id);
  }
  auto made = std::make_shared<core::event>();
  made->task = envelope_.row.id;
  made->seq = seq;
  made->kind = draft.kind;
  made->version = draft.version;
  made->at = now;
  core::append_json(made->data, draft.data);
  envelope_.apply(*made, draft.data);
  const auto& reference = *made;
  out.unit.events.push_back(std::move(made));
  return reference;
}

void journaled_task::finish(step& out) {
  auto& row = envelope_.row;
  if (!pending_) row.decided_seq = row.last_seq;
  if (ended()) {
    // Effects that were requested and ended by the same decision are never started.
    out.start.clear();
  }
  row.wake = pending_.has_value() || !envelope_.effects.empty();
  out.unit.epoch = mine_.epoch;
  out.unit.row = row;
  out.unit.timers_set.clear();
  if (!ended()) {
    for (const auto& timer : envelope_.timers) {
      const auto seq = std::stoull(timer.id.substr(timer.id.find('/') + 1));
      if (seq > out.unit.expected_seq) out.unit.timers_set.push_back({timer.id, row.id, row.agent, timer.due});
    }
  }
  if (!pending_ && !ended() && row.last_seq - snapshot_seq_ >= limits::snapshot_every_events) {
    json body{{"envelope", envelope_.save()},
              {"behaviour_version", mine_.behaviour->snapshot_version()},
              {"behaviour", mine_.behaviour->save(*state_)}};
    out.unit.snapshot = core::snapshot{row.last_seq, body.dump()};
    snapshot_seq_ = row.last_seq;
  }
}

core::task_ptr journaled_task::view() {
  if (!ended()) return std::make_shared<const core::task>(envelope_.view());
  // Its messages are needed for nothing else any more.
  if (!last_view_) last_view_ = std::make_shared<const core::task>(std::move(envelope_).view());
  return last_view_;
}

envelope journaled_task::fold(const core::loaded_task& from) {
  envelope out;
  out.row = from.row;
  if (from.snapshot) {
    const auto body = json::parse(from.snapshot->body, nullptr, false);
    if (!body.is_discarded()) out.load(body.at("envelope"));
  }
  for (const auto& event : from.events) out.apply(*event, parse_data(*event));
  const auto decided = from.row.decided_seq;
  const auto durability = from.row.durability;
  out.row.decided_seq = decided;
  out.row.durability = durability;
  out.row.wake = from.row.wake;
  return out;
}

result<journaled_task> journaled_task::restore(owner mine, const core::loaded_task& from) {
  journaled_task out{std::move(mine)};
  auto& behaviour = *out.mine_.behaviour;
  out.envelope_.row = from.row;
  if (from.snapshot) {
    const auto body = json::parse(from.snapshot->body, nullptr, false);
    if (body.is_discarded()) return mofa::fail(errc::corrupt, "the snapshot of task " + from.row.id.str() + " is not JSON");
    auto loaded = behaviour.load(body.value("behaviour_version", 0), body.at("behaviour"));
    // A snapshot of another version is ignored: the caller hands in the whole journal then.
    if (!loaded) return mofa::fail(errc::version_too_new, "the snapshot has another version; fold the whole journal");
    out.state_ = std::move(loaded);
    out.envelope_.load(body.at("envelope"));
    out.snapshot_seq_ = from.snapshot->seq;
  }
  for (const auto& event : from.events) {
    if (!behaviour.knows(event->kind, event->version))
      return mofa::fail(errc::unsupported, "event " + std::to_string(event->seq) + " of kind '" + event->kind +
                                               "' version " + std::to_string(event->version) +
                                               " is not known to this binary");
    const auto data = parse_data(*event);
    if (data.is_discarded())
      return mofa::fail(errc::corrupt,
                        "event " + std::to_string(event->seq) + " of task " + from.row.id.str() + " is not JSON");
    out.envelope_.apply(*event, data);
    if (event->seq <= from.row.decided_seq) {
      behaviour.apply(*out.state_, *event, data);
    } else if (core::is_fact(event->kind)) {
      out.pending_ = pending_fact{event, data};
    }
  }
  out.envelope_.row.decided_seq = from.row.decided_seq;
  out.envelope_.row.durability = from.row.durability;
  return out;
}

}  // namespace mofa::task

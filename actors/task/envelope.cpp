#include "actors/task/envelope.hpp"

#include <algorithm>

#include "server/base/limits.hpp"

namespace mofa::task {
namespace {

namespace kinds = core::kinds;

std::string text_of(const json& from, const char* member) {
  const auto found = from.find(member);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

void remember(std::vector<core::message>& history, const json& source) {
  auto message = core::message_from_json(source, "");
  if (!message) return;
  if (history.size() >= limits::history_window) history.erase(history.begin());
  history.push_back(std::move(*message));
}

void be_submitted(envelope& self, const core::event& what, const json& data) {
  auto& row = self.row;
  row.id = what.task;
  row.tenant = text_of(data, "tenant");
  row.owner = text_of(data, "owner");
  row.agent = text_of(data, "agent");
  row.agent_version = data.value("agent_version", 0);
  row.context_id = text_of(data, "context_id");
  if (const auto parent = task_id::parse(text_of(data, "parent_id"))) row.parent_id = parent;
  row.priority = core::priority_from(text_of(data, "priority")).value_or(core::priority::normal);
  row.created_at = what.at;
  if (const auto labels = data.find("labels"); labels != data.end()) row.labels = labels->get<core::label_map>();
  row.status = {core::task_state::submitted, {}, std::nullopt, what.at};
  // A fold begins with the stored row, which has counted all of it already.
  row.usage = {};
  self.timeout_left = milliseconds{data.value("timeout_ms", std::int64_t{0})};
  self.depth = data.value("depth", 0);
  if (const auto budget = data.find("budget"); budget != data.end()) {
    if (budget->contains("max_tokens")) self.budget.max_tokens = budget->at("max_tokens").get<std::int64_t>();
    if (budget->contains("max_cost_microusd"))
      self.budget.max_cost_microusd = budget->at("max_cost_microusd").get<std::int64_t>();
    if (budget->contains("max_descendants")) self.budget.max_descendants = budget->at("max_descendants").get<std::int64_t>();
  }
  if (const auto message = data.find("message"); message != data.end()) remember(self.history, *message);
}

void change_status(envelope& self, const core::event& what, const json& data) {
  auto& status = self.row.status;
  status.state = core::task_state_from(text_of(data, "state")).value_or(status.state);
  status.code = text_of(data, "code");
  status.timestamp = what.at;
  status.message.reset();
  if (const auto message = data.find("message"); message != data.end()) {
    if (auto read = core::message_from_json(*message, "")) status.message = std::move(*read);
    remember(self.history, *message);
  } else if (core::is_terminal(status.state)) {
    // A task that ends without a word has said its last one with its reply.
    status.message = self.reply;
  }
  if (core::is_terminal(status.state)) {
    self.effects.clear();
    self.timers.clear();
  }
}

void update_artifact(envelope& self, const json& data) {
  const auto source = data.find("artifact");
  if (source == data.end()) return;
  auto read = core::artifact_from_json(*source, "");
  if (!read) return;
  auto& all = self.artifacts;
  const auto known = std::find_if(all.begin(), all.end(), [&](const auto& a) { return a.artifact_id == read->artifact_id; });
  if (known == all.end()) {
    all.push_back(std::move(*read));
  } else if (data.value("append", false)) {
    std::move(read->parts.begin(), read->parts.end(), std::back_inserter(known->parts));
  } else {
    *known = std::move(*read);
  }
}

allowance reserve_of(const json& request) {
  const auto found = request.find("reserve");
  if (found == request.end() || request.contains("denied")) return {};
  return {found->value("tokens", std::int64_t{0}), found->value("cost_microusd", std::int64_t{0}),
          found->value("descendants", std::int64_t{0})};
}

void request_effect(envelope& self, const json& data) {
  const auto type = text_of(data, "type");
  if (type == "model") ++self.row.usage.model_calls;
  if (type == "tool" || type == "child") ++self.row.usage.tool_calls;
  if (type == "child") ++self.row.usage.descendants;
  const auto reserved = reserve_of(data);
  self.reserved.tokens += reserved.tokens;
  self.reserved.cost_microusd += reserved.cost_microusd;
  self.reserved.descendants += reserved.descendants;
  self.effects.push_back({text_of(data, "effect_id"), data});
}

void be_replied(envelope& self, const json& data) {
  const auto source = data.find("message");
  if (source == data.end()) return;
  remember(self.history, *source);
  if (auto read = core::message_from_json(*source, "")) self.reply = std::move(*read);
}

void hear(envelope& self, const json& request, const json& outcome) {
  if (!is_heard(request)) return;
  const auto value = outcome.find("value");
  if (value == outcome.end() || !value->is_object()) return;
  if (auto words = text_of(*value, "text"); !words.empty()) self.spoken = std::move(words);
}

// What was reserved is settled by what was used.
void resolve_effect(envelope& self, const json& data) {
  const auto id = text_of(data, "effect_id");
  const auto* effect = self.effect(id);
  if (effect == nullptr) return;
  hear(self, effect->request, data);
  const auto reserved = reserve_of(effect->request);
  self.reserved.tokens -= reserved.tokens;
  self.reserved.cost_microusd -= reserved.cost_microusd;
  self.reserved.descendants -= reserved.descendants;
  if (const auto used = data.find("usage"); used != data.end() && used->is_object()) {
    auto& sum = self.row.usage;
    sum.input_tokens += used->value("input_tokens", std::int64_t{0});
    sum.output_tokens += used->value("output_tokens", std::int64_t{0});
    sum.cost_microusd += used->value("cost_microusd", std::int64_t{0});
    sum.model_calls += used->value("model_calls", std::int64_t{0});
    sum.tool_calls += used->value("tool_calls", std::int64_t{0});
    sum.descendants += used->value("descendants", std::int64_t{0});
  }
  std::erase_if(self.effects, [&](const auto& entry) { return entry.id == id; });
}

void set_timer(envelope& self, const json& data) {
  const auto due = parse_rfc3339(text_of(data, "due"));
  if (!due) return;
  self.timers.push_back({text_of(data, "timer_id"), text_of(data, "purpose"), *due});
  if (self.timers.back().purpose == "deadline") self.timeout_left = milliseconds{0};
}

template <class List>
void erase_id(List& list, const std::string& id) {
  std::erase_if(list, [&](const auto& entry) { return entry.id == id; });
}

template <class List>
auto find_id(const List& list, std::string_view id) -> const typename List::value_type* {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.id == id; });
  return found == list.end() ? nullptr : &*found;
}

// Snapshots of 0.1 hold the members of a tool's call themselves, and of the usage the number of tool calls only.
json request_of_0_1(const json& effect) {
  return {{"effect_id", text_of(effect, "id")},
          {"type", "tool"},
          {"tool", text_of(effect, "tool")},
          {"arguments", effect.value("arguments", json::object())},
          {"rerun", effect.value("rerun", false)}};
}

void load_usage(envelope& self, const json& saved) {
  auto& used = self.row.usage;
  used = {};
  used.tool_calls = saved.value("tool_calls", std::int64_t{0});
  if (const auto found = saved.find("usage"); found != saved.end()) {
    used.input_tokens = found->value("input_tokens", std::int64_t{0});
    used.output_tokens = found->value("output_tokens", std::int64_t{0});
    used.cost_microusd = found->value("cost_microusd", std::int64_t{0});
    used.model_calls = found->value("model_calls", std::int64_t{0});
    used.tool_calls = found->value("tool_calls", std::int64_t{0});
    used.descendants = found->value("descendants", std::int64_t{0});
  }
  self.budget = {};
  if (saved.contains("max_tokens")) self.budget.max_tokens = saved.at("max_tokens").get<std::int64_t>();
  if (saved.contains("max_cost_microusd")) self.budget.max_cost_microusd = saved.at("max_cost_microusd").get<std::int64_t>();
  if (saved.contains("max_descendants")) self.budget.max_descendants = saved.at("max_descendants").get<std::int64_t>();
}

std::vector<std::string> speaking_effects(const std::vector<pending_effect>& all) {
  std::vector<std::string> out;
  for (const auto& each : all)
    if (is_heard(each.request)) out.push_back(each.id);
  return out;
}

json messages_to_json(const std::vector<core::message>& list) {
  auto out = json::array();
  for (const auto& entry : list) out.push_back(core::to_json(entry));
  return out;
}

}  // namespace

bool is_heard(const json& request) { return text_of(request, "type") == "model" && !request.contains("output_schema"); }

void envelope::apply(const core::event& what, const json& data) {
  const std::string_view kind = what.kind;
  if (kind == kinds::submitted) {
    be_submitted(*this, what, data);
  } else if (kind == kinds::status_changed) {
    change_status(*this, what, data);
  } else if (kind == kinds::message_received || kind == kinds::message_added) {
    if (const auto message = data.find("message"); message != data.end()) remember(history, *message);
  } else if (kind == kinds::replied) {
    be_replied(*this, data);
  } else if (kind == kinds::artifact_updated) {
    update_artifact(*this, data);
  } else if (kind == kinds::effect_requested) {
    request_effect(*this, data);
  } else if (kind == kinds::effect_resolved) {
    resolve_effect(*this, data);
  } else if (kind == kinds::timer_set) {
    set_timer(*this, data);
  } else if (kind == kinds::timer_fired || kind == kinds::timer_canceled) {
    erase_id(timers, text_of(data, "timer_id"));
    if (data.contains("left_ms")) timeout_left = milliseconds{data.value("left_ms", std::int64_t{0})};
  }
  crashes = kind == kinds::behaviour_crashed ? crashes + 1 : 0;
  row.last_seq = what.seq;
  row.updated_at = what.at;
}

core::task envelope::view() const& { return {row, artifacts, history, reply, spoken, speaking_effects(effects)}; }

core::task envelope::view() && {
  return {row, std::move(artifacts), std::move(history), std::move(reply), std::move(spoken), speaking_effects(effects)};
}

const pending_timer* envelope::timer(std::string_view id) const { return find_id(timers, id); }

const pending_timer* envelope::timer_for(std::string_view purpose) const {
  const auto found = std::find_if(timers.begin(), timers.end(), [&](const auto& t) { return t.purpose == purpose; });
  return found == timers.end() ? nullptr : &*found;
}

const pending_effect* envelope::effect(std::string_view id) const { return find_id(effects, id); }

std::string envelope::without_room_for(const allowance& more) const {
  const auto tokens = row.usage.input_tokens + row.usage.output_tokens + reserved.tokens + more.tokens;
  if (budget.max_tokens && tokens > *budget.max_tokens) return "max_tokens: " + std::to_string(*budget.max_tokens);
  const auto cost = row.usage.cost_microusd + reserved.cost_microusd + more.cost_microusd;
  if (budget.max_cost_microusd && cost > *budget.max_cost_microusd)
    return "max_cost_microusd: " + std::to_string(*budget.max_cost_microusd);
  const auto most = budget.max_descendants.value_or(limits::descendants_max);
  if (more.descendants > 0 && row.usage.descendants + reserved.descendants + more.descendants > most)
    return "descendants: " + std::to_string(most);
  return {};
}

json envelope::share(std::int64_t children) const {
  json out;
  const auto part = [&](std::int64_t left) { return std::max<std::int64_t>(0, left) / (children + 1); };
  const auto most = budget.max_descendants.value_or(limits::descendants_max);
  out["descendants"] = part(most - row.usage.descendants - reserved.descendants - children);
  if (budget.max_tokens)
    out["tokens"] = part(*budget.max_tokens - row.usage.input_tokens - row.usage.output_tokens - reserved.tokens);
  if (budget.max_cost_microusd)
    out["cost_microusd"] = part(*budget.max_cost_microusd - row.usage.cost_microusd - reserved.cost_microusd);
  return out;
}

bool envelope::has_message(std::string_view message_id) const {
  return std::any_of(history.begin(), history.end(), [&](const auto& m) { return m.message_id == message_id; });
}

bool envelope::has_message(const core::message& what) const {
  if (!has_message(what.message_id)) return false;
  const auto wanted = core::to_json(what);
  return std::any_of(history.begin(), history.end(),
                     [&](const auto& each) { return each.message_id == what.message_id && core::to_json(each) == wanted; });
}

json envelope::save() const {
  json out;
  const auto& status = row.status;
  out["status"] = {{"state", core::to_string(status.state)}, {"code", status.code}, {"at", to_rfc3339(status.timestamp)}};
  if (status.message) out["status"]["message"] = core::to_json(*status.message);
  const auto& used = row.usage;
  out["usage"] = {{"input_tokens", used.input_tokens},   {"output_tokens", used.output_tokens},
                  {"cost_microusd", used.cost_microusd}, {"model_calls", used.model_calls},
                  {"tool_calls", used.tool_calls},       {"descendants", used.descendants}};
  if (budget.max_tokens) out["max_tokens"] = *budget.max_tokens;
  if (budget.max_cost_microusd) out["max_cost_microusd"] = *budget.max_cost_microusd;
  out["depth"] = depth;
  if (budget.max_descendants) out["max_descendants"] = *budget.max_descendants;
  out["timeout_left_ms"] = timeout_left.count();
  out["history"] = messages_to_json(history);
  out["artifacts"] = json::array();
  for (const auto& entry : artifacts) out["artifacts"].push_back(core::to_json(entry));
  if (reply) out["reply"] = core::to_json(*reply);
  if (!spoken.empty()) out["spoken"] = spoken;
  out["effects"] = json::array();
  for (const auto& e : effects) out["effects"].push_back({{"id", e.id}, {"request", e.request}});
  out["timers"] = json::array();
  for (const auto& t : timers) out["timers"].push_back({{"id", t.id}, {"purpose", t.purpose}, {"due", to_rfc3339(t.due)}});
  return out;
}

void envelope::load(const json& saved) {
  const auto& status = saved.at("status");
  row.status.state = core::task_state_from(text_of(status, "state")).value_or(core::task_state::submitted);
  row.status.code = text_of(status, "code");
  row.status.timestamp = parse_rfc3339(text_of(status, "at")).value_or(time_point{});
  row.status.message.reset();
  if (const auto message = status.find("message"); message != status.end())
    if (auto read = core::message_from_json(*message, "")) row.status.message = std::move(*read);
  load_usage(*this, saved);
  depth = saved.value("depth", 0);
  timeout_left = milliseconds{saved.value("timeout_left_ms", std::int64_t{0})};
  history.clear();
  for (const auto& entry : saved.at("history")) remember(history, entry);
  artifacts.clear();
  for (const auto& entry : saved.at("artifacts"))
    if (auto read = core::artifact_from_json(entry, "")) artifacts.push_back(std::move(*read));
  reply.reset();
  if (const auto message = saved.find("reply"); message != saved.end())
    if (auto read = core::message_from_json(*message, "")) reply = std::move(*read);
  spoken = text_of(saved, "spoken");
  effects.clear();
  reserved = {};
  for (const auto& e : saved.at("effects")) {
    effects.push_back({text_of(e, "id"), e.contains("request") ? e.at("request") : request_of_0_1(e)});
    const auto held = reserve_of(effects.back().request);
    reserved.tokens += held.tokens;
    reserved.cost_microusd += held.cost_microusd;
    reserved.descendants += held.descendants;
  }
  timers.clear();
  for (const auto& t : saved.at("timers"))
    timers.push_back({text_of(t, "id"), text_of(t, "purpose"), parse_rfc3339(text_of(t, "due")).value_or(time_point{})});
}

}  // namespace mofa::task

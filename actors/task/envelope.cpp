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

void request_effect(envelope& self, const json& data) {
  self.effects.push_back({text_of(data, "effect_id"), text_of(data, "tool"), data.value("arguments", json::object()),
                          data.value("rerun", false)});
  ++self.row.usage.tool_calls;
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

json messages_to_json(const std::vector<core::message>& list) {
  auto out = json::array();
  for (const auto& entry : list) out.push_back(core::to_json(entry));
  return out;
}

}  // namespace

void envelope::apply(const core::event& what, const json& data) {
  const std::string_view kind = what.kind;
  if (kind == kinds::submitted) {
    be_submitted(*this, what, data);
  } else if (kind == kinds::status_changed) {
    change_status(*this, what, data);
  } else if (kind == kinds::message_received || kind == kinds::message_added || kind == kinds::replied) {
    if (const auto message = data.find("message"); message != data.end()) remember(history, *message);
  } else if (kind == kinds::artifact_updated) {
    update_artifact(*this, data);
  } else if (kind == kinds::effect_requested) {
    request_effect(*this, data);
  } else if (kind == kinds::effect_resolved) {
    erase_id(effects, text_of(data, "effect_id"));
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

const pending_timer* envelope::timer(std::string_view id) const { return find_id(timers, id); }

const pending_timer* envelope::timer_for(std::string_view purpose) const {
  const auto found = std::find_if(timers.begin(), timers.end(), [&](const auto& t) { return t.purpose == purpose; });
  return found == timers.end() ? nullptr : &*found;
}

const pending_effect* envelope::effect(std::string_view id) const { return find_id(effects, id); }

bool envelope::has_message(std::string_view message_id) const {
  return std::any_of(history.begin(), history.end(), [&](const auto& m) { return m.message_id == message_id; });
}

json envelope::save() const {
  json out;
  const auto& status = row.status;
  out["status"] = {{"state", core::to_string(status.state)}, {"code", status.code}, {"at", to_rfc3339(status.timestamp)}};
  if (status.message) out["status"]["message"] = core::to_json(*status.message);
  out["tool_calls"] = row.usage.tool_calls;
  out["timeout_left_ms"] = timeout_left.count();
  out["history"] = messages_to_json(history);
  out["artifacts"] = json::array();
  for (const auto& entry : artifacts) out["artifacts"].push_back(core::to_json(entry));
  out["effects"] = json::array();
  for (const auto& e : effects)
    out["effects"].push_back({{"id", e.id}, {"tool", e.tool}, {"arguments", e.arguments}, {"rerun", e.rerun}});
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
  row.usage = {};
  row.usage.tool_calls = saved.value("tool_calls", std::int64_t{0});
  timeout_left = milliseconds{saved.value("timeout_left_ms", std::int64_t{0})};
  history.clear();
  for (const auto& entry : saved.at("history")) remember(history, entry);
  artifacts.clear();
  for (const auto& entry : saved.at("artifacts"))
    if (auto read = core::artifact_from_json(entry, "")) artifacts.push_back(std::move(*read));
  effects.clear();
  for (const auto& e : saved.at("effects"))
    effects.push_back({text_of(e, "id"), text_of(e, "tool"), e.at("arguments"), e.value("rerun", false)});
  timers.clear();
  for (const auto& t : saved.at("timers"))
    timers.push_back({text_of(t, "id"), text_of(t, "purpose"), parse_rfc3339(text_of(t, "due")).value_or(time_point{})});
}

}  // namespace mofa::task

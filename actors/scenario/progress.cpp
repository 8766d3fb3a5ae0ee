#include "actors/scenario/progress.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "actors/scenario/lenient.hpp"
#include "actors/scenario/match.hpp"

namespace mofa::scenario {
namespace {

namespace kinds = core::kinds;

constexpr std::array<std::string_view, 4> awaited_names{"nothing", "pause", "call", "answer"};

template <class Number>
std::optional<Number> number_of(const json& object, std::string_view name) {
  const auto* value = child(object, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (!value->is_number_unsigned() && value->get<std::int64_t>() < 0) return std::nullopt;
  const auto wide = value->get<std::uint64_t>();
  if (wide > static_cast<std::uint64_t>(std::numeric_limits<Number>::max())) return std::nullopt;
  return static_cast<Number>(wide);
}

/// n of "<task>/n"; 0 when it is not an id of this task.
std::uint64_t request_number(const json& data, std::string_view member, const task_id& task) {
  constexpr std::size_t uuid_length = 36;
  const auto text = text_of(data, member);
  if (text.size() < uuid_length + 2 || text[uuid_length] != '/') return 0;
  if (task_id::parse(text.substr(0, uuid_length)) != task) return 0;
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data() + uuid_length + 1, end, number);
  return failure == std::errc{} && stop == end ? number : 0;
}

std::optional<std::int32_t> rule_from_json(const json& object) {
  const auto* value = child(object, "rule");
  if (value == nullptr || value->is_null()) return progress::no_rule;
  if (value->is_string()) return progress::otherwise;
  return number_of<std::int32_t>(object, "rule");
}

/// Only what some template names is kept: a live task holds no text that nobody will read.
void set(progress& to, const script& source, std::string_view name, std::string_view value) {
  if (source.uses(name)) to.values.set(name, std::string{value});
}

void set_all(progress& to, const script& source, const json* values) {
  if (values == nullptr || !values->is_object()) return;
  for (const auto& entry : values->items()) {
    if (entry.value().is_string()) set(to, source, entry.key(), entry.value().get_ref<const std::string&>());
  }
}

void take_message(progress& to, const script& source, const json& data) {
  ++to.turn;
  const auto said = read_incoming(data, to.turn);
  if (to.waits_for == awaited::answer) {
    set(to, source, "answer", said.text);
    if (to.rule != progress::no_rule) return;
  }
  set(to, source, "text", said.text);
}

void take_outcome(progress& to, const script& source, const json& data) {
  if (const auto* failure = child(data, "error")) {
    const auto detail = text_of(*failure, "detail");
    set(to, source, "error", detail.empty() ? text_of(*failure, "code") : detail);
    set(to, source, "result", {});
    return;
  }
  const auto* value = child(data, "value");
  set(to, source, "error", {});
  if (value == nullptr || !source.uses("result")) return;
  // What another agent said is its text; the value of a tool is shown whole.
  const bool of_agent = value->is_object() && value->contains("task_id") && value->contains("text");
  const auto& shown = of_agent ? value->at("text") : *value;
  set(to, source, "result",
      shown.is_string() ? shown.get<std::string>() : shown.dump(-1, ' ', false, json::error_handler_t::replace));
}

void take_step(progress& to, const script& source, const json& data) {
  const auto which = rule_from_json(data);
  const auto next = number_of<std::uint32_t>(data, "step");
  if (!which || !next) return;
  to.rule = *which;
  to.step = *next;
  to.waits_for = awaited::nothing;
  to.request = 0;
  set_all(to, source, child(data, "variables"));
}

void take_status(progress& to, const json& data) {
  const auto state = core::task_state_from(text_of(data, "state"));
  if (!state) return;
  if (core::is_interrupted(*state)) {
    to.waits_for = awaited::answer;
  } else if (core::is_terminal(*state)) {
    to.waits_for = awaited::nothing;
    to.values = {};
  }
}

void wait_for(progress& to, awaited what, std::uint64_t request) {
  to.waits_for = what;
  to.request = request;
}

}  // namespace

void take(progress& to, const script& source, const task_id& task, std::string_view kind, const json& data) {
  if (kind == kinds::submitted || kind == kinds::message_received) {
    take_message(to, source, data);
  } else if (kind == kinds::effect_resolved) {
    if (is_awaited(to, task, kind, data)) take_outcome(to, source, data);
  } else if (kind == stepped) {
    take_step(to, source, data);
  } else if (kind == kinds::status_changed) {
    take_status(to, data);
  } else if (kind == kinds::timer_set) {
    if (text_of(data, "purpose") == "pause") wait_for(to, awaited::pause, request_number(data, "timer_id", task));
  } else if (kind == kinds::effect_requested) {
    wait_for(to, awaited::call, request_number(data, "effect_id", task));
  }
}

bool is_awaited(const progress& at, const task_id& task, std::string_view kind, const json& data) {
  const auto requested = [&](std::string_view member) {
    return at.request != 0 && request_number(data, member, task) == at.request;
  };
  switch (at.waits_for) {
    case awaited::nothing:
      return false;
    case awaited::answer:
      return kind == kinds::message_received;
    case awaited::pause:
      return kind == kinds::timer_fired && requested("timer_id");
    case awaited::call:
      return kind == kinds::effect_resolved && requested("effect_id");
  }
  return false;
}

json rule_to_json(std::int32_t rule) {
  if (rule == progress::no_rule) return nullptr;
  if (rule == progress::otherwise) return "otherwise";
  return static_cast<std::uint32_t>(rule);
}

json save(const progress& from) {
  json values = json::object();
  for (const auto& [name, value] : from.values) values[name] = value;
  return {{"rule", rule_to_json(from.rule)},
          {"step", from.step},
          {"turn", from.turn},
          {"waits_for", awaited_names[static_cast<std::size_t>(from.waits_for)]},
          {"request", from.request},
          {"variables", std::move(values)}};
}

std::optional<progress> load(const json& saved) {
  progress out;
  const auto which = rule_from_json(saved);
  const auto next = number_of<std::uint32_t>(saved, "step");
  const auto turn = number_of<std::uint32_t>(saved, "turn");
  const auto request = number_of<std::uint64_t>(saved, "request");
  const auto* values = child(saved, "variables");
  if (!which || !next || !turn || !request || values == nullptr || !values->is_object()) return std::nullopt;
  std::size_t waits = 0;
  while (waits < awaited_names.size() && awaited_names[waits] != text_of(saved, "waits_for")) ++waits;
  if (waits == awaited_names.size()) return std::nullopt;
  out.rule = *which;
  out.step = *next;
  out.turn = *turn;
  out.waits_for = static_cast<awaited>(waits);
  out.request = *request;
  for (const auto& entry : values->items()) {
    if (!entry.value().is_string()) return std::nullopt;
    out.values.set(entry.key(), entry.value().get<std::string>());
  }
  return out;
}

}  // namespace mofa::scenario

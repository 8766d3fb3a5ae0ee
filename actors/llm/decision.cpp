#include "actors/llm/decision.hpp"

#include <algorithm>

#include "protocols/core/input.hpp"
#include "protocols/core/seeded_id.hpp"

namespace mofa::llm {
namespace {

namespace kinds = core::kinds;
using core::model_message;
using core::task_state;

constexpr int repairs_max = 2;

std::string text_of(const json& from, const char* member) {
  const auto found = from.find(member);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

void decision::emit(std::string_view kind, json data) {
  // The host numbers the events; here only the fact's place matters: what is requested is never resolved in one decision.
  take(at_, plan_, 0, kind, data);
  events_.push_back({std::string{kind}, std::move(data)});
}

json decision::say(core::part what) {
  core::message out;
  out.message_id = core::seeded_id(fact_.seed, said_++);
  out.role = core::role::agent;
  out.parts.push_back(std::move(what));
  return core::to_json(out);
}

json decision::say(const std::string& text) {
  core::part what;
  what.text = text;
  return say(std::move(what));
}

std::vector<core::event_draft> decision::on_submitted() {
  emit(kinds::status_changed, {{"state", to_string(task_state::working)}});
  if (fact_.data.value("context_new", false) || fact_.data.contains("history")) {
    think();
  } else {
    emit(kinds::effect_requested, {{"type", "recall"}, {"max_messages", plan_.history_messages}, {"rerun", true}});
  }
  return std::move(events_);
}

std::vector<core::event_draft> decision::on_outcome(awaited of) {
  if (of == awaited::model) on_answer();
  if (of == awaited::recall) think();
  if (of == awaited::call && at_.calls.empty()) think();
  return std::move(events_);
}

// Asks the model.
void decision::think() {
  if (at_.steps >= plan_.max_steps)
    return stop("limit_exceeded", "max_steps: the model was asked " + std::to_string(at_.steps) + " times without an end");
  auto messages = json::array();
  if (const auto text = instructions(); !text.empty())
    messages.push_back(core::to_json(model_message{model_message::from::system, text, {}, {}, {}, false}));
  for (const auto& each : at_.messages) messages.push_back(core::to_json(each));
  json data{{"type", "model"}, {"model", plan_.model}, {"rerun", true}};
  if (!plan_.fallback.empty()) data["fallback"] = plan_.fallback;
  if (plan_.temperature) data["temperature"] = *plan_.temperature;
  data["max_output_tokens"] = plan_.max_output_tokens;
  if (plan_.output) data["output_schema"] = plan_.output_schema;
  if (!plan_.tools.empty()) {
    auto& tools = data["tools"] = json::array();
    for (const auto& each : plan_.tools) tools.push_back(each.name);
  }
  data["reserve"] = reserve(messages);
  data["messages"] = std::move(messages);
  emit(kinds::effect_requested, std::move(data));
}

std::string decision::instructions() const {
  core::variables values;
  values.set("agent", task_.agent);
  values.set("context_id", task_.context_id);
  values.set("time", to_rfc3339(fact_.at));
  for (const auto& [key, value] : task_.labels) values.set("label_" + key, value);
  auto out = plan_.instructions.render(values);
  if (!out.empty() && !at_.instructions.empty()) out += "\n\n";
  return out + at_.instructions;
}

json decision::reserve(const json& messages) const {
  const auto told = messages.dump(-1, ' ', false, json::error_handler_t::replace).size() + plan_.told_bytes;
  const auto input = static_cast<std::int64_t>(told) / bytes_per_token + 1;
  json out{{"tokens", input + plan_.max_output_tokens}};
  if (plan_.priced) out["cost_microusd"] = core::cost_microusd(plan_.price, input, plan_.max_output_tokens);
  return out;
}

void decision::on_answer() {
  const auto failed = fact_.data.find("error");
  if (failed != fact_.data.end()) {
    const auto code = text_of(*failed, "code");
    return stop(code == "limit_exceeded" ? code : "model_failed", text_of(*failed, "detail"));
  }
  const auto answer = core::model_answer_from_json(fact_.data.value("value", json{}));
  if (!answer) return stop("model_failed", "the outcome of the model's call cannot be read");
  if (!answer->calls.empty() && !plan_.direct) return act(*answer);
  // Somebody said something more while the model was thinking: it is told that before the task ends.
  if (at_.messages.back().role == model_message::from::user) return think();
  finish(*answer);
}

void decision::act(const core::model_answer& answer) {
  for (const auto& wanted : answer.calls) {
    const auto named = [&](const tool_choice& one) { return one.name == wanted.tool; };
    const auto tool = std::find_if(plan_.tools.begin(), plan_.tools.end(), named);
    if (tool == plan_.tools.end()) {
      refuse(wanted, "there is no tool '" + wanted.tool + "'");
    } else if (!wanted.arguments.is_object()) {
      refuse(wanted, "the arguments are not a JSON object: " + wanted.malformed.substr(0, 200));
    } else {
      call(*tool, wanted);
    }
  }
  const auto requested = [](const core::event_draft& one) { return one.kind == kinds::effect_requested; };
  if (std::none_of(events_.begin(), events_.end(), requested)) think();
}

void decision::call(const tool_choice& tool, const core::tool_request& wanted) {
  json data{{"call_id", wanted.id}, {"as", tool.name}, {"rerun", tool.rerun}};
  if (tool.agent) {
    data["type"] = "child";
    data["agent"] = tool.name.substr(tool.name.find(':') + 1);
    core::put_arguments(data, wanted.arguments);
  } else {
    data["type"] = "tool";
    data["tool"] = tool.name;
    data["arguments"] = wanted.arguments;
  }
  emit(kinds::effect_requested, std::move(data));
}

// A mistake of the model is told to the model.
void decision::refuse(const core::tool_request& wanted, const std::string& why) {
  emit(corrected, {{"call_id", wanted.id}, {"tool", wanted.tool}, {"text", why}});
}

void decision::finish(const core::model_answer& answer) {
  if (answer.finish == "content_filter" && answer.text.empty())
    return stop("content_filter", "the provider's content filter kept the answer back");
  core::part what;
  what.text = answer.text;
  if (plan_.output) {
    auto value = json::parse(answer.text, nullptr, false);
    if (value.is_discarded()) return correct("Your answer is not JSON. Answer with the JSON value only.");
    const auto faults = plan_.output->check(value);
    if (!faults.empty()) {
      std::string why = "Your answer does not fit the schema:";
      for (const auto& fault : faults) why += "\n" + (fault.path.empty() ? "/" : fault.path) + ": " + fault.message;
      return correct(why + "\nAnswer with the corrected JSON value only.");
    }
    what = {};
    what.kind = core::part::type::data;
    what.data = std::move(value);
  }
  emit(kinds::status_changed, {{"state", to_string(task_state::completed)}, {"message", say(std::move(what))}});
}

void decision::correct(const std::string& why) {
  if (at_.repairs >= repairs_max) return stop("output_invalid", "the answer did not fit after two repairs. " + why);
  emit(corrected, {{"text", why}});
  think();
}

// What the model has said so far is kept.
void decision::stop(const std::string& code, const std::string& why) {
  if (!at_.said.empty()) {
    core::artifact partial{"partial", "partial result", {}};
    partial.parts.emplace_back();
    partial.parts.back().text = at_.said;
    emit(kinds::artifact_updated, {{"artifact", core::to_json(partial)}, {"append", false}, {"last", true}});
  }
  emit(kinds::status_changed, {{"state", to_string(task_state::failed)}, {"code", code}, {"message", say(why)}});
}

}  // namespace mofa::llm

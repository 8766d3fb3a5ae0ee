#include "actors/llm/conversation.hpp"

#include <algorithm>
#include <iterator>

#include "protocols/core/spoken_text.hpp"

namespace mofa::llm {
namespace {

namespace kinds = core::kinds;
using core::model_message;

std::string text_of(const json& from, const char* member) {
  const auto found = from.find(member);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// "<task>/<seq>"
std::uint64_t seq_of(const json& data) {
  const auto id = text_of(data, "effect_id");
  const auto slash = id.find('/');
  std::uint64_t seq = 0;
  for (auto i = slash + 1; slash != std::string::npos && i < id.size(); ++i) {
    if (id[i] < '0' || id[i] > '9') return 0;
    seq = seq * 10 + static_cast<std::uint64_t>(id[i] - '0');
  }
  return seq;
}

// Whether the last answer asked for calls that have no outcome yet.
bool awaits_outcomes(const conversation& at) {
  std::size_t outcomes = 0;
  for (auto one = at.messages.rbegin(); one != at.messages.rend(); ++one) {
    if (one->role == model_message::from::assistant) return outcomes < one->calls.size();
    if (one->role == model_message::from::tool) ++outcomes;
  }
  return false;
}

void hear(conversation& to, const json& source) {
  const auto read = core::message_from_json(source, "");
  if (!read) return;
  const auto role = read->role == core::role::user ? model_message::from::user : model_message::from::assistant;
  std::string text;
  core::append_spoken(text, read->parts);
  // Between a call and its outcome no provider takes a word: what is said meanwhile comes after them.
  auto& into = to.model_seq != 0 || awaits_outcomes(to) ? to.later : to.messages;
  into.push_back({role, std::move(text), {}, {}, {}, false});
}

// The model has answered, or the last of its calls has: what was said meanwhile is next.
void hear_the_rest(conversation& to) {
  std::move(to.later.begin(), to.later.end(), std::back_inserter(to.messages));
  to.later.clear();
}

void begin(conversation& to, const json& data) {
  to.instructions = text_of(data, "instructions");
  if (const auto earlier = data.find("history"); earlier != data.end() && earlier->is_array())
    for (const auto& each : *earlier) hear(to, each);
}

void request(conversation& to, std::uint64_t seq, const json& data) {
  const auto type = text_of(data, "type");
  if (type == "model") {
    to.model_seq = seq;
    ++to.steps;
  } else if (type == "recall") {
    to.recall_seq = seq;
  } else if (data.contains("call_id")) {
    to.calls.push_back({seq, text_of(data, "call_id"), text_of(data, "as")});
  }
}

void recall(conversation& to, const json& data) {
  to.recall_seq = 0;
  const auto value = data.find("value");
  if (value == data.end() || !value->is_array()) return;
  std::vector<model_message> earlier;
  for (const auto& each : *value)
    if (auto read = core::model_message_from_json(each)) earlier.push_back(std::move(*read));
  to.messages.insert(to.messages.begin(), std::move_iterator{earlier.begin()}, std::move_iterator{earlier.end()});
}

void answer(conversation& to, const json& data) {
  to.model_seq = 0;
  const auto value = data.find("value");
  if (value == data.end()) return;
  auto read = core::model_answer_from_json(*value);
  if (!read) return;
  to.said = read->text;
  to.messages.push_back({model_message::from::assistant, std::move(read->text), std::move(read->calls), {}, {}, false});
}

// At most so many bytes, whole characters only, and a note where it was cut.
std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  const auto left_out = text.size() - most;
  text.resize(most);
  return text + "\n[cut: " + std::to_string(left_out) + " more bytes]";
}

// What a tool said, for a model to read.
std::string outcome_text(const json& data) {
  const auto value = data.find("value");
  if (value != data.end())
    return value->is_string() ? value->get<std::string>() : value->dump(-1, ' ', false, json::error_handler_t::replace);
  const auto error = data.find("error");
  return error == data.end() ? std::string{"no outcome"} : text_of(*error, "code") + ": " + text_of(*error, "detail");
}

void resolve(conversation& to, const plan& how, const json& data) {
  const auto seq = seq_of(data);
  if (seq == 0) return;
  if (seq == to.model_seq) return answer(to, data);
  if (seq == to.recall_seq) return recall(to, data);
  const auto found = std::find_if(to.calls.begin(), to.calls.end(), [&](const auto& one) { return one.seq == seq; });
  if (found == to.calls.end()) return;
  to.messages.push_back({model_message::from::tool,
                         shortened(outcome_text(data), how.history_bytes / 3),
                         {},
                         found->call_id,
                         found->tool,
                         data.contains("error")});
  to.calls.erase(found);
}

void correct(conversation& to, const json& data) {
  auto text = text_of(data, "text");
  if (!data.contains("call_id")) {
    ++to.repairs;
    to.messages.push_back({model_message::from::user, std::move(text), {}, {}, {}, false});
    return;
  }
  to.messages.push_back(
      {model_message::from::tool, std::move(text), {}, text_of(data, "call_id"), text_of(data, "tool"), true});
}

std::size_t bytes_of(const model_message& one) {
  auto out = one.text.size();
  for (const auto& call : one.calls) out += call.tool.size() + call.arguments.dump().size() + call.malformed.size();
  return out;
}

bool begins_group(const model_message& one) { return one.role != model_message::from::tool; }

// The oldest go, but never the question of the present turn, nor its last answer with the outcomes of its calls. What goes
// goes together: a model must see no outcome without its call.
void forget(conversation& to, const plan& how) {
  auto& all = to.messages;
  std::size_t bytes = 0, keep_from = all.size();
  for (auto at = all.size(); at > 0;) {
    const auto end = at--;
    while (at > 0 && !begins_group(all[at])) --at;
    for (auto i = at; i < end; ++i) bytes += bytes_of(all[i]);
    const bool last = end == all.size();
    if (!last && (all.size() - at > how.history_messages || bytes > how.history_bytes)) break;
    keep_from = at;
  }
  auto question = all.size();
  while (question > 0 && all[question - 1].role != model_message::from::user) --question;
  const auto kept = all.begin() + static_cast<std::ptrdiff_t>(keep_from);
  if (question > 0 && question - 1 < keep_from) {
    if (question > 1) std::swap(all.front(), all[question - 1]);
    all.erase(all.begin() + 1, kept);
  } else {
    all.erase(all.begin(), kept);
  }
}

}  // namespace

void take(conversation& to, const plan& how, std::uint64_t seq, std::string_view kind, const json& data) {
  if (kind == kinds::submitted || kind == kinds::message_received) {
    if (kind == kinds::submitted) begin(to, data);
    if (const auto message = data.find("message"); message != data.end()) hear(to, *message);
  } else if (kind == kinds::effect_requested) {
    return request(to, seq, data);
  } else if (kind == kinds::effect_resolved) {
    resolve(to, how, data);
  } else if (kind == corrected) {
    correct(to, data);
  } else {
    return;
  }
  // While outcomes are still to come they belong to what is last.
  if (to.model_seq != 0 || awaits_outcomes(to)) return;
  hear_the_rest(to);
  forget(to, how);
}

awaited what_ended(const conversation& at, const json& outcome) {
  const auto seq = seq_of(outcome);
  if (seq == 0) return awaited::nothing;
  if (seq == at.model_seq) return awaited::model;
  if (seq == at.recall_seq) return awaited::recall;
  const auto is_it = [&](const auto& one) { return one.seq == seq; };
  return std::any_of(at.calls.begin(), at.calls.end(), is_it) ? awaited::call : awaited::nothing;
}

json save(const conversation& from) {
  json out{
      {"model_seq", from.model_seq}, {"recall_seq", from.recall_seq}, {"steps", from.steps},    {"repairs", from.repairs},
      {"said", from.said},           {"messages", json::array()},     {"calls", json::array()}, {"later", json::array()}};
  out["instructions"] = from.instructions;
  for (const auto& each : from.later) out["later"].push_back(core::to_json(each));
  for (const auto& each : from.messages) out["messages"].push_back(core::to_json(each));
  for (const auto& each : from.calls)
    out["calls"].push_back({{"seq", each.seq}, {"call_id", each.call_id}, {"tool", each.tool}});
  return out;
}

std::unique_ptr<conversation> load(const json& saved) {
  if (!saved.is_object() || !saved.contains("messages") || !saved.contains("calls")) return nullptr;
  auto out = std::make_unique<conversation>();
  out->model_seq = saved.value("model_seq", std::uint64_t{0});
  out->recall_seq = saved.value("recall_seq", std::uint64_t{0});
  out->steps = saved.value("steps", 0);
  out->repairs = saved.value("repairs", 0);
  out->said = text_of(saved, "said");
  out->instructions = text_of(saved, "instructions");
  for (const auto& each : saved.at("messages")) {
    auto read = core::model_message_from_json(each);
    if (!read) return nullptr;
    out->messages.push_back(std::move(*read));
  }
  for (const auto& each : saved.value("later", json::array())) {
    auto read = core::model_message_from_json(each);
    if (!read) return nullptr;
    out->later.push_back(std::move(*read));
  }
  for (const auto& each : saved.at("calls"))
    out->calls.push_back({each.value("seq", std::uint64_t{0}), text_of(each, "call_id"), text_of(each, "tool")});
  return out;
}

}  // namespace mofa::llm

#include "actors/scenario/step_reader.hpp"

#include <array>

#include "protocols/core/topic.hpp"
#include "server/base/limits.hpp"
#include "server/base/nearest.hpp"

namespace mofa::scenario {
namespace {

using names = std::vector<std::string_view>;

constexpr std::int64_t pause_max_ms = std::int64_t{365} * 24 * 60 * 60 * 1000;

bool ends_task(const step& one) { return std::holds_alternative<end_step>(one) || std::holds_alternative<reply_step>(one); }

/// ": did you mean 'clock'?", or the list of what there is.
std::string advice(std::string_view wrong, const names& known) {
  if (const auto near = nearest_name(wrong, known)) return "; did you mean '" + std::string{*near} + "'?";
  if (known.empty()) return "; there are none";
  std::string out = "; known: ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) out += ", ";
    out += known[i];
  }
  return out;
}

}  // namespace

std::vector<step> step_reader::read(const json& list, const std::string& path) {
  std::vector<step> steps;
  if (!checks_.filled_list(list, path)) return steps;
  bool ended = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& entry = list[i];
    const auto here = below(path, i);
    if (!entry.is_object() || entry.size() != 1) {
      checks_.fault(here, "a step is an object of exactly one member, the name of the step");
      continue;
    }
    if (ended) checks_.fault(here, "never reached: a step before it ends the task");
    const auto& name = entry.begin().key();
    auto one = step_of(name, entry.begin().value(), below(here, name));
    if (!one) continue;
    ended = ended || ends_task(*one);
    steps.push_back(std::move(*one));
  }
  return steps;
}

std::optional<step> step_reader::step_of(const std::string& name, const json& body, const std::string& path) {
  static constexpr std::array<std::string_view, 12> known{"status",  "pause_ms", "artifact", "call",
                                                          "publish", "ask",      "complete", "fail",
                                                          "reject",  "reply",    "crash",    "crash_once"};
  if (name == "status") return status_of(body, path);
  if (name == "pause_ms") return pause_of(body, path);
  if (name == "artifact") return artifact_of(body, path);
  if (name == "call") return call_of(body, path);
  if (name == "publish") return publish_of(body, path);
  if (name == "ask") return ask_of(body, path);
  if (name == "complete") return end_of(core::task_state::completed, body, path);
  if (name == "fail") return end_of(core::task_state::failed, body, path);
  if (name == "reject") return end_of(core::task_state::rejected, body, path);
  if (name == "reply") return reply_of(body, path);
  if (name == "crash") return crash_of(false, body, path);
  if (name == "crash_once") return crash_of(true, body, path);
  checks_.fault(path, unknown_member(name, known));
  return std::nullopt;
}

std::optional<step> step_reader::status_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, names{"state", "text"})) return std::nullopt;
  const auto state = checks_.text(body, path, "state", false);
  if (state && *state != "working") {
    checks_.fault(below(path, "state"), "must be 'working'; the steps ask, complete, fail and reject set the other states");
  }
  return status_step{template_at(body, path, "text", false)};
}

std::optional<step> step_reader::pause_of(const json& body, const std::string& path) {
  const auto length = checks_.integer(body, path, 0, pause_max_ms);
  return length ? std::optional<step>{pause_step{milliseconds{*length}}} : std::nullopt;
}

std::optional<step> step_reader::artifact_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, names{"id", "name", "parts", "append", "last"})) return std::nullopt;
  artifact_step made;
  if (const auto id = checks_.text(body, path, "id", true)) {
    if (id->empty() || id->size() > limits::client_id_bytes) {
      checks_.fault(below(path, "id"), "must have 1 to " + std::to_string(limits::client_id_bytes) + " bytes");
    } else if (id->find("{{") != std::string::npos) {
      checks_.fault(below(path, "id"), "is a fixed name: variables are not filled in here");
    }
    made.id = *id;
  }
  made.name = template_at(body, path, "name", false).value_or(text_template{});
  made.append = checks_.flag(body, path, "append").value_or(false);
  made.last = checks_.flag(body, path, "last").value_or(true);
  if (const auto* parts = checks_.member(body, path, "parts", true)) {
    const auto where = below(path, "parts");
    if (auto read = core::parts_from_json(*parts, where)) {
      auto shape = json::array();
      for (const auto& one : *read) shape.push_back(core::to_json(one));
      made.parts = json_template_of(std::move(shape), where);
    } else if (read.error().fields.empty()) {
      checks_.fault(where, read.error().detail);
    } else {
      for (const auto& field : read.error().fields) checks_.fault(field.path, field.message);
    }
  }
  return made;
}

std::optional<step> step_reader::call_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, names{"tool", "arguments"})) return std::nullopt;
  call_step made;
  if (const auto tool = checks_.text(body, path, "tool", true)) {
    const auto found = tools_.find(*tool);
    if (is_agent(*tool)) {
      made.tool = *tool;
      made.rerun = true;  // a child is found again under the id that the journal holds
    } else if (found == tools_.end()) {
      names known;
      for (const auto& entry : tools_) known.emplace_back(entry.first);
      checks_.fault(below(path, "tool"), "unknown tool '" + tool->substr(0, 64) + "'" + advice(*tool, known));
    } else {
      made.tool = found->first;
      made.rerun = found->second;
    }
  }
  const auto* arguments = checks_.member(body, path, "arguments", false);
  if (arguments != nullptr && !arguments->is_object()) checks_.fault(below(path, "arguments"), "must be an object");
  made.arguments = json_template_of(arguments == nullptr ? json::object() : *arguments, below(path, "arguments"));
  return made;
}

std::optional<step> step_reader::publish_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, names{"topic", "data", "durable"})) return std::nullopt;
  publish_step made;
  if (const auto topic = checks_.text(body, path, "topic", true)) {
    if (const auto sound = core::check_topic(*topic); !sound) checks_.fault(below(path, "topic"), sound.error().detail);
    made.topic = *topic;
  }
  if (const auto* data = checks_.member(body, path, "data", true)) made.data = json_template_of(*data, below(path, "data"));
  made.durable = checks_.flag(body, path, "durable").value_or(false);
  return made;
}

std::optional<step> step_reader::ask_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, names{"state", "text"})) return std::nullopt;
  ask_step made;
  if (const auto text = checks_.text(body, path, "state", false)) {
    const auto state = core::task_state_from(*text);
    if (state && core::is_interrupted(*state)) {
      made.state = *state;
    } else {
      checks_.fault(below(path, "state"), "must be 'input_required' or 'auth_required'");
    }
  }
  made.text = template_at(body, path, "text", true).value_or(text_template{});
  return made;
}

std::optional<step> step_reader::end_of(core::task_state state, const json& body, const std::string& path) {
  const bool fails = state == core::task_state::failed;
  if (!checks_.object(body, path, fails ? names{"code", "text"} : names{"text"})) return std::nullopt;
  end_step made;
  made.state = state;
  if (fails) {
    made.code = checks_.text(body, path, "code", true).value_or("failed");
    if (made.code.empty()) checks_.fault(below(path, "code"), "must not be empty");
  }
  made.text = template_at(body, path, "text", false);
  return made;
}

std::optional<step> step_reader::reply_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, names{"text"})) return std::nullopt;
  return reply_step{template_at(body, path, "text", true).value_or(text_template{})};
}

std::optional<step> step_reader::crash_of(bool once, const json& body, const std::string& path) {
  if (!body.is_string()) {
    checks_.fault(path, "must be a string, the reason of the crash");
    return std::nullopt;
  }
  return crash_step{parse(body.get<std::string>(), path), once};
}

std::optional<text_template> step_reader::template_at(const json& object, const std::string& path, std::string_view name,
                                                      bool required) {
  const auto source = checks_.text(object, path, name, required);
  return source ? std::optional<text_template>{parse(*source, below(path, name))} : std::nullopt;
}

text_template step_reader::parse(const std::string& source, const std::string& path) {
  auto made = text_template::parse(source);
  if (!made) {
    checks_.fault(path, made.error().detail);
    return {};
  }
  for (const auto name : made->names()) {
    if (variables_.contains(name)) {
      used_.emplace(name);
    } else {
      const names known{variables_.begin(), variables_.end()};
      checks_.fault(path, "unknown variable '" + std::string{name.substr(0, 64)} + "'" + advice(name, known));
    }
  }
  return *std::move(made);
}

json_template step_reader::json_template_of(json value, const std::string& path) {
  return json_template::of(std::move(value), path,
                           [this](const std::string& source, const std::string& place) { return parse(source, place); });
}

}  // namespace mofa::scenario

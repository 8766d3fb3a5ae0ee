#include "actors/scenario/step_reader.hpp"

#include <array>

#include "protocols/core/topic.hpp"
#include "server/base/limits.hpp"
#include "server/base/nearest.hpp"

namespace mofa::scenario {
namespace {

using names = std::vector<std::string_view>;

constexpr std::int64_t pause_max_ms = std::int64_t{365} * 24 * 60 * 60 * 1000;

/// The members of a step that may have a message, and its own.
names message_and(names own) {
  own.insert(own.end(), {"text", "parts", "metadata", "extensions"});
  return own;
}

bool stays_submitted(const step& one) {
  const auto* status = std::get_if<status_step>(&one);
  return status != nullptr && status->state == core::task_state::submitted;
}

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
    if (i > 0 && stays_submitted(*one))
      checks_.fault(below(here, name), "must be the first step: the task may have begun to work");
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
  if (!checks_.object(body, path, message_and({"state"}))) return std::nullopt;
  status_step made;
  if (const auto state = checks_.text(body, path, "state", false)) {
    made.state = core::task_state_from(*state).value_or(core::task_state::completed);
    if (made.state != core::task_state::working && made.state != core::task_state::submitted)
      checks_.fault(below(path, "state"),
                    "must be 'working' or 'submitted'; the steps ask, complete, fail and reject set the other states");
  }
  made.said = said_in(body, path, false);
  if (made.said && made.state == core::task_state::submitted)
    checks_.fault(path, "a task that stays submitted says nothing about it");
  return made;
}

std::optional<step> step_reader::pause_of(const json& body, const std::string& path) {
  const auto length = checks_.integer(body, path, 0, pause_max_ms);
  return length ? std::optional<step>{pause_step{milliseconds{*length}}} : std::nullopt;
}

std::optional<step> step_reader::artifact_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, names{"id", "name", "description", "parts", "metadata", "extensions", "append", "last"}))
    return std::nullopt;
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
  made.description = template_at(body, path, "description", false);
  made.append = checks_.flag(body, path, "append").value_or(false);
  made.last = checks_.flag(body, path, "last").value_or(true);
  if (checks_.member(body, path, "parts", true) != nullptr)
    made.held = content_of(body, path, std::nullopt).value_or(content{});
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
  if (!checks_.object(body, path, message_and({"state"}))) return std::nullopt;
  ask_step made;
  if (const auto text = checks_.text(body, path, "state", false)) {
    const auto state = core::task_state_from(*text);
    if (state && core::is_interrupted(*state)) {
      made.state = *state;
    } else {
      checks_.fault(below(path, "state"), "must be 'input_required' or 'auth_required'");
    }
  }
  made.said = said_in(body, path, true).value_or(content{});
  return made;
}

std::optional<step> step_reader::end_of(core::task_state state, const json& body, const std::string& path) {
  const bool fails = state == core::task_state::failed;
  if (!checks_.object(body, path, fails ? message_and({"code"}) : message_and({}))) return std::nullopt;
  end_step made;
  made.state = state;
  if (fails) {
    made.code = checks_.text(body, path, "code", true).value_or("failed");
    if (made.code.empty()) checks_.fault(below(path, "code"), "must not be empty");
  }
  made.said = said_in(body, path, false);
  return made;
}

std::optional<step> step_reader::reply_of(const json& body, const std::string& path) {
  if (!checks_.object(body, path, message_and({}))) return std::nullopt;
  return reply_step{said_in(body, path, true).value_or(content{})};
}

std::optional<step> step_reader::crash_of(bool once, const json& body, const std::string& path) {
  if (!body.is_string()) {
    checks_.fault(path, "must be a string, the reason of the crash");
    return std::nullopt;
  }
  return crash_step{parse(body.get<std::string>(), path), once};
}

std::optional<content> step_reader::said_in(const json& body, const std::string& path, bool required) {
  const bool text = body.contains("text"), parts = body.contains("parts");
  if (text && parts) {
    checks_.fault(path, "has 'text' or 'parts', not both");
  } else if (parts) {
    return content_of(body, path, std::nullopt);
  } else if (text) {
    if (const auto said = checks_.text(body, path, "text", true)) return content_of(body, path, said);
  } else if (required) {
    checks_.fault(path, "missing member 'text' or 'parts'");
  } else if (body.contains("metadata") || body.contains("extensions")) {
    checks_.fault(path, "there is no message that these are of: missing member 'text' or 'parts'");
  }
  return std::nullopt;
}

std::optional<content> step_reader::content_of(const json& body, const std::string& path,
                                               const std::optional<std::string>& text) {
  json shape = json::object();
  for (const auto* name : {"parts", "metadata", "extensions"})
    if (const auto found = body.find(name); found != body.end()) shape[name] = *found;
  if (text) shape["parts"] = json::array({{{"text", *text}}});
  const auto read = core::message_from_json(shape, path);
  if (!read) {
    report(read.error(), path);
    return std::nullopt;
  }
  shape = core::to_json(*read);
  content made;
  made.parts = json_template::of(std::move(shape["parts"]), below(path, "parts"),
                                 [&](const std::string& source, const std::string& place) {
                                   return parse(source, text ? below(path, "text") : place);
                                 });
  if (const auto found = shape.find("metadata"); found != shape.end())
    made.metadata = json_template_of(std::move(*found), below(path, "metadata"));
  for (const auto& uri : read->extensions)
    if (uri.find("{{") != std::string::npos)
      checks_.fault(below(path, "extensions"), "are fixed names: variables are not filled in here");
  if (const auto found = shape.find("extensions"); found != shape.end()) made.extensions = std::move(*found);
  return made;
}

void step_reader::report(const error& why, const std::string& path) {
  if (why.fields.empty()) checks_.fault(path, why.detail);
  for (const auto& field : why.fields) checks_.fault(field.path, field.message);
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

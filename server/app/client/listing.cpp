#include "server/app/client/listing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/core/event.hpp"
#include "server/base/clock.hpp"

namespace mofa::app::client {
namespace {

constexpr std::size_t summary_characters = 100;

std::string number_text(const json& value) {
  return value.is_number_integer() ? std::to_string(value.get<std::int64_t>()) : "-";
}

// "2026-01-31T09:00:00.123Z" to "2026-01-31 09:00:00": lists need no milliseconds.
std::string moment(const std::string& rfc3339) {
  auto out = rfc3339.substr(0, 19);
  std::replace(out.begin(), out.end(), 'T', ' ');
  return out;
}

std::string state_text(const json& status) {
  const auto code = text_member(status, "code");
  return text_member(status, "state") + (code.empty() ? "" : " (" + code + ")");
}

void add_indented(text_lines& out, const std::string& text) {
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    out.push_back("  " + text.substr(begin, end - begin));
    begin = end + 1;
  }
}

std::string effect_summary(const json& data) {
  const auto type = text_member(data, "type");
  if (type == "tool") return "tool " + text_member(data, "tool") + " " + compact(member(data, "arguments"));
  if (type == "child")
    return "agent " + text_member(data, "agent") + ": " +
           compact(member(data, data.contains("arguments") ? "arguments" : "message"));
  if (type == "model") return "model " + text_member(data, "model");
  return type;
}

std::string outcome_summary(const json& data) {
  const auto& error = member(data, "error");
  if (error.is_object()) return "failed: " + text_member(error, "detail");
  const auto& value = member(data, "value");
  const auto text = text_member(value, "text");
  return text.empty() ? compact(value) : text;
}

std::string summary_of(std::string_view kind, const json& data) {
  if (kind == core::kinds::submitted) return text_member(data, "agent") + ": " + message_text(member(data, "message"));
  if (kind == core::kinds::status_changed) {
    const auto text = message_text(member(data, "message"));
    return state_text(data) + (text.empty() ? "" : ": " + text);
  }
  if (kind == core::kinds::effect_requested) return effect_summary(data);
  if (kind == core::kinds::effect_resolved) return outcome_summary(data);
  if (kind == core::kinds::artifact_updated) {
    const auto& artifact = member(data, "artifact");
    return text_member(artifact, "name") + ": " + parts_text(member(artifact, "parts"));
  }
  if (kind == core::kinds::timer_set) return text_member(data, "purpose") + " due " + text_member(data, "due");
  if (kind == core::kinds::behaviour_crashed) return text_member(data, "reason");
  const auto text = message_text(member(data, "message"));
  return text.empty() ? compact(data) : text;
}

}  // namespace

text_lines agent_table(const std::vector<item>& agents) {
  std::vector<std::vector<std::string>> rows{{"NAME", "KIND", "VERSION", "STATE", "DESCRIPTION"}};
  for (const auto& [each, text] : agents) {
    rows.push_back({text_member(each, "name"), text_member(each, "kind"), number_text(member(each, "version")),
                    text_member(each, "state"), one_line(text_member(each, "description"), summary_characters)});
  }
  return table_lines(rows);
}

text_lines agent_page(const json& agent) {
  const auto name = text_member(agent, "name");
  text_lines out{fmt::format("{}: {}", name, printable(text_member(agent, "description"))),
                 fmt::format("  {}, version {}, {}", text_member(agent, "kind"), number_text(member(agent, "version")),
                             text_member(agent, "state"))};
  if (const auto source = text_member(agent, "source"); !source.empty()) out.push_back("  from " + source);
  if (const auto error = text_member(agent, "error"); !error.empty())
    out.push_back("  its file is broken: " + printable(error));
  const auto& skills = member(agent, "skills");
  if (!skills.is_array()) return out;
  for (const auto& skill : skills) {
    out.push_back(fmt::format("  skill {}: {}", text_member(skill, "id"), printable(text_member(skill, "description"))));
    const auto& examples = member(skill, "examples");
    if (!examples.is_array()) continue;
    for (const auto& example : examples)
      out.push_back(fmt::format("    try: mofa call {} {}", name, shell_word(printable(compact(example)))));
  }
  return out;
}

text_lines task_table(const std::vector<item>& tasks) {
  std::vector<std::vector<std::string>> rows{{"ID", "AGENT", "STATE", "UPDATED", "SAYS"}};
  for (const auto& [each, text] : tasks) {
    const auto& status = member(each, "status");
    rows.push_back({text_member(each, "id"), text_member(each, "agent"), state_text(status),
                    moment(text_member(each, "updated_at")),
                    one_line(message_text(member(status, "message")), summary_characters)});
  }
  return table_lines(rows);
}

text_lines task_page(const json& task) {
  const auto id = text_member(task, "id");
  const auto& status = member(task, "status");
  const auto state = text_member(status, "state");
  text_lines out{fmt::format("{}: {}", id, state_text(status)),
                 fmt::format("  agent {}, version {}, context {}", text_member(task, "agent"),
                             number_text(member(task, "agent_version")), text_member(task, "context_id")),
                 fmt::format("  submitted {}, updated {}, {} events", moment(text_member(task, "created_at")),
                             moment(text_member(task, "updated_at")), number_text(member(task, "last_event")))};
  if (const auto used = usage_text(member(task, "usage")); !used.empty()) out.push_back("  " + used);
  if (const auto text = message_text(member(status, "message")); !text.empty()) add_indented(out, printable(text));
  const auto& artifacts = member(task, "artifacts");
  if (artifacts.is_array()) {
    for (const auto& each : artifacts) {
      out.push_back("+ " + printable(text_member(each, "name")));
      add_indented(out, printable(parts_text(member(each, "parts"))));
    }
  }
  if (state == "input_required" || state == "auth_required")
    out.push_back(fmt::format("answer: mofa call --task {} TEXT", id));
  return out;
}

std::string event_line(const json& event) {
  const auto kind = text_member(event, "kind");
  const auto at = text_member(event, "at");
  return fmt::format("{:>4}  {}  {:<17}  {}", number_text(member(event, "seq")), at.size() == 24 ? at.substr(11, 12) : at,
                     printable(kind), one_line(summary_of(kind, member(event, "data")), summary_characters));
}

}  // namespace mofa::app::client

#include <fmt/format.h>

#include "server/app/client/commands.hpp"
#include "server/app/client/session.hpp"

namespace mofa::app::client {
namespace {

std::string names_in(const json& list) {
  std::string out;
  for (const auto& each : list.is_array() ? list : json::array())
    if (each.is_string()) out += (out.empty() ? "" : ", ") + printable(each.get<std::string>());
  return out;
}

/// What the server answered, a line for each sort of change; the broken definitions go to stderr.
int show_report(session& with, const json& report) {
  const auto definitions = member(report, "definitions");
  bool said = false;
  const auto say = [&](std::string_view what, const json& list) {
    const auto names = names_in(list);
    if (names.empty()) return;
    said = true;
    with.screen().line(fmt::format("{}: {}", what, names));
  };
  say("applied", member(report, "applied"));
  say("waits for a restart", member(report, "restart_required"));
  say("agents changed", member(definitions, "changed"));
  say("agents added", member(definitions, "added"));
  say("agents removed", member(definitions, "removed"));
  if (!said) with.screen().line("nothing has changed");
  const auto errors = member(definitions, "errors");
  if (!errors.is_array() || errors.empty()) return exit_code::done;
  for (const auto& each : errors) with.screen().note(tone::bad, printable(text_member(each, "message")));
  with.screen().note(tone::plain, "fix: correct it there; until then the last good version is used");
  return exit_code::failed;
}

outcome<int> reload(session& with) {
  const auto answer = with.ask(with.request("POST", "/api/v1/configuration:reload"));
  if (!answer) return tl::unexpected{answer.error()};
  const auto report = with.object_in(*answer);
  if (!report) return tl::unexpected{report.error()};
  if (!with.options().json) return show_report(with, *report);
  with.screen().line(answer->body);
  const auto errors = member(member(*report, "definitions"), "errors");
  return errors.is_array() && !errors.empty() ? exit_code::failed : exit_code::done;
}

}  // namespace

void add_reload(const command& root) {
  const auto wanted = std::make_shared<server_options>();
  const auto reloads = root.sub("reload", "Let the server read its configuration and definitions again; as SIGHUP does");
  add_server_options(reloads, *wanted);
  reloads.does([wanted] { return in_session(*wanted, reload); });
}

}  // namespace mofa::app::client

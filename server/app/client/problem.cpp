#include "server/app/client/problem.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "server/app/client/text.hpp"

namespace mofa::app::client {
namespace {

// By the problem's `code`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> fixes{{
    {"unauthenticated", "give a key with MOFA_API_KEY or --key; `mofa keys new NAME` makes one"},
    {"forbidden", "this key lacks the scope; `mofa keys new NAME --scope …` makes another"},
    {"host_not_allowed", "use --url with a loopback address, or give the server a key (auth.keys)"},
    {"task_terminal", "the task has ended; start another one: mofa call AGENT TEXT"},
    {"task_not_cancelable", "the task has ended; `mofa tasks get ID` shows how"},
    {"managed_by_file", "change that file; the server sees it"},
    {"precondition_failed", "somebody else has changed it; look at it (`mofa agents get NAME`) and apply again"},
    {"context_busy", "wait for the task that works in this context, or use another --context"},
    {"method_not_allowed", "this server cannot do that; is it as new as this program? (`mofa version`)"},
    {"storage_full", "the server's disk is full; make room there"},
}};

std::string fix_for(std::string_view code, std::string_view instance, std::string_view retry_after) {
  for (const auto& [known, fix] : fixes)
    if (known == code) return std::string{fix};
  if (code == "not_found") {
    if (instance.starts_with("/api/v1/agents/")) return "`mofa agents list` shows who is there";
    if (instance.starts_with("/api/v1/tasks/")) return "`mofa tasks list` shows the tasks that you may see";
    return "is --url the address of a MoFA server?";
  }
  if (!retry_after.empty()) return fmt::format("try again in {} s", retry_after);
  return {};
}

}  // namespace

stop refusal(int status, std::string_view body, std::string_view retry_after) {
  const auto problem = json::parse(body, nullptr, false);
  const auto detail = text_member(problem, "detail");
  if (detail.empty()) return {exit_code::refused, {fmt::format("refused: HTTP {}, and no reason was given", status)}};

  stop out{exit_code::refused, {"refused: " + printable(detail)}};
  if (const auto errors = problem.find("errors"); errors != problem.end() && errors->is_array()) {
    for (const auto& each : *errors) {
      const auto path = text_member(each, "path");
      const auto message = text_member(each, "message");
      if (message == detail) continue;
      out.lines.push_back("  " + printable(path.empty() ? message : path + ": " + message));
    }
  }
  const auto fix = fix_for(text_member(problem, "code"), text_member(problem, "instance"), retry_after);
  if (!fix.empty()) out.lines.push_back("fix: " + fix);
  return out;
}

}  // namespace mofa::app::client

#include <fmt/format.h>

#include "protocols/document/document.hpp"
#include "server/app/client/commands.hpp"
#include "server/app/client/listing.hpp"
#include "server/app/client/session.hpp"
#include "server/app/files.hpp"

namespace mofa::app::client {
namespace {

struct agent_arguments {
  server_options server;
  std::string name, kind, query;
  std::vector<std::string> files;
};

std::string path_of(const std::string& name) { return "/api/v1/agents/" + path_segment(name); }

outcome<int> list(session& with, const agent_arguments& wanted) {
  std::string query;
  if (!wanted.kind.empty()) query = "?kind=" + path_segment(wanted.kind);
  if (!wanted.query.empty()) query += (query.empty() ? "?q=" : "&q=") + path_segment(wanted.query);
  const auto agents = with.read_all("/api/v1/agents" + query, 100'000);
  if (!agents) return tl::unexpected{agents.error()};
  if (with.options().json)
    for (const auto& each : *agents) with.screen().line(each.text);
  else
    for (const auto& each : agent_table(*agents)) with.screen().line(each);
  return exit_code::done;
}

outcome<int> get(session& with, const agent_arguments& wanted) {
  const auto answer = with.ask(with.request("GET", path_of(wanted.name)));
  if (!answer) return tl::unexpected{answer.error()};
  const auto agent = with.object_in(*answer);
  if (!agent) return tl::unexpected{agent.error()};
  if (with.options().json)
    with.screen().line(answer->body);
  else
    for (const auto& each : agent_page(*agent)) with.screen().line(each);
  return exit_code::done;
}

/// The definition goes as it is written: comments, and the places in the server's complaints, are the file's.
http_client::request with_definition(http_client::request to, const std::string& file, std::string text) {
  to.body = std::move(text);
  to.headers.push_back({"Content-Type", file.ends_with(".json") ? "application/json" : "application/yaml"});
  return to;
}

/// A new agent, or a new version of the one that has not changed since we looked.
outcome<int> apply_one(session& with, const std::string& file) {
  auto text = file_contents(file);
  if (!text) return ends(exit_code::failed, {text.error().detail});
  const auto document = document::read(*text, file);
  if (!document) return ends(exit_code::failed, {document.error().detail});
  const auto name = text_member(document->value, "name");
  if (name.empty()) return ends(exit_code::failed, {file + ": missing member 'name'"});

  const auto known = with.send(with.request("GET", path_of(name)));
  if (!known) return tl::unexpected{known.error()};
  const bool is_new = known->status == 404;
  auto request = is_new ? with.request("POST", "/api/v1/agents") : with.request("PUT", path_of(name));
  const auto* version = known->find("ETag");
  if (!is_new && version != nullptr) request.headers.push_back({"If-Match", *version});
  auto answer = with.ask(with_definition(std::move(request), file, std::move(*text)));
  if (!answer) {
    answer.error().lines.front() = file + ": " + answer.error().lines.front();
    return tl::unexpected{answer.error()};
  }
  if (with.options().json) {
    with.screen().line(answer->body);
    return exit_code::done;
  }
  const auto now = member(json::parse(answer->body, nullptr, false), "version");
  const auto before = member(json::parse(known->body, nullptr, false), "version");
  with.screen().line(fmt::format("{}: {}{}", name,
                                 is_new          ? "created"
                                 : now == before ? "unchanged"
                                                 : "changed",
                                 now.is_number_integer() ? ", version " + now.dump() : ""));
  return exit_code::done;
}

/// All files, also when one is refused; the first refusal is the command's.
outcome<int> apply(session& with, const agent_arguments& wanted) {
  int code = exit_code::done;
  for (const auto& file : wanted.files) {
    const auto got = apply_one(with, file);
    if (got) continue;
    const bool goes_on = got.error().code == exit_code::refused || got.error().code == exit_code::failed;
    if (!goes_on) return got;
    with.end(got.error());
    if (code == exit_code::done) code = got.error().code;
  }
  return code;
}

using action = outcome<int> (*)(session&, const agent_arguments&);

void declare(const command& to, const std::shared_ptr<agent_arguments>& wanted, action what) {
  add_server_options(to, wanted->server);
  to.does([wanted, what] { return in_session(wanted->server, [&](session& with) { return what(with, *wanted); }); });
}

}  // namespace

void add_agents(const command& root) {
  const auto wanted = std::make_shared<agent_arguments>();
  const auto agents = root.sub("agents", "Agents: list, get, apply");
  const auto lists = agents.sub("list", "The agents that there are");
  lists.text("--kind", wanted->kind, "Of this kind: scenario, llm, …");
  lists.text("--query", wanted->query, "Whose name or description has this text");
  declare(lists, wanted, list);

  const auto gets = agents.sub("get", "One agent, with calls to try");
  gets.text("NAME", wanted->name, "The agent", need::required);
  declare(gets, wanted, get);

  const auto applies = agents.sub("apply", "Make the agents of these files, or new versions of them");
  applies.texts("-f,--file", wanted->files, "A definition, YAML or JSON; repeat for more", need::required);
  declare(applies, wanted, apply);
}

}  // namespace mofa::app::client

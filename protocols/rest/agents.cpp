#include <array>

#include "protocols/rest/body.hpp"
#include "protocols/rest/handlers.hpp"
#include "protocols/rest/query.hpp"

namespace mofa::rest {
namespace {

constexpr std::array<std::string_view, 4> state_names{"ready", "paused", "draining", "failed"};

void list(core::agent_service& agents, const http::request& from, reply to) {
  static constexpr std::array<std::string_view, 7> known{"label", "skill", "kind", "state", "q", "limit", "cursor"};
  query_reader query{from, known};
  core::agent_filter filter{.label = query.label("label"),
                            .skill = query.text("skill"),
                            .kind = query.text("kind"),
                            .state = query.one_of<core::agent_state>("state", core::agent_state_from, state_names),
                            .text = query.text("q")};
  auto want = query.page();
  if (auto checked = query.finish(); !checked) return to.fail(checked.error());
  agents.list(std::move(filter), std::move(want), answer<core::page<core::agent_info>>(std::move(to)));
}

/// The agent's name, once the query is known to be empty.
result<std::string> only_name(const http::request& from) {
  if (auto checked = no_query(from); !checked) return std::move(checked).error();
  return name_in_path(from, "name", "agent");
}

core::completion<core::agent_actor_info> answer_actor(reply to, std::string name) {
  return [to = std::move(to), name = std::move(name)](result<core::agent_actor_info> got) mutable {
    if (!got) return to.fail(got.error());
    to.json(200, encode(*got, name));
  };
}

void add_command(http::route_table& table, core::agent_service& agents, std::string_view verb, core::agent_command what) {
  table.push_back({"POST", "/api/v1/agents/{name}:" + std::string{verb}, core::scope::agents_write,
                   [&agents, what](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     auto name = only_name(from);
                     if (!name) return to.fail(name.error());
                     if (auto body = read_nothing(from); !body) return to.fail(body.error());
                     agents.command(*name, what, answer_actor(std::move(to), *name));
                   }});
}

}  // namespace

void add_agent_routes(http::route_table& table, core::agent_service& agents) {
  const auto reads = core::scope::agents_read;
  table.push_back({"GET", "/api/v1/agents", reads, [&agents](http::request from, http::responder respond) {
                     list(agents, from, reply{from, std::move(respond)});
                   }});
  table.push_back({"GET", "/api/v1/agents/{name}", reads, [&agents](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     auto name = only_name(from);
                     if (!name) return to.fail(name.error());
                     agents.get(std::move(*name), [to = std::move(to)](result<core::agent_info> got) mutable {
                       if (!got) return to.fail(got.error());
                       to.json(200, encode(*got), {etag_of(*got)});
                     });
                   }});
  table.push_back({"GET", "/api/v1/agents/{name}/versions", reads, [&agents](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     auto name = only_name(from);
                     if (!name) return to.fail(name.error());
                     agents.versions(std::move(*name), answer<std::vector<core::agent_version>>(std::move(to)));
                   }});
  table.push_back({"GET", "/api/v1/agents/{name}/actor", reads, [&agents](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     auto name = only_name(from);
                     if (!name) return to.fail(name.error());
                     agents.actor(*name, answer_actor(std::move(to), *name));
                   }});
  add_command(table, agents, "pause", core::agent_command::pause);
  add_command(table, agents, "resume", core::agent_command::resume);
  add_command(table, agents, "restart", core::agent_command::restart);
  add_command(table, agents, "drain", core::agent_command::drain);
  table.push_back({"GET", "/api/v1/supervision", reads, [&agents](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     if (auto checked = no_query(from); !checked) return to.fail(checked.error());
                     agents.supervision(answer<core::supervision_node>(std::move(to)));
                   }});
}

}  // namespace mofa::rest

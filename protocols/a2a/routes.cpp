#include "protocols/a2a/routes.hpp"

#include <memory>
#include <utility>

#include "protocols/a2a/bindings.hpp"
#include "protocols/a2a/negotiation.hpp"
#include "protocols/a2a/proto_fields.hpp"

namespace mofa::a2a {

http::route_table routes(services server, card_options how) {
  const auto all = std::make_shared<const house>(house{server, std::move(how)});
  http::route_table table;
  add_card_routes(table, all->how, server.agents);
  add_rpc_routes(table, all);
  add_rest_routes(table, all);
  return table;
}

std::string agent_of(const http::request& from, const house& all) {
  const auto named = from.parameter("agent");
  return named.empty() ? all.how.default_agent : std::string{named};
}

std::optional<fault> may_not_write(const core::caller& who) {
  for (const auto each : {core::scope::tasks_read, core::scope::tasks_write})
    if (!who.has(each))
      return fault_of(
          {errc::forbidden, "the key '" + who.principal + "' lacks the scope '" + std::string{core::to_string(each)} + "'"});
  return std::nullopt;
}

call call_of(const http::request& from, const house& all, const codec& words, reply_form form, http::responder to) {
  const auto used = extensions_of(from);
  if (auto text = used.text(); !text.empty())
    form.headers.emplace_back(form.as == version::v1_0 ? "A2A-Extensions" : "X-A2A-Extensions", std::move(text));
  return {all.server,
          from.caller,
          agent_of(from, all),
          words,
          reply{std::move(form), std::move(to)},
          used.idempotent_messages,
          used.event_ids ? last_event_of(from) : std::nullopt};
}

void get_extended_card(call made, const house& all, const json& params, const http::request& from) {
  core::field_errors errors;
  const auto tenant = proto_fields{params, "", errors}.text("tenant");
  if (!errors.empty()) return made.to.fail(core::invalid_fields(std::move(errors)));
  if (auto wrong = wrong_tenant(made, tenant)) return made.to.fail(*wrong);
  const auto as = made.to.as();
  auto agent = made.agent;
  extended_card(all.how, all.server.agents, std::move(agent), from.header("host").value_or(""), as,
                [made = std::move(made)](result<std::string> text) mutable {
                  if (!text) return made.to.fail(no_such_agent(made, text.error()));
                  made.to.send(made.to.begin() + *text);
                });
}

}  // namespace mofa::a2a

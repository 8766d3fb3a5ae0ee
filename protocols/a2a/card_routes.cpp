#include "protocols/a2a/card_routes.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "protocols/a2a/card_answer.hpp"
#include "protocols/a2a/negotiation.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

constexpr std::size_t host_bytes = 255 + 6;
constexpr const char* card_path_v0_2 = "/agent/authenticatedExtendedCard";

server_view view_of(const card_options& how) { return how.server ? how.server() : server_view{}; }

const card_signer* signer_of(const card_options& how) { return how.public_base_url.empty() ? nullptr : how.signer; }

/// What all routes of cards share; lives as long as they do.
struct card_house {
  card_options how;
  core::agent_service& agents;

  server_view server() const { return view_of(how); }
};
using card_house_ptr = std::shared_ptr<const card_house>;

bool is_host(std::string_view text) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
  return !text.empty() && text.size() <= host_bytes && text.find_first_not_of(allowed) == text.npos;
}

/// What the URLs of all agents begin with.
result<std::string> origin_of(const card_options& how, std::string_view host) {
  if (!how.public_base_url.empty()) return how.public_base_url + "/a2a/";
  if (!is_host(host)) return error{errc::invalid, "the Host header names no host that a card could show"};
  return "http://" + std::string{host} + "/a2a/";
}

bool is_public(const core::definition& of, bool with_keys) { return of.shown.is_public.value_or(!with_keys); }

/// One request for a card.
struct card_asked {
  card_house_ptr all;
  std::string agent;
  std::string host;
  card_form form = card_form::v1;
  bool extended = false;
  core::caller who;
  known_copy known;
  http::responder to;

  /// Of refusals. Of the cards that are not extended 1.0: a hybrid one is for both.
  version as() const { return form == card_form::v0_3 || form == card_form::v0_3_rest ? version::v0_3 : version::v1_0; }
  void refuse(const fault& why) { to(rest_response(why, as(), all->how.profile)); }
};

/// HTTP 404. Only who may list agents is told near names.
fault unknown_agent(const std::string& name, const std::string& near_ones) {
  return refused(
      {errc::not_found, near_ones.empty() ? "no agent '" + name.substr(0, limits::client_id_bytes) + "'" : near_ones});
}

/// When the card of that version became what it is; the version may have been replaced in the meantime. Dates of HTTP have
/// no parts of a second. So that a copy is not taken for what came after it in the same second, a change counts as of the
/// second after it; the start does not, for this server has shown nothing before.
std::optional<modification> modification_of(const result<std::vector<core::agent_version>>& all, int version,
                                            const server_view& seen) {
  using std::chrono::seconds;
  if (!all) return std::nullopt;
  const auto found = std::find_if(all->begin(), all->end(), [&](const auto& each) { return each.version == version; });
  if (found == all->end()) return std::nullopt;
  const auto changed = std::max(found->created_at, seen.changed);
  if (changed <= seen.started) return modification{std::chrono::floor<seconds>(seen.started), seen.now};
  return modification{std::chrono::floor<seconds>(changed) + seconds{1}, seen.now};
}

void answer(card_asked asked, std::string text, const core::definition& of, const server_view& seen) {
  const bool open = !asked.extended && is_public(of, seen.with_keys);
  auto& agents = asked.all->agents;
  auto name = asked.agent;
  agents.versions(std::move(name), [asked = std::move(asked), text = std::move(text), open, seen,
                                    version = of.version](result<std::vector<core::agent_version>> got) mutable {
    asked.to(card_answer(std::move(text), asked.known, open, modification_of(got, version, seen)));
  });
}

void show(card_asked asked, const result<core::agent_info>& got) {
  const bool may_list = asked.who.has(core::scope::agents_read);
  if (!got && got.error().code == errc::not_found)
    return asked.refuse(unknown_agent(asked.agent, may_list ? got.error().detail : ""));
  if (!got) return asked.refuse(fault_of(got.error()));
  const auto& of = *got->definition;
  const auto& how = asked.all->how;
  const auto seen = asked.all->server();
  // Who may ask for the extended one may call the agent, public or not.
  if (!asked.extended && !is_public(of, seen.with_keys) && !may_list) return asked.refuse(unknown_agent(asked.agent, ""));
  if (asked.extended && !of.shown.extended)
    return asked.refuse(fault_of({errc::unsupported, "agent '" + of.name + "' has no extended card"}));
  const auto origin = origin_of(how, asked.host);
  if (!origin) return asked.refuse(fault_of(origin.error()));
  auto text = card_text(of, {*origin + of.name, seen.with_keys}, asked.form, asked.extended, signer_of(how));
  if (!text) return asked.refuse(fault_of(text.error()));
  answer(std::move(asked), *std::move(text), of, seen);
}

void find_and_show(card_asked asked) {
  auto& agents = asked.all->agents;
  auto name = asked.agent;
  agents.get(std::move(name),
             [asked = std::move(asked)](result<core::agent_info> got) mutable { show(std::move(asked), got); });
}

/// A version that nobody speaks gets the usual card: from it the client learns which there are.
card_form form_of(const http::request& from, card_form usual) {
  const auto asked = version_of(from);
  if (!asked.as) return usual;
  return asked.as == version::v1_0 ? card_form::v1 : card_form::hybrid;
}

card_asked asked_of(const http::request& from, const card_house_ptr& all, card_form usual, http::responder to) {
  const auto named = from.parameter("agent");
  card_asked out{all,
                 std::string{named},
                 std::string{from.header("host").value_or("")},
                 form_of(from, usual),
                 false,
                 from.caller,
                 copy_of(from),
                 std::move(to)};
  if (named.empty()) out.agent = all->how.default_agent;
  return out;
}

void show_extended_v1(card_asked asked, const http::request& from) {
  const auto as = version_of(from);
  asked.form = card_form::v1;
  asked.extended = true;
  if (as.wrong) return asked.refuse(*as.wrong);
  if (as.as == version::v0_3)
    return asked.refuse(version_not_supported("this is the extended card of A2A 1.0; that of 0.3 is at /v1/card"));
  const auto tenant = from.parameter("tenant");
  if (!tenant.empty() && tenant != asked.who.tenant)
    return asked.refuse(fault_of({errc::invalid, "the tenant in the path is not yours"}));
  find_and_show(std::move(asked));
}

void show_extended_v0_3(card_asked asked, card_form form) {
  asked.form = form;
  asked.extended = true;
  find_and_show(std::move(asked));
}

// All pages of the port are gathered: the catalogue has no pages.
class catalogue : public std::enable_shared_from_this<catalogue> {
 public:
  catalogue(card_asked asked, std::string origin) : asked_(std::move(asked)), origin_(std::move(origin)) {}

  void ask(std::string cursor) {
    asked_.all->agents.list(
        {}, {limits::page_max, std::move(cursor)},
        [self = shared_from_this()](result<core::page<core::agent_info>> got) { self->take(std::move(got)); });
  }

 private:
  void take(result<core::page<core::agent_info>> got) {
    if (!got) return asked_.refuse(fault_of(got.error()));
    const bool with_keys = asked_.all->server().with_keys;
    for (const auto& each : got->items) {
      if (!is_public(*each.definition, with_keys)) continue;
      const card_facts facts{origin_ + each.definition->name, with_keys};
      const auto text = card_text(*each.definition, facts, asked_.form, false, signer_of(asked_.all->how));
      if (!text) return asked_.refuse(fault_of(text.error()));
      cards_ += (cards_.empty() ? "" : ",") + *text;
    }
    if (!got->next_cursor.empty()) return ask(std::move(got->next_cursor));
    asked_.to(card_answer(R"({"agents":[)" + cards_ + "]}", asked_.known, true, std::nullopt));
  }

  card_asked asked_;
  std::string origin_;
  std::string cards_;
};

void list(card_asked asked) {
  auto origin = origin_of(asked.all->how, asked.host);
  if (!origin) return asked.refuse(fault_of(origin.error()));
  std::make_shared<catalogue>(std::move(asked), *std::move(origin))->ask({});
}

/// `base` is "/a2a/{agent}", or empty at the origin.
void add_below(http::route_table& table, const std::string& base, const card_house_ptr& all) {
  const auto usual = all->how.default_form;
  // Only clients of 0.2 and 0.3 look at the older place, and they name no version.
  for (const auto& [file, form] : {std::pair{"agent-card.json", usual}, std::pair{"agent.json", card_form::hybrid}})
    table.push_back(
        {"GET", base + "/.well-known/" + file, std::nullopt, [all, unnamed = form](http::request from, http::responder to) {
           find_and_show(asked_of(from, all, unnamed, std::move(to)));
         }});
  for (const auto* tenant : {"", "/{tenant}"})
    table.push_back({"GET", base + tenant + "/extendedAgentCard", core::scope::tasks_read,
                     [all, usual](http::request from, http::responder to) {
                       show_extended_v1(asked_of(from, all, usual, std::move(to)), from);
                     }});
  // 0.2 knew JSON-RPC alone, whose cards are the other form of 0.3.
  for (const auto& [path, form] : {std::pair{"/v1/card", card_form::v0_3_rest}, std::pair{card_path_v0_2, card_form::v0_3}})
    table.push_back(
        {"GET", base + path, core::scope::tasks_read, [all, usual, as = form](http::request from, http::responder to) {
           show_extended_v0_3(asked_of(from, all, usual, std::move(to)), as);
         }});
}

}  // namespace

void add_card_routes(http::route_table& table, const card_options& options, core::agent_service& agents) {
  const auto all = std::make_shared<const card_house>(card_house{options, agents});
  http::route_table own;
  own.push_back({"GET", "/a2a", std::nullopt, [all](http::request from, http::responder to) {
                   list(asked_of(from, all, all->how.default_form, std::move(to)));
                 }});
  add_below(own, "/a2a/{agent}", all);
  if (!options.default_agent.empty()) add_below(own, "", all);
  for (auto& each : own) {
    const bool old = each.pattern.ends_with("/v1/card") || each.pattern.ends_with(card_path_v0_2);
    const auto as = old ? version::v0_3 : version::v1_0;
    each.refuse = [as, profile = options.profile](const error& why) { return rest_response(turned_away(why), as, profile); };
    table.push_back(std::move(each));
  }
}

void extended_card(const card_options& options, core::agent_service& agents, std::string agent, std::string_view host,
                   version as, core::completion<std::string> done) {
  auto origin = origin_of(options, host);
  if (!origin) return done(std::move(origin).error());
  const auto form = as == version::v1_0 ? card_form::v1 : card_form::v0_3;
  const bool with_keys = view_of(options).with_keys;
  agents.get(std::move(agent), [origin = *std::move(origin), form, with_keys, signer = signer_of(options),
                                done = std::move(done)](result<core::agent_info> got) mutable {
    if (!got) return done(std::move(got).error());
    const auto& of = *got->definition;
    if (!of.shown.extended) return done(error{errc::unsupported, "agent '" + of.name + "' has no extended card"});
    done(card_text(of, {origin + of.name, with_keys}, form, true, signer));
  });
}

}  // namespace mofa::a2a

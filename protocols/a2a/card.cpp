#include "protocols/a2a/card.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/a2a/canonical.hpp"
#include "protocols/a2a/card_forms.hpp"
#include "protocols/core/caller.hpp"

namespace mofa::a2a {
namespace {

using core::json;

/// Empty texts are left out: what a signature covers has none (1.0.1, section 8.4).
json without_empty(const std::vector<std::string>& texts) {
  json out = json::array();
  for (const auto& each : texts)
    if (!each.empty()) out.push_back(each);
  return out;
}

void put(json& into, const char* name, const std::string& text) {
  if (!text.empty()) into[name] = text;
}
void put(json& into, const char* name, const std::vector<std::string>& texts) {
  if (auto list = without_empty(texts); !list.empty()) into[name] = std::move(list);
}

const std::string& first_of(const std::string& one, const std::string& other) { return one.empty() ? other : one; }

json skill_of(const core::skill& from, const std::string& agent) {
  const auto& id = first_of(from.id, agent);
  const auto& name = first_of(from.name, id);
  json out{{"id", id}, {"name", name}, {"description", first_of(from.description, name)}};
  put(out, "tags", from.tags);
  if (!out.contains("tags")) out["tags"] = json::array({id});  // required
  put(out, "examples", from.examples);
  put(out, "inputModes", from.input_modes);
  put(out, "outputModes", from.output_modes);
  return out;
}

/// The agent's own skills, and those of its extended card, which win where both have an id.
std::vector<core::skill> skills_of(const core::definition& of, bool extended) {
  auto out = of.skills;
  if (!extended || !of.shown.extended) return out;
  for (const auto& more : of.shown.extended->skills) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const core::skill& each) { return each.id == more.id; });
    if (same == out.end())
      out.push_back(more);
    else
      *same = more;
  }
  return out;
}

json extensions() {
  return json::array(
      {{{"uri", event_ids_extension},
        {"description", "Events of a stream have ids; a subscription with this goes on behind the one in Last-Event-ID."}},
       {{"uri", idempotent_messages_extension},
        {"description", "The messageId of a message makes its repetition harmless; other words under it are refused."}}});
}

json interfaces(const std::string& url) {
  json out = json::array();
  for (const auto* version : {"1.0", "0.3"})
    for (const auto* binding : {"JSONRPC", "HTTP+JSON"})
      out.push_back({{"url", url}, {"protocolBinding", binding}, {"protocolVersion", version}});
  return out;
}

/// {"protected", "signature"}: the flattened JWS (RFC 7515, section 7.2.2) without its payload.
result<json> signature_of(const json& card, const card_signer& signer) {
  const auto head = base64url(canonical({{"alg", signer.algorithm}, {"kid", signer.key_id}, {"typ", "JOSE"}}));
  auto signature = signer.sign(head + "." + base64url(canonical(card)));
  if (!signature) return std::move(signature).error();
  return json{{"protected", head}, {"signature", base64url(*signature)}};
}

}  // namespace

std::vector<std::string> needed_scopes() {
  return {std::string{to_string(core::scope::tasks_read)}, std::string{to_string(core::scope::tasks_write)}};
}

json proto_schemes() {
  return {{std::string{bearer_name}, {{"httpAuthSecurityScheme", {{"description", bearer_words}, {"scheme", "Bearer"}}}}},
          {std::string{api_key_name},
           {{"apiKeySecurityScheme", {{"description", api_key_words}, {"location", "header"}, {"name", "X-API-Key"}}}}}};
}

json proto_requirements() {
  json out = json::array();
  for (const auto name : {bearer_name, api_key_name}) {
    json each = json::object();
    each["schemes"][std::string{name}]["list"] = needed_scopes();
    out.push_back(std::move(each));
  }
  return out;
}

json common_members(const core::definition& of, bool extended) {
  const auto& shown = of.shown;
  const auto own = first_of(of.description, "The agent '" + of.name + "' of a MoFA server.");
  const auto& description = extended && shown.extended ? first_of(shown.extended->description, own) : own;
  json out{{"name", of.name}, {"description", description}, {"version", std::to_string(of.version)}};
  out["capabilities"] = {{"streaming", true}, {"pushNotifications", true}, {"extensions", extensions()}};
  put(out, "defaultInputModes", shown.input_modes);
  put(out, "defaultOutputModes", shown.output_modes);
  auto skills = json::array();
  for (const auto& each : skills_of(of, extended)) skills.push_back(skill_of(each, of.name));
  if (skills.empty()) skills.push_back(skill_of({of.name, of.name, description, {}, {}, {}, {}}, of.name));
  out["skills"] = std::move(skills);
  put(out, "documentationUrl", shown.documentation_url);
  put(out, "iconUrl", shown.icon_url);
  if (!shown.organization.empty() && !shown.organization_url.empty())
    out["provider"] = {{"organization", shown.organization}, {"url", shown.organization_url}};
  return out;
}

json card_v1(const core::definition& of, const card_facts& facts, bool extended) {
  auto out = common_members(of, extended);
  out["supportedInterfaces"] = interfaces(facts.base_url);
  if (of.shown.extended) out["capabilities"]["extendedAgentCard"] = true;
  if (facts.with_keys) {
    out["securitySchemes"] = proto_schemes();
    out["securityRequirements"] = proto_requirements();
  }
  return out;
}

result<std::string> card_text(const core::definition& of, const card_facts& facts, card_form form, bool extended,
                              const card_signer* signer) {
  const bool newest = form == card_form::v1 || form == card_form::hybrid;
  auto card = newest ? card_v1(of, facts, extended) : card_v0_3(of, facts, extended, form == card_form::v0_3_rest);
  auto signatures = json::array();
  const auto sign = [&]() -> result<void> {
    if (signer == nullptr) return {};
    auto made = signature_of(card, *signer);
    if (!made) return std::move(made).error();
    signatures.push_back(*std::move(made));
    return {};
  };
  if (auto done = sign(); !done) return std::move(done).error();
  if (form == card_form::hybrid) {
    // Where both have an object it is one with the members of both: readers of either find theirs.
    card.merge_patch(card_v0_3(of, facts, extended, false));
    if (auto done = sign(); !done) return std::move(done).error();
  }
  if (!signatures.empty()) card["signatures"] = std::move(signatures);
  return canonical(card);
}

}  // namespace mofa::a2a

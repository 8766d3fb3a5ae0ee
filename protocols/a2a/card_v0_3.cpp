#include <nlohmann/json.hpp>

#include "protocols/a2a/card_forms.hpp"

namespace mofa::a2a {
namespace {

using core::json;

/// As OpenAPI 3 writes them (0.3.0, section 5.5.3).
json open_api_schemes() {
  return {{std::string{bearer_name}, {{"type", "http"}, {"scheme", "bearer"}, {"description", bearer_words}}},
          {std::string{api_key_name},
           {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}, {"description", api_key_words}}}};
}

json open_api_requirements() {
  json out = json::array();
  for (const auto name : {bearer_name, api_key_name}) out.push_back({{std::string{name}, needed_scopes()}});
  return out;
}

}  // namespace

json card_v0_3(const core::definition& of, const card_facts& facts, bool extended, bool as_proto) {
  auto out = common_members(of, extended);
  out["protocolVersion"] = "0.3.0";
  out["url"] = facts.base_url;
  out["preferredTransport"] = "JSONRPC";
  // Clients of HTTP+JSON put /v1/… behind the URL.
  out["additionalInterfaces"] = {{{"url", facts.base_url}, {"transport", "JSONRPC"}},
                                 {{"url", facts.base_url}, {"transport", "HTTP+JSON"}}};
  if (of.shown.extended) out["supportsAuthenticatedExtendedCard"] = true;
  if (facts.with_keys) {
    out["securitySchemes"] = as_proto ? proto_schemes() : open_api_schemes();
    out["security"] = as_proto ? proto_requirements() : open_api_requirements();
  }
  return out;
}

}  // namespace mofa::a2a

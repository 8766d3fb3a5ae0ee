#include "server/app/live_settings.hpp"

namespace mofa::app {

result<gateway::rules> gateway_rules(const settings::configuration& from) {
  gateway::rules out;
  out.body_bytes = from.limits.body_bytes;
  out.header_bytes = from.limits.header_bytes;
  out.in_flight = from.limits.in_flight;
  out.connections = from.limits.connections;
  out.header_timeout = from.timeouts.header;
  out.idle_timeout = from.timeouts.idle;
  out.write_timeout = from.timeouts.write;
  out.cors_origins = from.cors.origins;
  for (const auto& one : from.auth.keys) {
    gateway::key made{one.name, {}, one.tenant, 0, one.expires};
    const auto hash = gateway::parse_key_hash(one.hash);
    if (!hash) return fail(errc::invalid, "auth.keys: the hash of '" + one.name + "' is not sha256:<64 hex digits>");
    made.hash = *hash;
    for (const auto& name : one.scopes) {
      const auto scope = core::scope_from(name);
      if (!scope) return fail(errc::invalid, "auth.keys: '" + one.name + "' has the unknown scope '" + name + "'");
      made.scopes |= static_cast<unsigned>(*scope);
    }
    out.keys.push_back(std::move(made));
  }
  return out;
}

scheduling::options scheduling_of(const settings::configuration& from) {
  return {{{"model", from.scheduling.model_slots}, {"tool", from.scheduling.tool_slots}}, from.scheduling.ageing};
}

}  // namespace mofa::app

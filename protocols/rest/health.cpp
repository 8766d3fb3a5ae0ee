#include <memory>

#include "protocols/core/json_text.hpp"
#include "protocols/rest/handlers.hpp"
#include "protocols/rest/openapi.hpp"

namespace mofa::rest {
namespace {

constexpr std::string_view fine = "{\"status\":\"ok\"}";

void livez(http::request from, http::responder respond) {
  reply to{from, std::move(respond)};
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  to.json(200, std::string{fine});
}

/// Open to everybody, so it says whether and not why.
void readyz(const readiness& state, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  if (!state.ready) return to.fail(fail(errc::unavailable, "not ready"));
  to.json(200, std::string{fine});
}

void healthz(const readiness& state, std::string_view version, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  std::string out = state.ready ? "{\"status\":\"ok\",\"reason\":" : "{\"status\":\"unavailable\",\"reason\":";
  append_string_or_null(out, state.reason);
  append_string(out += ",\"version\":", version);
  out += '}';
  to.json(state.ready ? 200 : 503, std::move(out));
}

}  // namespace

void add_health_routes(http::route_table& table, const dependencies& parts) {
  table.push_back({"GET", "/livez", std::nullopt, livez});
  table.push_back({"GET", "/readyz", std::nullopt, [ready = parts.ready](http::request from, http::responder respond) {
                     readyz(ready(), from, reply{from, std::move(respond)});
                   }});
  table.push_back({"GET", "/healthz", core::scope::agents_read,
                   [ready = parts.ready, version = parts.version](http::request from, http::responder respond) {
                     healthz(ready(), version, from, reply{from, std::move(respond)});
                   }});
  const auto document = std::make_shared<const std::string>(openapi_document(parts.version, parts.with_a2a));
  table.push_back({"GET", "/openapi.json", std::nullopt, [document](http::request from, http::responder respond) {
                     reply to{from, std::move(respond)};
                     if (auto checked = no_query(from); !checked) return to.fail(checked.error());
                     to.json(200, *document);
                   }});
}

}  // namespace mofa::rest

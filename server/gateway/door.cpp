#include "server/gateway/door.hpp"

#include <algorithm>

#include "protocols/http/percent.hpp"
#include "protocols/http/problem.hpp"
#include "protocols/http/upgrade.hpp"
#include "server/gateway/origin.hpp"

namespace mofa::gateway {

namespace {

bool changes_state(std::string_view method) { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }

http::response no_content() {
  http::response out;
  out.status = 204;
  return out;
}

}  // namespace

door::door(const rules& settings, const router& routes)
    : cors_origins_(settings.cors_origins), keys_(settings.keys), routes_(routes) {}

std::string_view door::readable_by(std::string_view origin) const {
  const auto found = std::find(cors_origins_.begin(), cors_origins_.end(), origin);
  return found == cors_origins_.end() ? std::string_view{} : std::string_view{*found};
}

void door::allow_reading(http::response& answer, std::string_view origin) {
  answer.headers.emplace_back("Vary", "Origin");
  if (origin.empty()) return;
  answer.headers.emplace_back("Access-Control-Allow-Origin", origin);
  answer.headers.emplace_back("Access-Control-Expose-Headers",
                              "A2A-Extensions, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, "
                              "Retry-After, WWW-Authenticate, X-A2A-Extensions, X-Request-Id");
}

http::response door::preflight(const http::request& ask) const {
  auto out = no_content();
  const auto found = routes_.find(ask.path);
  out.headers.emplace_back("Access-Control-Allow-Methods", found ? found->where->allow : "GET, HEAD, OPTIONS");
  out.headers.emplace_back("Access-Control-Allow-Headers",
                           "A2A-Extensions, A2A-Version, Accept, Authorization, Content-Type, Idempotency-Key, If-Match, "
                           "If-Modified-Since, If-None-Match, Last-Event-ID, Prefer, X-A2A-Extensions, X-API-Key, "
                           "X-Request-Id, traceparent");
  out.headers.emplace_back("Access-Control-Max-Age", "600");
  return out;
}

std::optional<error> door::refuse_origin(const http::request& ask) const {
  const auto origin = ask.header("origin");
  // Keys do not come by themselves with a page's request, as loopback's trust does.
  if (!keys_.empty() || !origin) return std::nullopt;
  if (!changes_state(ask.method) && !http::wants_websocket(ask)) return std::nullopt;
  if (!readable_by(*origin).empty() || is_own_origin(*origin, ask.header("host").value_or(""))) return std::nullopt;
  return fail(errc::origin_not_allowed, "origin '" + std::string{*origin} + "' is not in cors.origins");
}

verdict door::refuse(const http::request& ask, const error& why, std::string_view pattern, const http::route* route) {
  verdict out;
  out.pattern = pattern;
  out.answer = route != nullptr && route->refuse ? route->refuse(why) : http::problem(why, ask.path, ask.request_id);
  out.refusal = to_string(why.code);
  return out;
}

verdict door::judge(http::request& ask, time_point now) const {
  constexpr std::string_view unmatched = "unmatched";
  const auto host = ask.header("host").value_or("");
  if (keys_.empty() && !is_loopback_host(host)) {
    return refuse(
        ask, fail(errc::host_not_allowed, "host '" + std::string{host} + "' is not loopback; other names need auth.keys"),
        unmatched, routes_.form_for(ask.path));
  }
  if (ask.from_browser && ask.method == "OPTIONS" && ask.header("access-control-request-method")) {
    if (!readable_by(*ask.header("origin")).empty()) {
      verdict out;
      out.answer = preflight(ask);
      return out;
    }
  }
  if (!http::is_valid_query(ask.query))
    return refuse(ask, fail(errc::invalid_syntax, "the query is not well percent-encoded"), unmatched,
                  routes_.form_for(ask.path));

  auto found = routes_.find(ask.path);
  const auto pattern = found ? std::string_view{found->where->pattern} : unmatched;
  const auto* route = found ? found->where->route_for(ask.method) : nullptr;
  const bool open = route != nullptr && !route->scope;
  // All methods of a path speak one dialect.
  const auto* dialect = found ? found->where->routes.front() : routes_.form_for(ask.path);
  std::optional<shown_key> key;
  if (keys_.empty()) {
    ask.caller = local_caller();
  } else if (auto known = keys_.identify(ask, now)) {
    ask.caller = std::move(known->who);
    key = std::move(known->key);
  } else if (open) {
    ask.caller.principal = "anonymous";
  } else {
    return refuse(ask, known.error(), pattern, dialect);
  }
  if (const auto why = refuse_origin(ask)) return refuse(ask, *why, pattern, dialect);
  if (!found) return refuse(ask, found.error(), unmatched, dialect);
  if (route == nullptr) {
    const auto& allow = found->where->allow;
    auto out = refuse(ask, fail(errc::method_not_allowed, "this path takes " + allow), pattern, dialect);
    if (ask.method == "OPTIONS") {
      out.answer = no_content();
      out.refusal = {};
    }
    out.answer->headers.emplace_back("Allow", allow);
    return out;
  }
  if (route->scope && !ask.caller.has(*route->scope)) {
    return refuse(ask,
                  fail(errc::forbidden, "the key '" + ask.caller.principal + "' lacks the scope '" +
                                            std::string{core::to_string(*route->scope)} + "'"),
                  pattern, dialect);
  }
  ask.parameters = std::move(found->parameters);
  verdict out;
  out.route = route;
  out.pattern = pattern;
  out.key = std::move(key);
  return out;
}

}  // namespace mofa::gateway

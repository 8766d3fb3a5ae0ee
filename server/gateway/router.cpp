#include "server/gateway/router.hpp"

#include <algorithm>
#include <utility>

#include "protocols/http/percent.hpp"

namespace mofa::gateway {

const http::route* endpoint::route_for(std::string_view method) const {
  const auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
  for (const auto* each : routes) {
    if (each->method == wanted) return each;
  }
  return nullptr;
}

result<router> router::make(http::route_table table) {
  router out;
  out.table_ = std::make_unique<http::route_table>(std::move(table));
  for (const auto& each : *out.table_) {
    if (auto added = out.add(each); !added) return std::move(added).error();
  }
  for (const auto& each : out.endpoints_) {
    for (const auto* route : each->routes) each->allow += route->method + (route->method == "GET" ? ", HEAD, " : ", ");
    each->allow += "OPTIONS";
  }
  return out;
}

result<void> router::add(const http::route& one) {
  if (one.pattern.empty() || one.pattern.front() != '/')
    return fail(errc::invalid, "route '" + one.pattern + "' does not begin with '/'");
  node* at = root_.get();
  std::vector<std::string> names;
  std::string_view rest = std::string_view{one.pattern}.substr(1);
  while (true) {
    const auto slash = rest.find('/');
    auto next = descend(*at, rest.substr(0, slash), names);
    if (!next) return fail(errc::invalid, "route '" + one.pattern + "': " + next.error().detail);
    at = *next;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (one.method.empty()) {
    if (std::exchange(at->below, &one) != nullptr)
      return fail(errc::invalid, "the form below '" + one.pattern + "' is there twice");
    return {};
  }
  if (at->end == nullptr) {
    endpoints_.push_back(std::make_unique<endpoint>(endpoint{one.pattern, std::move(names), {}, {}}));
    at->end = endpoints_.back().get();
    if (at->end->parameter_names.empty()) plain_.emplace(one.pattern, at->end);
  }
  auto& routes = at->end->routes;
  if (std::any_of(routes.begin(), routes.end(), [&](const auto* each) { return each->method == one.method; })) {
    return fail(errc::invalid, "route '" + one.method + " " + one.pattern + "' is there twice");
  }
  routes.push_back(&one);
  return {};
}

result<router::node*> router::descend(node& from, std::string_view segment, std::vector<std::string>& names) {
  const auto close = segment.find('}');
  if (segment.find('{') == std::string_view::npos && close == std::string_view::npos) {
    auto& next = from.literals.try_emplace(std::string{segment}).first->second;
    if (!next) next = std::make_unique<node>();
    return next.get();
  }
  const bool closed = segment.front() == '{' && close != std::string_view::npos && close > 1;
  const auto tail = closed ? segment.substr(close + 1) : std::string_view{};
  if (!closed || (!tail.empty() && (tail.front() != ':' || tail.size() == 1))) {
    return fail(errc::invalid, "'" + std::string{segment} + "' is neither {x} nor {x}:verb");
  }
  names.emplace_back(segment.substr(1, close - 1));
  if (tail.empty()) {
    if (!from.any) from.any = std::make_unique<node>();
    return from.any.get();
  }
  const auto verb = tail.substr(1);
  for (auto& [known, next] : from.verbs) {
    if (known == verb) return next.get();
  }
  return from.verbs.emplace_back(std::string{verb}, std::make_unique<node>()).second.get();
}

const endpoint* router::walk(const node& at, std::string_view rest, raw_values& values) {
  const auto slash = rest.find('/');
  const auto segment = rest.substr(0, slash);
  const auto further = [&](const node& next) -> const endpoint* {
    if (slash == std::string_view::npos) return next.end;
    return walk(next, rest.substr(slash + 1), values);
  };
  const auto further_with = [&](const node& next, std::string_view value) -> const endpoint* {
    values.push_back(value);
    const auto* found = further(next);
    if (found == nullptr) values.pop_back();
    return found;
  };

  if (const auto literal = at.literals.find(segment); literal != at.literals.end()) {
    if (const auto* found = further(*literal->second)) return found;
  }
  if (segment.empty()) return nullptr;
  const auto colon = segment.rfind(':');
  if (colon != std::string_view::npos && colon > 0) {
    for (const auto& [verb, next] : at.verbs) {
      if (segment.substr(colon + 1) != verb) continue;
      if (const auto* found = further_with(*next, segment.substr(0, colon))) return found;
    }
  }
  return at.any ? further_with(*at.any, segment) : nullptr;
}

// The deeper one wins, whether it is below a literal segment or below a parameter.
router::form router::deepest_form(const node& at, std::string_view rest, std::size_t depth) {
  form best{depth, at.below};
  const auto slash = rest.find('/');
  const auto segment = rest.substr(0, slash);
  const auto try_below = [&](const node& next) {
    const auto deeper = slash == std::string_view::npos ? form{depth + 1, next.below}
                                                        : deepest_form(next, rest.substr(slash + 1), depth + 1);
    if (deeper.route != nullptr && (best.route == nullptr || deeper.depth > best.depth)) best = deeper;
  };
  if (const auto literal = at.literals.find(segment); literal != at.literals.end()) try_below(*literal->second);
  if (at.any && !segment.empty()) try_below(*at.any);
  return best;
}

const endpoint* router::endpoint_of(std::string_view path, raw_values& values) const {
  return !path.empty() && path.front() == '/' ? walk(*root_, path.substr(1), values) : nullptr;
}

const http::route* router::form_for(std::string_view path) const {
  raw_values values;
  if (const auto* found = endpoint_of(path, values)) return found->routes.front();
  return !path.empty() && path.front() == '/' ? deepest_form(*root_, path.substr(1), 0).route : nullptr;
}

result<router::match> router::find(std::string_view path) const {
  if (const auto plain = plain_.find(path); plain != plain_.end()) return match{plain->second, {}};
  raw_values values;
  const auto* found = endpoint_of(path, values);
  if (found == nullptr) return fail(errc::not_found, "no such path");
  match out{found, {}};
  out.parameters.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto decoded = http::percent_decode(values[i]);
    if (!decoded)
      return fail(errc::invalid_syntax, "path parameter '" + found->parameter_names[i] + "': " + decoded.error().detail);
    out.parameters.emplace_back(found->parameter_names[i], *std::move(decoded));
  }
  return out;
}

}  // namespace mofa::gateway

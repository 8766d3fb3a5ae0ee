// Routing: a path and a query find their endpoint or a clean refusal, and the handler behind answers once, in JSON.
//
// Input: "METHOD PATH?QUERY", line feed, body.
#include <string>

#include "protocols/http/percent.hpp"
#include "server/gateway/router.hpp"
#include "tests/fuzz/fake_services.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using mofa::fuzz::claim;
namespace http = mofa::http;

struct server {
  mofa::fuzz::fake_tasks tasks;
  mofa::fuzz::fake_agents agents;
  mofa::fuzz::fake_topics topics;
  mofa::result<mofa::gateway::router> router = mofa::gateway::router::make(
      mofa::rest::routes({.tasks = tasks,
                          .agents = agents,
                          .topics = topics,
                          .ready = [] { return mofa::rest::readiness{.ready = true, .reason = {}}; },
                          .version = "1"}));
};

std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    ((out += '%') += digits[byte >> 4U]) += digits[byte & 15U];
  }
  return out;
}

/// The pattern with its holes filled, every byte of a value encoded.
std::string path_for(const std::string& pattern, const http::parameter_list& values) {
  std::string out = pattern;
  for (const auto& [name, value] : values) {
    const auto hole = "{" + name + "}";
    out.replace(out.find(hole), hole.size(), encoded(value));
  }
  return out;
}

void check_match(const mofa::gateway::router& router, const mofa::gateway::router::match& found) {
  claim(found.where != nullptr, "a match has an endpoint");
  claim(found.parameters.size() == found.where->parameter_names.size(), "each parameter has a value");
  for (const auto& [name, value] : found.parameters) {
    claim(!value.empty() && value.find('\0') == std::string::npos, "a value is text:", name);
  }
  const auto again = router.find(path_for(found.where->pattern, found.parameters));
  claim(again.has_value() && again->where == found.where && again->parameters == found.parameters,
        "the same parameters, fully encoded, find the same endpoint:", found.where->pattern);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static server here;
  claim(here.router.has_value(), "the routes make a router");
  auto rest = mofa::fuzz::text_of(data, size);
  auto target = mofa::fuzz::take(rest, '\n');
  const auto method = mofa::fuzz::take(target, ' ');

  http::request from;
  from.path = mofa::fuzz::take(target, '?');
  from.query = target;
  from.body = rest;
  from.request_id = "r";
  if (http::is_valid_query(from.query)) (void)from.query_value("after");

  auto found = here.router->find(from.path);
  if (!found) {
    const auto code = found.error().code;
    claim(code == mofa::errc::not_found || code == mofa::errc::invalid_syntax, "a path is unknown or malformed");
    return 0;
  }
  check_match(*here.router, *found);
  const auto* route = found->where->route_for(method);
  if (route == nullptr) {
    const auto allowed = ", " + found->where->allow + ", ";
    claim(allowed.find(", " + std::string{method} + ", ") == std::string::npos || method == "OPTIONS",
          "what is allowed has a route:", method);
    return 0;
  }
  from.method = route->method;
  from.parameters = std::move(found->parameters);
  const auto answer = mofa::fuzz::answer_of(*route, std::move(from));
  claim(answer.status >= 200 && answer.status < 500, "no request is an error of the server:", answer.body);
  if (answer.content_type.find("json") != std::string::npos)
    claim(mofa::core::json::accept(answer.body), "the body is JSON:", answer.body);
  return 0;
}

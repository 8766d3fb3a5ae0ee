#include <charconv>

#include "protocols/document/document.hpp"
#include "protocols/http/headers.hpp"
#include "protocols/rest/handlers.hpp"
#include "protocols/rest/headers.hpp"
#include "protocols/rest/query.hpp"

namespace mofa::rest {
namespace {

bool says_yaml(std::string_view type) {
  return type.starts_with("application/yaml") || type.starts_with("application/x-yaml") || type.starts_with("text/yaml");
}

/// JSON, or YAML when the content type says so, or when it does not say JSON and the text is no JSON object. A web page
/// must say what it sends: a form's content type comes without the browser asking first.
result<core::json> document_of(const http::request& from) {
  const std::string type{from.header("content-type").value_or("")};
  const auto first = from.body.find_first_not_of(" \t\r\n");
  const bool looks_yaml = !type.starts_with("application/json") && first != std::string::npos && from.body[first] != '{';
  const bool yaml = says_yaml(type) || (!from.from_browser && looks_yaml);
  if (!yaml) {
    if (auto checked = http::check_content_type(from); !checked) return std::move(checked).error();
    return document::parse_json(from.body);
  }
  auto read = document::read_yaml(from.body, "definition");
  if (!read) return std::move(read).error();
  return std::move(read->value);
}

/// If-Match (RFC 9110, section 13.1.1) with the number of a version: "3". `*` is any.
result<std::optional<int>> version_wanted(const http::request& from) {
  const auto text = from.header("if-match");
  if (!text || *text == "*") return std::optional<int>{};
  int version = 0;
  const auto* first = text->data() + 1;
  const auto* last = text->data() + text->size() - 1;
  const bool quoted = text->size() > 2 && text->front() == '"' && text->back() == '"';
  const auto read =
      quoted ? std::from_chars(first, last, version) : std::from_chars_result{nullptr, std::errc::invalid_argument};
  if (read.ec != std::errc{} || read.ptr != last)
    return error{errc::invalid, "If-Match must be the ETag of the agent, such as \"3\"", {{"If-Match", "must be an ETag"}}};
  return std::optional{version};
}

void create(core::agent_service& agents, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  auto once = http::idempotency_of(from);
  if (!once) return to.fail(once.error());
  auto document = document_of(from);
  if (!document) return to.fail(document.error());
  agents.apply({std::move(*document), std::nullopt, std::nullopt, std::move(*once), from.caller},
               [to = std::move(to)](result<core::agent_info> made) mutable {
                 if (!made) return to.fail(made.error());
                 http::header_list headers{{"Location", "/api/v1/agents/" + made->definition->name}, etag_of(*made)};
                 if (made->replayed) headers.emplace_back("Idempotency-Replayed", "true");
                 to.json(201, encode(*made), std::move(headers));
               });
}

void replace(core::agent_service& agents, const http::request& from, reply to) {
  if (auto checked = no_query(from); !checked) return to.fail(checked.error());
  auto name = name_in_path(from, "name", "agent");
  if (!name) return to.fail(name.error());
  const auto version = version_wanted(from);
  if (!version) return to.fail(version.error());
  auto document = document_of(from);
  if (!document) return to.fail(document.error());
  agents.apply({std::move(*document), std::move(*name), *version},
               [to = std::move(to)](result<core::agent_info> made) mutable {
                 if (!made) return to.fail(made.error());
                 to.json(200, encode(*made), {etag_of(*made)});
               });
}

void remove(core::agent_service& agents, const http::request& from, reply to) {
  static constexpr std::array<std::string_view, 1> known{"drain"};
  query_reader query{from, known};
  const auto drain = query.text("drain");
  if (drain && *drain != "true" && *drain != "false") query.complain("drain", "must be true or false");
  if (auto checked = query.finish(); !checked) return to.fail(checked.error());
  auto name = name_in_path(from, "name", "agent");
  if (!name) return to.fail(name.error());
  const auto version = version_wanted(from);
  if (!version) return to.fail(version.error());
  agents.remove(*name, *version, drain == "true", [to = std::move(to)](result<bool> gone) mutable {
    if (!gone) return to.fail(gone.error());
    if (*gone) return to.nothing();
    to.json(202, "{\"state\":\"draining\"}");
  });
}

using handler = void (*)(core::agent_service&, const http::request&, reply);

void add(http::route_table& table, core::agent_service& agents, std::string_view method, std::string_view pattern,
         handler handle) {
  table.push_back({std::string{method}, std::string{pattern}, core::scope::agents_write,
                   [&agents, handle](http::request from, http::responder respond) {
                     handle(agents, from, reply{from, std::move(respond)});
                   }});
}

}  // namespace

std::pair<std::string, std::string> etag_of(const core::agent_info& what) {
  return {"ETag", '"' + std::to_string(what.definition->version) + '"'};
}

void add_definition_routes(http::route_table& table, core::agent_service& agents) {
  add(table, agents, "POST", "/api/v1/agents", create);
  add(table, agents, "PUT", "/api/v1/agents/{name}", replace);
  add(table, agents, "DELETE", "/api/v1/agents/{name}", remove);
}

}  // namespace mofa::rest

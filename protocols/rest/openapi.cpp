#include "protocols/rest/openapi.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace mofa::rest {
namespace {

using ordered = nlohmann::ordered_json;

ordered ref(std::string_view section, std::string_view name) {
  return {{"$ref", "#/components/" + std::string{section} + "/" + std::string{name}}};
}

ordered content(std::string_view type, std::string_view schema) {
  ordered out;
  out[std::string{type}] = {{"schema", ref("schemas", schema)}};
  return out;
}

std::string_view description_of(int status) {
  switch (status) {
    case 400:
      return "The body or the query is not well-formed";
    case 403:
      return "The key lacks the scope, or a web page of another origin asks";
    case 404:
      return "No such thing, or another owner's";
    case 406:
      return "Accept allows nothing that this route answers";
    case 409:
      return "The state does not allow it";
    case 415:
      return "A web page sent something else than application/json";
    case 422:
      return "The content breaks a rule; errors names each place";
    case 429:
      return "The agent's queue is full; see Retry-After";
    case 503:
      return "The server has no room or a part restarts; see Retry-After";
    default:
      return "An error";
  }
}

ordered responses_of(const operation& what) {
  ordered out = ordered::object();
  for (const auto& answer : what.answers) {
    auto& entry = out[std::to_string(answer.status)];
    entry["description"] = answer.description;
    if (!answer.schema.empty()) entry["content"].update(content(answer.content_type, answer.schema));
  }
  for (const int status : what.errors) {
    auto& entry = out[std::to_string(status)];
    entry["description"] = description_of(status);
    entry["content"] = content("application/problem+json", "problem");
  }
  const auto type = what.any_error == "problem" ? "application/problem+json" : "application/json";
  out["default"] = {{"description", "Any other error"}, {"content", content(type, what.any_error)}};
  return out;
}

ordered describe(const operation& what) {
  ordered out;
  out["operationId"] = what.id;
  out["summary"] = what.summary;
  out["tags"] = {what.tag};
  out["security"] = ordered::array();
  if (!what.scope.empty()) {
    ordered needed;
    needed["key"] = {what.scope};
    out["security"].push_back(std::move(needed));
  }
  out["parameters"] = ordered::array();
  for (const auto name : what.parameters) out["parameters"].push_back(ref("parameters", name));
  if (!what.body.empty())
    out["requestBody"] = {{"required", what.body_required}, {"content", content("application/json", what.body)}};
  out["responses"] = responses_of(what);
  return out;
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

std::string openapi_document(std::string_view version, bool with_a2a) {
  ordered out;
  out["openapi"] = "3.1.0";
  out["info"] = {{"title", "MoFA Server"},
                 {"version", version},
                 {"summary", "Agents, tasks, contexts and their events"},
                 {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}};
  const auto a2a_tag = ordered::parse(a2a_tag_text());
  out["tags"] = with_a2a ? ordered::array({a2a_tag}) : ordered::array();
  out["paths"] = ordered::object();
  for (const auto& each : operations())
    if (with_a2a || each.tag != a2a_tag.at("name"))
      out["paths"][std::string{each.path}][lower(each.method)] = describe(each);
  out["components"]["parameters"] = ordered::parse(parameters_text());
  if (with_a2a) out["components"]["parameters"].update(ordered::parse(a2a_parameters_text()));
  out["components"]["schemas"] = ordered::parse(schemas_text());
  out["components"]["schemas"].update(ordered::parse(dialect_schemas_text()));
  if (with_a2a) out["components"]["schemas"].update(ordered::parse(a2a_schemas_text()));
  out["components"]["securitySchemes"]["key"] = {
      {"type", "http"},
      {"scheme", "bearer"},
      {"description", "A key made by `mofa keys new`; a server on loopback may have none"}};
  return out.dump();
}

}  // namespace mofa::rest

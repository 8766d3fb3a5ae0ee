#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "protocols/openai/routes.hpp"
#include "protocols/rest/openapi.hpp"
#include "protocols/websocket/routes.hpp"
#include "tests/unit/protocols/a2a/binding_harness.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

namespace {

ask get(std::string path, std::string query = {}) {
  return {.method = "GET", .pattern = std::move(path), .query = std::move(query)};
}

/// Every "$ref" below the value.
void collect_refs(const core::json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref")) out.insert(value["$ref"].get<std::string>());
  if (value.is_structured()) {
    for (const auto& each : value) collect_refs(each, out);
  }
}

/// The described path that answers what this one of A2A answers: the agent's own, of 1.0, without a tenant.
std::string described_form(std::string path) {
  const std::string base = "/a2a/{agent}";
  if (path == "/a2a") return path;
  if (!path.starts_with(base)) path = base + path;
  auto rest = path.substr(base.size());
  if (rest == "/v1/card" || rest == "/agent/authenticatedExtendedCard") return base + "/extendedAgentCard";
  for (const std::string variant : {"/{tenant}/", "/v1/"}) {
    if (rest.starts_with(variant)) rest = rest.substr(variant.size() - 1);
  }
  return rest == "/" ? base : base + rest;
}

/// Those of the table that answer something: the others are forms of refusals.
http::route_table a2a_routes() {
  auto all = a2a::testing::harness{}.table;
  std::erase_if(all, [](const http::route& each) { return each.method.empty(); });
  return all;
}

/// Whether the value has all members that the schema requires, and none that it does not name.
void check_shape(const core::json& value, const core::json& schema, const core::json& document) {
  if (schema.contains("$ref"))
    return check_shape(value, document.at(core::json::json_pointer{schema["$ref"].get<std::string>().substr(1)}), document);
  for (const auto& name : schema.value("required", core::json::array())) CHECK_MESSAGE(value.contains(name), name);
  if (!schema.contains("properties") && !schema.contains("items")) return;
  if (value.is_array()) {
    for (const auto& each : value) check_shape(each, schema["items"], document);
    return;
  }
  for (const auto& [name, member] : value.items()) {
    CHECK_MESSAGE(schema["properties"].contains(name), name);
    if (schema["properties"].contains(name)) check_shape(member, schema["properties"][name], document);
  }
}

}  // namespace

TEST_CASE("livez answers whatever the state") {
  harness call;
  call.state = {.ready = false, .reason = "store: restarting"};
  CHECK(call.json(get("/livez")) == core::json{{"status", "ok"}});
  call.problem(get("/livez", "x=1"), 422, "invalid");
}

TEST_CASE("readyz says whether and reveals no reason, healthz says why") {
  harness call;
  CHECK(call.json(get("/readyz")) == core::json{{"status", "ok"}});
  CHECK(call.json(get("/healthz")) == core::json{{"status", "ok"}, {"reason", nullptr}, {"version", "9.8.7"}});
  call.state = {.ready = false, .reason = "store: restarting"};
  const auto refused = call(get("/readyz"));
  CHECK(refused.status == 503);
  CHECK(refused.body.find("store") == std::string::npos);
  CHECK(call.json(get("/healthz"), 503)["reason"] == "store: restarting");
}

TEST_CASE("the description lists exactly the methods and paths of the route tables, with their scopes") {
  harness call;
  const auto document = call.json(get("/openapi.json"));
  CHECK(document["openapi"] == "3.1.0");
  CHECK(document["info"]["version"] == "9.8.7");
  std::map<std::string, std::string> described;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, what] : methods.items()) {
      std::string upper;
      for (const char c : method) upper += static_cast<char>(c - 'a' + 'A');
      described[upper + " " + path] = what["security"].empty() ? "" : what["security"][0]["key"][0].get<std::string>();
    }
  }
  std::map<std::string, std::string> routed{{"GET /metrics", "metrics"}};
  auto all = call.table;
  for (auto& route : rest::configuration_routes(call.configuration)) all.push_back(std::move(route));
  for (auto& route : openai::routes(call.tasks, call.agents)) all.push_back(std::move(route));
  for (auto& route : websocket::routes(call.tasks, call.topics)) all.push_back(std::move(route));
  for (auto& route : a2a_routes()) {
    if (described_form(route.pattern) == route.pattern) all.push_back(std::move(route));
  }
  for (const auto& route : all) {
    const auto key = route.method + " " + route.pattern;
    CHECK_MESSAGE(!routed.contains(key), key);
    routed[key] = route.scope ? core::to_string(*route.scope) : "";
  }
  CHECK(described == routed);
}

TEST_CASE("without A2A the description has nothing of it") {
  const auto all = core::json::parse(rest::openapi_document("1", true));
  const auto document = core::json::parse(rest::openapi_document("1", false));
  for (const auto& [path, methods] : document["paths"].items()) {
    CAPTURE(path);
    CHECK_FALSE(path.starts_with("/a2a"));
  }
  CHECK(document["paths"].size() + 13 == all["paths"].size());
  CHECK(document["tags"].empty());
  for (const auto* section : {"parameters", "schemas"}) {
    const auto& components = document["components"][section];
    CHECK(components.size() < all["components"][section].size());
    for (const auto& [name, what] : components.items()) CHECK_MESSAGE(!name.starts_with("a2a_"), name);
  }
  std::set<std::string> refs;
  collect_refs(document, refs);
  for (const auto& each : refs) CHECK_MESSAGE(document.contains(core::json::json_pointer(each.substr(1))), each);
}

TEST_CASE("a route of A2A that the description does not list is another way to one that it lists") {
  harness call;
  const auto paths = call.json(get("/openapi.json"))["paths"];
  int variants = 0;
  for (const auto& route : a2a_routes()) {
    if (described_form(route.pattern) == route.pattern) continue;
    ++variants;
    CAPTURE(route.method);
    CAPTURE(route.pattern);
    std::string method;
    for (const char c : route.method) method += static_cast<char>(c - 'A' + 'a');
    const auto described = described_form(route.pattern);
    REQUIRE(paths.contains(described));
    REQUIRE(paths[described].contains(method));
    const auto& security = paths[described][method]["security"];
    CHECK((security.empty() ? "" : security[0]["key"][0]) == (route.scope ? core::to_string(*route.scope) : ""));
  }
  CHECK(variants > 50);
}

TEST_CASE("every operation has an id of its own, a summary, its path's parameters and described answers") {
  harness call;
  const auto document = call.json(get("/openapi.json"));
  std::set<std::string> ids;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, what] : methods.items()) {
      CAPTURE(path);
      CAPTURE(method);
      CHECK(ids.insert(what["operationId"].get<std::string>()).second);
      CHECK_FALSE(what["summary"].get<std::string>().empty());
      std::set<std::string> in_path;
      for (const auto& parameter : what["parameters"]) {
        const auto name = parameter["$ref"].get<std::string>().substr(std::string{"#/components/parameters/"}.size());
        const auto& full = document["components"]["parameters"].at(name);
        if (full["in"] == "path") in_path.insert("{" + full["name"].get<std::string>() + "}");
      }
      for (const auto& hole : in_path) CHECK(path.find(hole) != std::string::npos);
      CHECK(in_path.size() == static_cast<std::size_t>(std::count(path.begin(), path.end(), '{')));
      CHECK(what["responses"].size() >= 2);
      for (const auto& [status, answer] : what["responses"].items()) {
        CHECK_FALSE(answer["description"].get<std::string>().empty());
        if (status != "204" && status != "101" && status != "304")
          CHECK(answer["content"].begin().value()["schema"].contains("$ref"));
      }
    }
  }
}

TEST_CASE("every reference of the description leads somewhere, and every schema is used") {
  harness call;
  const auto document = call.json(get("/openapi.json"));
  std::set<std::string> refs;
  collect_refs(document, refs);
  for (const auto& ref : refs) CHECK_MESSAGE(document.contains(core::json::json_pointer{ref.substr(1)}), ref);
  for (const auto section : {"schemas", "parameters"}) {
    for (const auto& [name, unused] : document["components"][section].items())
      CHECK_MESSAGE(refs.contains(std::string{"#/components/"} + section + "/" + name), name);
  }
}

TEST_CASE("real answers have exactly the members that the description requires") {
  harness call;
  const auto schemas = call.json(get("/openapi.json"))["components"]["schemas"];
  const auto check = [&](const core::json& answer, const std::string& schema) {
    CAPTURE(schema);
    std::set<std::string> members;
    for (const auto& [name, unused] : answer.items()) members.insert(name);
    CHECK(members == schemas[schema]["required"].get<std::set<std::string>>());
  };
  const http::parameter_list id{{"id", some_id}};
  const http::parameter_list name{{"name", "echo"}};
  const auto task = call.json({.method = "GET", .pattern = "/api/v1/tasks/{id}", .parameters = id});
  check(task, "task");
  check(task["status"], "task_status");
  check(task["usage"], "usage");
  check(task["history"][0], "message");
  check(task["artifacts"][0], "artifact");
  check(call.json(get("/api/v1/tasks"))["items"][0], "task_row");
  call.tasks.recorded = {some_event(1)};
  check(call.json({.method = "GET", .pattern = "/api/v1/tasks/{id}/events", .parameters = id})["items"][0], "event");
  const auto agent = call.json({.method = "GET", .pattern = "/api/v1/agents/{name}", .parameters = name});
  check(agent, "agent");
  check(agent["skills"][0], "skill");
  check(call.json(get("/api/v1/agents"))["items"][0], "agent_row");
  check(call.json({.method = "GET", .pattern = "/api/v1/agents/{name}/versions", .parameters = name})["items"][0],
        "agent_version");
  check(call.json({.method = "GET", .pattern = "/api/v1/agents/{name}/actor", .parameters = name}), "agent_actor");
  check(call.json(get("/api/v1/supervision")), "supervision_node");
  check(call.json(get("/api/v1/contexts"))["items"][0], "context");
  check(call.json({.method = "POST",
                   .pattern = "/api/v1/topics/{topic}",
                   .parameters = {{"topic", "orders.eu"}},
                   .body = R"({"data":1})"}),
        "published");
  check(call.json(get("/api/v1/topics"))["items"][0], "topic");
  check(call.json(get("/livez")), "status");
  check(call.json(get("/healthz")), "health");
}

TEST_CASE("answers of A2A 1.0 have the shapes of the description") {
  harness call;
  a2a::testing::harness other;
  const auto document = call.json(get("/openapi.json"));
  const auto check = [&](const std::string& body, const std::string& schema) {
    CAPTURE(schema);
    CAPTURE(body);
    check_shape(core::json::parse(body), document["components"]["schemas"].at(schema), document);
  };
  const http::parameter_list task{{"id", some_id}};
  const auto said = a2a::testing::message_of("hello").dump();
  other.pushes.config.url = "https://example.org/hook";
  other.pushes.config.scheme = "Bearer";
  check(other.rest("POST", "/message:send", {}, said).body, "a2a_sent");
  check(other.rest("GET", "/tasks/{id}", task).body, "a2a_task");
  check(other.rest("GET", "/tasks", {}, "", "includeArtifacts=true").body, "a2a_task_list");
  check(other.rest("GET", "/tasks/{id}/pushNotificationConfigs", task).body, "a2a_push_config_list");
  check(other.rest("GET", "/tasks/{id}", {{"id", "nobody"}}).body, "a2a_error");
  check(other.rest("POST", "/message:send", {}, "{}").body, "a2a_error");
  check(other.rpc("SendMessage", a2a::testing::message_of("hello")).dump(), "a2a_rpc_answer");
  check(other.rpc("SendMessage", core::json::object()).dump(), "a2a_rpc_answer");
  const auto card = core::json::parse(other.rest("GET", "/.well-known/agent-card.json").body);
  for (const auto& name : document["components"]["schemas"]["a2a_card"]["required"])
    CHECK_MESSAGE(card.contains(name), name);
}

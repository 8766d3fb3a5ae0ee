#include <set>

#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

std::vector<std::string> ids_of(const json& page) {
  std::vector<std::string> out;
  for (const auto& one : page.at("items")) out.push_back(id_of(one));
  return out;
}

TEST_CASE_FIXTURE(with_server, "tasks are listed newest first, page by page, without history and artifacts") {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.insert(made.begin(), id_of(with.ask("echo", "x", {{"labels", {{"suite", "paging"}}}})));
  const std::string path = "/api/v1/tasks?label=suite:paging";
  const auto all = with.read(path);
  CHECK(ids_of(all) == made);
  CHECK(all.at("next_cursor").is_null());
  CHECK(!all.at("items").at(0).contains("history"));
  CHECK(!all.at("items").at(0).contains("artifacts"));

  std::vector<std::string> paged;
  json page = with.read(path + "&limit=2");
  for (;;) {
    const auto ids = ids_of(page);
    CHECK(ids.size() <= 2);
    paged.insert(paged.end(), ids.begin(), ids.end());
    if (page.at("next_cursor").is_null()) break;
    page = with.read(path + "&limit=2&cursor=" + page.at("next_cursor").get<std::string>());
  }
  CHECK(paged == made);
}

TEST_CASE_FIXTURE(with_server, "tasks are filtered by agent, context, state, label and time") {
  const json here{{"context_id", "filters"}, {"labels", {{"suite", "filters"}}}, {"priority", "high"}};
  const auto done = with.ask("echo", "x", here);
  const auto asked = with.ask("weather", "weather in Bern", here);
  CHECK(done.at("priority") == "high");
  CHECK(ids_of(with.read("/api/v1/tasks?context_id=filters")).size() == 2);
  CHECK(ids_of(with.read("/api/v1/tasks?context_id=filters&agent=echo")) == std::vector{id_of(done)});
  CHECK(ids_of(with.read("/api/v1/tasks?label=suite:filters&state=input_required")) == std::vector{id_of(asked)});
  CHECK(ids_of(with.read("/api/v1/tasks?label=suite:nothing")).empty());
  CHECK(ids_of(with.read("/api/v1/tasks?context_id=filters&since=2020-01-01T00:00:00Z")).size() == 2);
  CHECK(ids_of(with.read("/api/v1/tasks?context_id=filters&since=2999-01-01T00:00:00Z")).empty());
}

TEST_CASE_FIXTURE(with_server, "?history= shortens the history to its last messages") {
  const auto asked = with.ask("weather", "weather in Bern");
  with.tell(id_of(asked), "today");
  const auto path = "/api/v1/tasks/" + id_of(asked);
  const auto whole = with.ended(id_of(asked)).at("history");
  REQUIRE(whole.size() >= 2);
  CHECK(with.read(path + "?history=0").at("history").empty());
  const auto last = with.read(path + "?history=1").at("history");
  REQUIRE(last.size() == 1);
  CHECK(last.at(0) == whole.back());
}

TEST_CASE_FIXTURE(with_server, "a context shows its tasks and messages, and goes with them") {
  const json here{{"context_id", "a room of its own"}};
  with.ask("echo", "first", here);
  with.ask("echo", "second", here);
  const std::string path = "/api/v1/contexts/a%20room%20of%20its%20own";
  const auto context = with.read(path);
  CHECK(context.at("id") == "a room of its own");
  CHECK(context.at("tasks") == 2);
  const auto messages = with.read(path + "/messages").at("items");
  REQUIRE(!messages.empty());
  std::multiset<std::string> texts;
  for (const auto& one : messages)
    if (one.at("role") == "user") texts.insert(one.at("parts").at(0).at("text").get<std::string>());
  CHECK(texts == std::multiset<std::string>{"first", "second"});
  const auto listed = with.read("/api/v1/contexts?limit=200").at("items");
  CHECK(std::any_of(listed.begin(), listed.end(), [](const auto& one) { return one.at("id") == "a room of its own"; }));

  CHECK(with.remove(path).status == 204);
  CHECK(with.get(path).status == 404);
  CHECK(with.read("/api/v1/tasks?context_id=a%20room%20of%20its%20own").at("items").empty());
}

TEST_CASE_FIXTURE(with_server, "an ended task can be deleted, a running one cannot") {
  const auto running = id_of(with.submit("napper", "long"));
  const auto refused = with.remove("/api/v1/tasks/" + running);
  CHECK(refused.status == 409);
  CHECK(body_of(refused).at("code") == "task_not_terminal");
  CHECK(with.post("/api/v1/tasks/" + running + ":cancel").status == 200);
  CHECK(with.remove("/api/v1/tasks/" + running).status == 204);
  CHECK(with.get("/api/v1/tasks/" + running).status == 404);
  CHECK(with.get("/api/v1/tasks/" + running + "/events").status == 404);
}

TEST_CASE_FIXTURE(with_server, "agents are listed by name with filters, and shown with their definition and versions") {
  const auto all = with.read("/api/v1/agents?limit=200").at("items");
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(one.at("name"));
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(std::count(names.begin(), names.end(), "echo") == 1);
  CHECK(with.read("/api/v1/agents?label=owner:e2e").at("items").size() == 2);
  CHECK(with.read("/api/v1/agents?skill=forecast").at("items").at(0).at("name") == "weather");
  CHECK(with.read("/api/v1/agents?q=journals%20NOTHING").at("items").at(0).at("name") == "fleeting");
  CHECK(with.read("/api/v1/agents?kind=team").at("items").empty());
  CHECK(with.read("/api/v1/agents?state=paused").at("items").empty());

  const auto echo = with.read("/api/v1/agents/echo");
  CHECK(echo.at("kind") == "scenario");
  CHECK(echo.at("state") == "ready");
  CHECK(echo.at("source").get<std::string>().ends_with("echo.yaml"));
  const auto versions = with.read("/api/v1/agents/echo/versions").at("items");
  REQUIRE(versions.size() == 1);
  CHECK(versions.at(0).at("version") == 1);
  CHECK(with.read("/api/v1/agents/echo/actor").at("agent") == "echo");
}

TEST_CASE_FIXTURE(with_server,
                  "the supervision tree that is shown has the storage, the timers, the effects and every agent") {
  const auto root = with.read("/api/v1/supervision");
  CHECK(root.at("name") == "root");
  CHECK(root.at("type") == "supervisor");
  CHECK(root.at("state") == "running");
  std::set<std::string> names;
  json agents;
  for (const auto& one : root.at("children")) {
    names.insert(one.at("name").get<std::string>());
    if (one.at("name") == "agents") agents = one.at("children");
  }
  CHECK(names == std::set<std::string>{"agents", "bus", "clockwork", "delivery", "effects", "storage"});
  CHECK(agents.size() == with.read("/api/v1/agents?limit=200").at("items").size());
}

TEST_CASE_FIXTURE(with_server, "what happens is counted in /metrics") {
  const std::string submitted = "mofa_tasks_submitted_total{agent=\"echo\"}";
  const auto before = metric(with, submitted);
  with.ask("echo", "count me");
  CHECK(metric(with, submitted) == before + 1);
  CHECK(metric(with, "mofa_storage_commit_seconds_count") > 0);
  CHECK(with.get("/metrics").header("content-type").starts_with("text/plain"));
}

TEST_CASE_FIXTURE(with_server, "health answers, and the server describes every route that it serves") {
  CHECK(with.get("/livez").status == 200);
  CHECK(with.get("/readyz").status == 200);
  CHECK(with.get("/healthz").status == 200);
  const auto described = with.read("/openapi.json");
  CHECK(described.at("openapi").get<std::string>().starts_with("3.1"));
  const auto& paths = described.at("paths");
  for (const std::string path :
       {"/livez", "/metrics", "/api/v1/agents", "/api/v1/agents/{name}/tasks", "/api/v1/tasks/{id}/events",
        "/api/v1/tasks/{id}:cancel", "/api/v1/supervision", "/api/v1/contexts/{id}/messages"})
    CHECK_MESSAGE(paths.contains(path), path);
}

TEST_CASE_FIXTURE(with_server, "one connection serves many requests, and a request id that is given comes back") {
  for (int i = 0; i < 20; ++i) CHECK(with.get("/livez").status == 200);
  CHECK(with.client().connections() == 1);
  CHECK(with.get("/livez", {{"X-Request-Id", "mine-7"}}).header("x-request-id") == "mine-7");
  CHECK(!with.get("/livez").header("x-request-id").empty());
}

}  // namespace
}  // namespace mofa::test

#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

const json caller{{"name", "caller"},
                  {"kind", "scenario"},
                  {"limits", {{"timeout_ms", 600'000}}},
                  {"otherwise",
                   {{{"call", {{"tool", "agent:leaver"}, {"arguments", {{"message", "hello"}}}}}},
                    {{"complete", {{"text", "{{result}}{{error}}"}}}}}}};
const json leaver{{"name", "leaver"}, {"kind", "scenario"}, {"otherwise", {{{"complete", {{"text", "here"}}}}}}};

struct pair_of_agents : with_server {
  pair_of_agents() {
    REQUIRE(with.post("/api/v1/agents", caller.dump()).status == 201);
    REQUIRE(with.post("/api/v1/agents", leaver.dump()).status == 201);
  }
  ~pair_of_agents() {
    for (const auto* name : {"caller", "leaver"}) with.remove("/api/v1/agents/" + std::string{name} + "?drain=true");
  }
};

TEST_CASE_FIXTURE(pair_of_agents, "a child of an agent that drains is refused at once, and the parent decides what then") {
  CHECK(text_of(with.ask("caller", "go")) == "here");
  CHECK(body_of(with.post("/api/v1/agents/leaver:drain")).at("state") == "draining");
  const auto task = with.ask("caller", "go");
  CHECK(state_of(task) == "completed");
  CHECK(text_of(task) == "agent 'leaver' is draining and takes no new tasks");
  const auto direct = with.post("/api/v1/agents/leaver/tasks", message_body("hello"));
  CHECK(direct.status == 503);
  CHECK(body_of(direct).at("code") == "draining");
}

TEST_CASE_FIXTURE(pair_of_agents, "a child of an agent that is removed while it has tasks is refused at once") {
  const json busy{{"name", "leaver"}, {"kind", "scenario"}, {"otherwise", {{{"pause_ms", 600'000}}}}};
  REQUIRE(with.client().request("PUT", "/api/v1/agents/leaver", busy.dump())->status == 200);
  const auto running = with.submit("leaver", "stay");
  REQUIRE(with.remove("/api/v1/agents/leaver?drain=true").status == 202);
  const auto task = with.ask("caller", "go");
  CHECK(text_of(task) == "agent 'leaver' is draining and takes no new tasks");
  CHECK(with.post("/api/v1/tasks/" + id_of(running) + ":cancel").status == 200);
  CHECK(with.eventually("/api/v1/agents/leaver", [](const http_answer& got) { return got.status == 404; }));
}

TEST_CASE_FIXTURE(pair_of_agents, "a child of an agent that restarts is tried again until it is there") {
  for (int i = 0; i < 5; ++i) {
    REQUIRE(with.post("/api/v1/agents/leaver:restart").status == 200);
    CHECK(text_of(with.ask("caller", "go")) == "here");
  }
}

}  // namespace
}  // namespace mofa::test

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/integration/websocket_client.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

/// By name and labels, as they are exposed.
using samples = std::map<std::string, double>;

samples scrape(conversation& with) {
  samples out;
  std::istringstream lines{with.get("/metrics").body};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto end = line.rfind(' ');
    out[line.substr(0, end)] = std::stod(line.substr(end + 1));
  }
  return out;
}

/// What no workload fixes: how long things took, how many appends shared a commit, the process, and the scrapes themselves.
bool left_to_chance(const std::string& sample) {
  const auto name = sample.substr(0, sample.find('{'));
  if (name == "mofa_storage_group_units_sum") return false;
  return name.ends_with("_bucket") || name.ends_with("_sum") || name.starts_with("mofa_process_") ||
         name == "mofa_storage_commit_seconds_count" || name == "mofa_storage_group_units_count" ||
         sample.find("route=\"/metrics\"") != std::string::npos;
}

samples change(const samples& before, const samples& after) {
  samples out;
  for (const auto& [name, value] : after) {
    const auto known = before.find(name);
    const auto by = value - (known == before.end() ? 0 : known->second);
    if (by != 0 && !left_to_chance(name)) out[name] = by;
  }
  return out;
}

std::string shown(const samples& all) {
  std::string out;
  for (const auto& [name, value] : all) out += "\n  " + name + " " + std::to_string(value);
  return out;
}

/// Does the work, and writes down what each request must have counted at the door.
class workload {
 public:
  explicit workload(std::uint16_t port) : with{port} {}

  conversation with;
  samples expected;

  void answered(const std::string& method, const std::string& route, int status) {
    expected["mofa_http_requests_started_total{route=\"" + route + "\"}"] += 1;
    door(method, route, status);
  }
  void door(const std::string& method, const std::string& route, int status) {
    expected["mofa_http_request_duration_seconds_count{method=\"" + method + "\",route=\"" + route + "\",status=\"" +
             std::to_string(status / 100) + "xx\"}"] += 1;
  }
  json ask(const std::string& agent, const std::string& text) {
    auto out = with.ask(agent, text);
    answered("POST", "/api/v1/agents/{name}/tasks", 200);
    return out;
  }
  std::string submit(const std::string& agent, const std::string& text) {
    auto out = id_of(with.submit(agent, text));
    answered("POST", "/api/v1/agents/{name}/tasks", 202);
    return out;
  }
  void cancel(const std::string& task) {
    REQUIRE(with.post("/api/v1/tasks/" + task + ":cancel").status == 200);
    answered("POST", "/api/v1/tasks/{id}:cancel", 200);
  }
  std::vector<stream_event> follow(const std::string& task) {
    auto out = with.events(task);
    answered("GET", "/api/v1/tasks/{id}/events", 200);
    expected["mofa_http_connections_opened_total"] += 1;
    expected["mofa_http_streams_opened_total"] += 1;
    expected["mofa_feed_subscribers_added_total"] += 1;
    return out;
  }
  void refuse(const std::string& method, const std::string& path, const std::string& route, int status) {
    REQUIRE((method == "GET" ? with.get(path) : with.post(path, "{}")).status == status);
    route == "unmatched" ? door(method, route, status) : answered(method, route, status);
  }
  /// So many tasks of the agent, all started, and how they ended.
  void tasks(const std::string& agent, int submitted, const std::map<std::string, int>& ends) {
    const auto label = "{agent=\"" + agent + "\"";
    expected["mofa_tasks_submitted_total" + label + "}"] += submitted;
    expected["mofa_tasks_started_total" + label + "}"] += submitted;
    expected["mofa_task_age_seconds_count" + label + "}"] += submitted;
    for (const auto& [state, count] : ends)
      expected["mofa_tasks_ended_total" + label + ",state=\"" + state + "\"}"] += count;
  }
  /// Facts that were appended: each is one unit.
  void units(int count) { expected["mofa_storage_group_units_sum"] += count; }
  void effects(const std::string& type, const std::string& outcome, int count) {
    expected["mofa_effect_duration_seconds_count{outcome=\"" + outcome + "\",type=\"" + type + "\"}"] += count;
  }
};

void do_the_work(workload& work) {
  auto& expected = work.expected;
  for (int i = 0; i < 5; ++i) CHECK(text_of(work.ask("echo", "hello")) == "hello");
  work.tasks("echo", 5, {{"completed", 5}});
  work.units(5);

  for (int i = 0; i < 2; ++i) work.cancel(work.submit("napper", "long"));
  CHECK(work.follow(work.submit("napper", "short")).back().event == "status_changed");
  work.tasks("napper", 3, {{"canceled", 2}, {"completed", 1}});
  expected["mofa_timers_fired_total"] = 1;
  work.units(2 * 2 + 2);

  // Model, tool, model, tool, model.
  for (int i = 0; i < 3; ++i) CHECK(text_of(work.ask("counting_thinker", "go")) == "counted twice");
  work.effects("model", "ok", 3 * 3);
  work.effects("tool", "ok", 3 * 2);
  work.units(3 * 6);
  // One more, which is canceled while its model thinks.
  const auto slow = work.submit("counting_thinker", "slow");
  REQUIRE(work.with.eventually("/metrics", [](const http_answer& got) {
    return got.body.find("mofa_effects_running{type=\"model\"} 1\n") != std::string::npos;
  }));
  work.cancel(slow);
  work.tasks("counting_thinker", 4, {{"completed", 3}, {"canceled", 1}});
  work.effects("model", "error", 1);
  work.units(2);

  // Its second call of the model has no room in its budget, and is not made.
  CHECK(work.ask("spare", "go").at("status").at("code") == "limit_exceeded");
  work.tasks("spare", 1, {{"failed", 1}});
  work.effects("model", "ok", 1);
  work.effects("tool", "ok", 1);
  work.units(4);

  CHECK(work.ask("divider", "go").at("status").at("state") == "completed");
  work.tasks("divider", 1, {{"completed", 1}});
  work.effects("tool", "error", 1);
  work.units(2);
}

// Crashes, a full queue, and what the door refuses.
void do_the_rest(workload& work) {
  auto& expected = work.expected;
  for (int i = 0; i < 2; ++i) CHECK(text_of(work.ask("fragile", "crash")) == "back again");
  work.tasks("fragile", 2, {{"completed", 2}});
  for (const auto* what : {"crashes", "restarts", "activations"})
    expected["mofa_task_" + std::string{what} + "_total{agent=\"fragile\"}"] = 2;
  work.units(2 * 2);

  CHECK(work.ask("poison", "poison").at("status").at("code") == "quarantined");
  work.tasks("poison", 1, {{"failed", 1}});
  expected["mofa_task_crashes_total{agent=\"poison\"}"] = 3;
  expected["mofa_task_restarts_total{agent=\"poison\"}"] = 2;
  expected["mofa_tasks_quarantined_total{agent=\"poison\"}"] = 1;
  expected["mofa_task_activations_total{agent=\"poison\"}"] = 3;
  work.units(3 + 1);

  const auto running = work.submit("narrow", "go"), queued = work.submit("narrow", "go");
  REQUIRE(work.with.post("/api/v1/agents/narrow/tasks", message_body("go")).status == 429);
  work.answered("POST", "/api/v1/agents/{name}/tasks", 429);
  expected["mofa_submissions_refused_total{agent=\"narrow\",reason=\"queue_full\"}"] = 1;
  work.cancel(queued);
  work.cancel(running);
  work.tasks("narrow", 2, {{"canceled", 2}});
  expected["mofa_tasks_started_total{agent=\"narrow\"}"] = 1;
  expected["mofa_task_activations_total{agent=\"narrow\"}"] = 1;
  work.units(2 * 2);

  work.refuse("GET", "/api/v1/tasks/01890a5d-ac96-774b-bcce-b302099a8057", "/api/v1/tasks/{id}", 404);
  work.refuse("POST", "/api/v1/agents/echo/tasks", "/api/v1/agents/{name}/tasks", 422);
  work.refuse("GET", "/nowhere", "unmatched", 404);
  expected["mofa_http_requests_refused_total{reason=\"not_found\"}"] = 1;

  websocket_client client{work.with.port()};
  REQUIRE(client.say(R"({"type":"ping","id":1})"));
  CHECK(client.hear().at("type") == "pong");
  REQUIRE(client.frame(websocket_message::close, std::string{"\x03\xe8", 2}));
  CHECK(client.goodbye() == 1000);
  work.answered("GET", "/api/v1/ws", 101);
  expected["mofa_http_connections_opened_total"] += 1;
  expected["mofa_websocket_connections_opened_total"] = 1;
  expected["mofa_websocket_connections_closed_total{reason=\"client\"}"] = 1;
  expected["mofa_websocket_messages_total{direction=\"in\"}"] = 1;
  expected["mofa_websocket_messages_total{direction=\"out\"}"] = 1;
}

std::string models() {
  return "models:\n  default: [counting/counting]\n  providers:\n    counting: {kind: scripted, file: " +
         (source_folder() / "tests/e2e/models/counting.yaml").string() + "}\n";
}

TEST_CASE("metrics equal a known workload exactly: what it touches by so much, and nothing else at all") {
  test_server server{{.definitions = {"tests/e2e/agents/thinking", "tests/e2e/agents/trouble", "tests/e2e/agents/metrics"},
                      .settings = models()}};
  const bool started = server.start();
  REQUIRE_MESSAGE(started, server.errors());
  workload work{server.port()};
  const auto before = scrape(work.with);
  do_the_work(work);
  do_the_rest(work);

  // What is counted after an answer was sent is counted soon.
  samples after, changed;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  do {
    after = scrape(work.with);
    changed = change(before, after);
  } while (changed != work.expected && std::chrono::steady_clock::now() < deadline);
  CHECK_MESSAGE(changed == work.expected, "counted:", shown(changed), "\nexpected:", shown(work.expected));

  const auto grew = [&](const std::string& name) {
    const auto known = before.find(name);
    return after.at(name) - (known == before.end() ? 0 : known->second);
  };
  const auto commits = grew("mofa_storage_commit_seconds_count");
  CHECK(commits == grew("mofa_storage_group_units_count"));
  CHECK(commits > 0);
  CHECK(commits <= work.expected.at("mofa_storage_group_units_sum"));
  // A scrape is counted itself, once it is answered.
  CHECK(grew("mofa_http_request_duration_seconds_count{method=\"GET\",route=\"/metrics\",status=\"2xx\"}") ==
        grew("mofa_http_requests_started_total{route=\"/metrics\"}"));
}

TEST_CASE("of a hundred and fifty agents a hundred have a label of their own, the others share one, and no task is lost") {
  constexpr int agents = 150;
  const scratch_folder definitions;
  const auto name_of = [](int number) { return "agent" + std::to_string(1000 + number); };
  for (int i = 0; i < agents; ++i) {
    std::ofstream file{definitions.path() / (name_of(i) + ".yaml")};
    file << "name: " << name_of(i) << "\nkind: scenario\notherwise: [{complete: {text: \"{{text}}\"}}]\n";
  }
  test_server server{{.definitions = {definitions.path().string()}}};
  const bool started = server.start();
  REQUIRE_MESSAGE(started, server.errors());
  conversation with{server.port()};
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < agents; ++i) CHECK(state_of(with.ask(name_of(i), "hello")) == "completed");

  const auto counted = [&](const std::string& family, const samples& all) {
    std::map<std::string, double> by_agent;
    for (const auto& [name, value] : all) {
      constexpr std::string_view label = "agent=\"";
      const auto at = name.find(label);
      if (!name.starts_with(family + "{") || at == std::string::npos) continue;
      const auto begin = at + label.size();
      by_agent[name.substr(begin, name.find('"', begin) - begin)] += value;
    }
    return by_agent;
  };
  const std::vector<std::string> families{"mofa_tasks_submitted_total", "mofa_tasks_started_total", "mofa_tasks_ended_total",
                                          "mofa_task_age_seconds_count"};
  const auto sum = [](const std::map<std::string, double>& by_agent) {
    double out = 0;
    for (const auto& [agent, value] : by_agent) out += value;
    return out;
  };
  // The last task is counted a moment after its answer.
  CHECK(with.eventually("/readyz", [&](const auto&) {
    const auto all = scrape(with);
    return std::all_of(families.begin(), families.end(),
                       [&](const auto& one) { return sum(counted(one, all)) >= 2 * agents; });
  }));
  const auto all = scrape(with);
  for (const auto& family : families) {
    CAPTURE(family);
    auto by_agent = counted(family, all);
    CHECK(sum(by_agent) == 2 * agents);
    CHECK(by_agent.size() == 101);
    CHECK(by_agent["__other__"] == 2 * (agents - 100));
    for (int i = 0; i < 100; ++i) CHECK(by_agent[name_of(i)] == 2);
  }
}

}  // namespace
}  // namespace mofa::test

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>
#include <set>

#include "tests/integration/websocket_client.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

server_plan thinking() {
  return {.settings = "models:\n  default: [scripted/demo]\n  providers:\n    scripted: {kind: scripted, file: " +
                      (source_folder() / "config/models/demo.yaml").string() + "}\n"};
}

struct house {
  test_server server{thinking()};
  house() {
    const bool started = server.start();
    REQUIRE_MESSAGE(started, server.errors());
  }
};

std::string submit_frame(const std::string& agent, const std::string& text) {
  return json{{"type", "submit"}, {"id", "submit"}, {"agent", agent}, {"message", text}}.dump();
}

std::string subscribe_frame(const std::string& task, std::uint64_t after, int id = 1) {
  return json{{"type", "subscribe"}, {"id", id}, {"task_id", task}, {"after", after}}.dump();
}

/// The id of the task that the agent was given.
std::string submit(websocket_client& to, const std::string& agent, const std::string& text) {
  REQUIRE(to.say(submit_frame(agent, text)));
  const auto made = to.hear();
  REQUIRE_MESSAGE(made.value("type", "") == "ack", made.dump());
  return made["task"]["id"].get<std::string>();
}

bool is_end(const json& event) {
  if (event["kind"] != "status_changed") return false;
  static const std::set<std::string> ends{"completed", "failed", "canceled", "rejected"};
  return ends.contains(event["data"]["state"].get<std::string>());
}

/// Follows the task to its end: the texts of its events, and all that deltas said, put together by their offsets.
struct followed {
  std::vector<std::string> events;
  std::string spoken;
};

followed follow(websocket_client& with, const std::string& task, std::uint64_t after = 0) {
  constexpr std::string_view opening = R"({"type":"event","id":1,"event":)";
  followed out;
  REQUIRE(with.say(subscribe_frame(task, after)));
  while (const auto got = with.next()) {
    const auto frame = json::parse(got->payload, nullptr, false);
    REQUIRE_MESSAGE(frame.is_object(), got->payload);
    if (frame["type"] == "delta") {
      out.spoken.resize(std::min(out.spoken.size(), frame["data"]["offset"].get<std::size_t>()));
      out.spoken += frame["data"]["text"].get<std::string>();
    }
    if (frame["type"] != "event") continue;
    REQUIRE(got->payload.starts_with(opening));
    out.events.push_back(got->payload.substr(opening.size(), got->payload.size() - opening.size() - 1));
    REQUIRE(frame["event"]["seq"] == after + out.events.size());
    if (is_end(frame["event"])) return out;
  }
  FAIL("the connection ended before the task");
  return out;
}

}  // namespace

TEST_CASE("a task submitted over a WebSocket is followed to its end, byte for byte as REST shows it") {
  house at;
  websocket_client client{at.server.port()};
  REQUIRE(client.is_open());
  const auto task = submit(client, "echo", "hello over there");
  const auto got = follow(client, task);
  conversation with{at.server.port()};
  std::vector<std::string> shown;
  for (const auto& each : with.events(task)) shown.push_back(each.data);
  CHECK(got.events == shown);
  CHECK(text_of(with.read("/api/v1/tasks/" + task)).find("hello over there") != std::string::npos);
  CHECK(metric(with, "mofa_websocket_connections ") == 1);
  CHECK(metric(with, "mofa_websocket_messages_total{direction=\"in\"}") == 2);
}

TEST_CASE("what a model says comes as deltas while it speaks") {
  house at;
  websocket_client client{at.server.port()};
  std::string spoken;
  // It speaks after half a second: on a very slow machine the subscription may come later than that.
  for (int i = 0; i < 5 && spoken.empty(); ++i) spoken = follow(client, submit(client, "assistant", "Think slowly.")).spoken;
  CHECK(spoken == "I have thought about it for half a second.");
}

TEST_CASE("a question is answered over the same connection") {
  house at;
  websocket_client client{at.server.port()};
  const auto task = submit(client, "weather", "weather in Paris");
  conversation with{at.server.port()};
  with.until_state(task, "input_required");
  REQUIRE(client.say(json{{"type", "message"}, {"id", 5}, {"task_id", task}, {"message", "tomorrow"}}.dump()));
  CHECK(client.hear()["id"] == 5);
  const auto got = follow(client, task);
  CHECK(got.events.back().find("The forecast for Paris is ready.") != std::string::npos);
}

TEST_CASE("a task is canceled, and its followers see that") {
  house at;
  websocket_client client{at.server.port()};
  const auto task = submit(client, "napper", "long");
  websocket_client other{at.server.port()};
  REQUIRE(other.say(json{{"type", "cancel"}, {"id", 6}, {"task_id", task}, {"reason", "enough"}}.dump()));
  const auto answer = other.hear();
  CHECK(answer["id"] == 6);
  CHECK(answer["task"]["status"]["state"] == "canceled");
  CHECK(json::parse(follow(client, task).events.back())["data"]["state"] == "canceled");
  REQUIRE(other.say(subscribe_frame(task, 1000)));
  CHECK(other.hear()["problem"]["code"] == "task_terminal");
}

TEST_CASE("a connection that breaks is resumed after the last event, also when the server was killed in between") {
  house at;
  std::string task;
  std::uint64_t last = 0;
  {
    websocket_client client{at.server.port()};
    task = submit(client, "long_haul", "go");
    REQUIRE(client.say(subscribe_frame(task, 0)));
    while (last < 9) {
      const auto got = client.hear();
      REQUIRE(got.is_object());
      if (got["type"] == "event") REQUIRE(got["event"]["seq"] == ++last);
    }
  }
  at.server.kill();
  const bool again = at.server.start();
  REQUIRE_MESSAGE(again, at.server.errors());
  websocket_client client{at.server.port()};
  const auto rest = follow(client, task, last);
  CHECK(rest.events.back().find("20 of 20 stops, arrived") != std::string::npos);
  conversation with{at.server.port()};
  CHECK(with.events(task).size() == last + rest.events.size());
}

TEST_CASE("a server that stops says so to those who are connected") {
  house at;
  websocket_client client{at.server.port()};
  const auto task = submit(client, "napper", "long");
  REQUIRE(client.say(subscribe_frame(task, 0)));
  REQUIRE(client.hear()["type"] == "ack");
  at.server.life().kill(SIGTERM);
  CHECK(client.goodbye() == 1001);
  client.connection().close();
  const auto end = at.server.life().wait(patience);
  REQUIRE(end);
  CHECK(end->code == 0);
}

}  // namespace mofa::test

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

const server_plan plan{{"tests/e2e/agents/topics"}};

std::string order(int number) { return json{{"data", {{"order", number}}}, {"durable", true}}.dump(); }

/// All tasks of the agent, read page by page.
std::vector<json> tasks_of(conversation& with, const std::string& agent) {
  std::vector<json> out;
  std::string cursor;
  do {
    const auto page = with.read("/api/v1/tasks?limit=200&agent=" + agent + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& each : page.at("items")) out.push_back(each);
    cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
  } while (!cursor.empty());
  return out;
}

bool has_tasks(conversation& with, const std::string& agent, std::size_t count) {
  return with.eventually("/api/v1/tasks?limit=200&state=completed&agent=" + agent,
                         [&](const http_answer& got) { return body_of(got).at("items").size() >= count; });
}

json topic_line(conversation& with, const std::string& topic) {
  const auto all = with.read("/api/v1/topics");
  for (const auto& each : all.at("items"))
    if (each.at("topic") == topic) return each;
  return nullptr;
}

}  // namespace

TEST_CASE("a message is a task of the agent that subscribes, and can be seen to be") {
  test_server server{plan};
  REQUIRE(server.start());
  conversation with{server.port()};
  const auto published = with.post("/api/v1/topics/orders.new", order(7));
  CHECK(published.status == 200);
  CHECK(body_of(published) == json{{"delivered", 1}, {"seq", 1}});
  REQUIRE(has_tasks(with, "clerk", 1));
  const auto row = tasks_of(with, "clerk").at(0);
  CHECK(row.at("labels").at("topic") == "orders.new");
  const auto task = with.read("/api/v1/tasks/" + id_of(row));
  CHECK(text_of(task) == R"({"order":7})");
  CHECK(task.at("history").at(0).at("metadata") == json{{"topic", "orders.new"}, {"topic_seq", 1}});
  CHECK(task.at("history").at(0).at("parts").at(0).at("data") == json{{"order", 7}});

  const auto line = topic_line(with, "orders.new");
  CHECK(line.at("subscribers") == 1);
  CHECK(line.at("kept") == 1);
  CHECK(line.at("last_seq") == 1);
  CHECK(line.at("published") == 1);
  CHECK(metric(with, "mofa_topic_messages_delivered_total{receiver=\"agent\"}") == 1);
}

TEST_CASE("a message that nobody wants is counted") {
  test_server server{plan};
  REQUIRE(server.start());
  conversation with{server.port()};
  CHECK(body_of(with.post("/api/v1/topics/void", R"({"data": null})")) == json{{"delivered", 0}, {"seq", nullptr}});
  CHECK(topic_line(with, "void").at("unheard") == 1);
  CHECK(metric(with, "mofa_topic_messages_unheard_total") == 1);
  CHECK(body_of(with.post("/api/v1/topics/news.of.today", R"({"data": "rain"})")).at("delivered") == 1);
  REQUIRE(has_tasks(with, "gossip", 1));
  CHECK(text_of(with.read("/api/v1/tasks/" + id_of(tasks_of(with, "gossip").at(0)))) == "heard rain");
}

TEST_CASE("a scenario publishes, and what it publishes becomes a task of another agent") {
  test_server server{plan};
  REQUIRE(server.start());
  conversation with{server.port()};
  CHECK(text_of(with.ask("herald", "hear ye")) == R"({"delivered":1,"seq":1})");
  REQUIRE(has_tasks(with, "clerk", 1));
  CHECK(text_of(with.read("/api/v1/tasks/" + id_of(tasks_of(with, "clerk").at(0)))) == R"({"said":"hear ye"})");
}

TEST_CASE("agents that publish in a circle come to an end that says why") {
  test_server server{plan};
  REQUIRE(server.start());
  conversation with{server.port()};
  (void)with.ask("circler", "go");
  REQUIRE(has_tasks(with, "circler", 18));
  const auto all = tasks_of(with, "circler");
  CHECK(all.size() == 18);  // the first, and 17 that came from messages: the last of these may publish no more
  const auto last = text_of(with.read("/api/v1/tasks/" + id_of(all.at(0))));
  CHECK_MESSAGE(last.find("circles") != std::string::npos, last);
}

TEST_CASE("a circle that goes through a child is one all the same") {
  test_server server{plan};
  REQUIRE(server.start());
  conversation with{server.port()};
  (void)with.ask("asks_circler", "go");
  REQUIRE(has_tasks(with, "asks_circler", 18));
  CHECK(tasks_of(with, "asks_circler").size() == 18);
}

TEST_CASE("a message whose task was deleted holds up nothing") {
  test_server server{plan};
  REQUIRE(server.start());
  conversation with{server.port()};
  (void)with.post("/api/v1/topics/orders.new", order(1));
  REQUIRE(has_tasks(with, "clerk", 1));
  CHECK(with.remove("/api/v1/tasks/" + id_of(tasks_of(with, "clerk").at(0))).status == 204);
  (void)with.post("/api/v1/topics/orders.new", order(2));
  REQUIRE(has_tasks(with, "clerk", 1));
  CHECK(text_of(with.read("/api/v1/tasks/" + id_of(tasks_of(with, "clerk").at(0)))) == R"({"order":2})");
}

TEST_CASE("an agent that was away gets the durable messages that came meanwhile, in order, and no other") {
  test_server server{plan};
  REQUIRE(server.start());
  conversation with{server.port()};
  (void)with.post("/api/v1/agents/clerk:drain");
  for (int i = 1; i <= 30; ++i) CHECK(with.post("/api/v1/topics/orders.new", order(i)).status == 200);
  server.kill();
  REQUIRE(server.start());
  conversation again{server.port()};
  REQUIRE(has_tasks(again, "clerk", 30));
  auto all = tasks_of(again, "clerk");
  REQUIRE(all.size() == 30);
  for (std::size_t i = 0; i < 30; ++i)
    CHECK(text_of(again.read("/api/v1/tasks/" + id_of(all[29 - i]))) == "{\"order\":" + std::to_string(i + 1) + "}");
}

TEST_CASE("kill -9 at any point: each durable message that was acknowledged is one task, and no message is two") {
  // A message is published after its commit, and delivered when its task is, before the cursor moves.
  const std::vector<std::string> points{
      "before_append", "after_append", "before_publish", "after_publish", "message_published", "message_delivered", ""};
  std::mt19937_64 random{7};
  for (int round = 0; round < 20; ++round) {
    test_server server{plan};
    std::map<std::string, int> number_of;  // seq by key, 0: not acknowledged
    for (int life = 0; life < 3; ++life) {
      const auto& point = points[random() % points.size()];
      std::map<std::string, std::string> environment;
      if (!point.empty()) environment["MOFA_KILL"] = point + ":" + std::to_string(1 + random() % 12);
      // What is handed over again at the start may be what kills it: then that was a life.
      if (!server.start(environment)) {
        REQUIRE_FALSE(environment.empty());
        continue;
      }
      std::vector<std::thread> publishers;
      std::mutex guard;
      for (int who = 0; who < 2; ++who)
        publishers.emplace_back([&, who] {
          http_client client{server.port()};
          for (int i = 0; i < 8; ++i) {
            // The keys of the life before are used again: what was not acknowledged is published again.
            const auto key = "k-" + std::to_string(who) + "-" + std::to_string(life * 4 + i);
            const auto got = client.request("POST", "/api/v1/topics/orders.new", order(who * 100 + life * 4 + i),
                                            {{"Idempotency-Key", key}});
            if (!got) return;
            const auto body = body_of(*got);
            const std::lock_guard lock{guard};
            CHECK_MESSAGE(got->status == 200, got->body);
            if (got->status != 200) continue;
            auto& known = number_of[key];
            if (known != 0) CHECK(known == body.at("seq"));
            known = body.at("seq");
          }
        });
      for (auto& each : publishers) each.join();
      server.kill();
    }
    REQUIRE(server.start());
    conversation with{server.port()};
    const auto kept = topic_line(with, "orders.new");
    const std::size_t count = kept.is_null() ? 0 : kept.at("kept").get<std::size_t>();
    CHECK(count >= number_of.size());
    REQUIRE(has_tasks(with, "clerk", count));
    std::set<int> seen;
    for (const auto& row : tasks_of(with, "clerk")) {
      const auto seq =
          with.read("/api/v1/tasks/" + id_of(row)).at("history").at(0).at("metadata").at("topic_seq").get<int>();
      CHECK_MESSAGE(seen.insert(seq).second, "message " << seq << " is two tasks, round " << round);
    }
    CHECK(seen.size() == count);
    for (const auto& [key, seq] : number_of) CHECK_MESSAGE(seen.contains(seq), key);
  }
}

}  // namespace mofa::test

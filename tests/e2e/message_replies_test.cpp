#include <thread>

#include "tests/e2e/database.hpp"
#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

std::string messages_of(const json& task) { return "/api/v1/tasks/" + id_of(task) + "/messages"; }

const json& said(const json& event) { return event.at("data").at("message").at("parts").at(0).at("text"); }

TEST_CASE_FIXTURE(with_server, "who answers a question may wait until the task is settled again") {
  const auto asked = with.ask("weather", "weather in Paris");
  REQUIRE(state_of(asked) == "input_required");
  const auto told = with.post(messages_of(asked), message_body("tomorrow"), {{"Prefer", "wait=15"}});
  CHECK(told.status == 200);
  CHECK(told.header("preference-applied") == "wait=15");
  CHECK(told.header("location") == "/api/v1/tasks/" + id_of(asked));
  CHECK(state_of(body_of(told)) == "completed");
  CHECK(text_of(body_of(told)) == "The forecast for Paris is ready.");
}

TEST_CASE_FIXTURE(with_server, "a wait that ends at the next question answers with it") {
  const auto asked = with.ask("ender", "twice");
  REQUIRE(state_of(asked) == "input_required");
  const auto told = with.post(messages_of(asked), message_body("one"), {{"Prefer", "wait=15"}});
  CHECK(told.status == 200);
  CHECK(state_of(body_of(told)) == "input_required");
  CHECK(text_of(body_of(told)) == "and the second?");
  const auto last = with.post(messages_of(asked), message_body("two"), {{"Prefer", "wait=15"}});
  CHECK(text_of(body_of(last)) == "two");
}

TEST_CASE_FIXTURE(with_server,
                  "a wait that is too short, and a message to a task at work, answer 202 with the task as it is") {
  const auto running = with.submit("napper", "long");
  const auto told = with.post(messages_of(running), message_body("more"), {{"Prefer", "wait=1"}});
  CHECK(told.status == 202);
  CHECK(state_of(body_of(told)) == "working");
  CHECK(with.post("/api/v1/tasks/" + id_of(running) + ":cancel").status == 200);
}

TEST_CASE_FIXTURE(with_server, "who answers a question may stream what follows, from the answer on to the end") {
  const auto asked = with.ask("weather", "weather in Paris");
  const auto before = asked.at("last_event").get<std::uint64_t>();
  event_stream stream{server.port(), "POST", messages_of(asked), message_body("tomorrow")};
  REQUIRE(stream.status() == 200);
  CHECK(stream.answer().header("location") == "/api/v1/tasks/" + id_of(asked));
  const auto got = stream.rest();
  CHECK(stream.complete());
  REQUIRE_FALSE(got.empty());
  CHECK(got.front().event == "message_received");
  CHECK(got.front().id == std::to_string(before + 1));
  CHECK(said(json::parse(got.front().data)) == "tomorrow");
  const auto end = json::parse(got.back().data);
  CHECK(end.at("kind") == "status_changed");
  CHECK(end.at("data").at("state") == "completed");
  // What is read again is the same.
  const auto again = with.events(id_of(asked), before);
  REQUIRE(again.size() == got.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(again[i].text == got[i].text);
}

TEST_CASE_FIXTURE(with_server, "a repeated answer waits and streams on the message that the first one brought") {
  const auto asked = with.ask("weather", "weather in Paris");
  const header_pairs key{{"Idempotency-Key", "answer-" + id_of(asked)}};
  auto waiting = key;
  waiting.emplace_back("Prefer", "wait=15");
  const auto first = with.post(messages_of(asked), message_body("tomorrow"), waiting);
  CHECK(first.status == 200);
  CHECK(first.header("idempotency-replayed").empty());
  const auto again = with.post(messages_of(asked), message_body("tomorrow"), waiting);
  CHECK(again.status == 200);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(body_of(again) == body_of(first));
  event_stream stream{server.port(), "POST", messages_of(asked), message_body("tomorrow"), key};
  REQUIRE(stream.status() == 200);
  CHECK(stream.answer().header("idempotency-replayed") == "true");
  const auto got = stream.rest();
  REQUIRE_FALSE(got.empty());
  CHECK(got.front().id == std::to_string(asked.at("last_event").get<std::uint64_t>() + 1));
  CHECK(with.post(messages_of(asked), message_body("today"), key).status == 422);
}

TEST_CASE_FIXTURE(with_server, "waiting and streaming work for a task without durability, and refusals are problems") {
  const auto asked = with.ask("fleeting", "ask");
  REQUIRE(state_of(asked) == "input_required");
  event_stream stream{server.port(), "POST", messages_of(asked), message_body("this one")};
  REQUIRE(stream.status() == 200);
  const auto got = stream.rest();
  CHECK(stream.complete());
  REQUIRE_FALSE(got.empty());
  CHECK(got.front().event == "message_received");

  const auto late = with.post(messages_of(asked), message_body("late"), {{"Accept", "text/event-stream"}});
  CHECK(late.status == 409);
  CHECK(body_of(late).at("code") == "task_terminal");
  CHECK(with.post(messages_of(asked), message_body("late"), {{"Accept", "image/png"}}).status == 406);
}

TEST_CASE_FIXTURE(with_server,
                  "of several answers at one time under one Idempotency-Key one is taken, the others are told") {
  for (int round = 0; round < 5; ++round) {
    CAPTURE(round);
    const auto task = with.ask(round % 2 == 0 ? "ender" : "weather", round % 2 == 0 ? "twice" : "weather in Paris");
    std::vector<http_answer> answers(8);
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < answers.size(); ++i)
      clients.emplace_back([&, i] {
        answers[i] = http_client{server.port()}
                         .post(messages_of(task), message_body("answer " + std::to_string(i)), {{"Idempotency-Key", "one"}})
                         .value_or(http_answer{});
      });
    for (auto& each : clients) each.join();
    int taken = 0;
    for (const auto& one : answers) {
      if (one.status == 202) ++taken;
      // Where the first one was enough for the end, the others may come too late.
      const bool late = one.status == 409 && body_of(one).at("code") == "task_terminal" && round % 2 == 1;
      const bool told = one.status == 422 && body_of(one).at("code") == "idempotency_mismatch";
      CHECK_MESSAGE((one.status == 202 || late || told), one.status << " " << one.body);
    }
    CHECK(taken == 1);
    if (round % 2 == 0) {
      const auto last = with.post(messages_of(task), message_body("two"), {{"Prefer", "wait=15"}});
      CHECK(text_of(body_of(last)) == "two");
      int received = 0;
      for (const auto& one : with.events(id_of(task))) received += one.event == "message_received" ? 1 : 0;
      CHECK(received == 2);
    }
  }
}

TEST_CASE_FIXTURE(with_server, "an Idempotency-Key that is forgotten may bring another answer to a task that still waits") {
  const auto task = with.ask("ender", "twice");
  const header_pairs key{{"Idempotency-Key", "daily-" + id_of(task)}, {"Prefer", "wait=15"}};
  CHECK(text_of(body_of(with.post(messages_of(task), message_body("one"), key))) == "and the second?");
  // A day later.
  CHECK(change_database(server, "DELETE FROM idempotency WHERE key = 'daily-" + id_of(task) + "'") == 1);
  const auto second = with.post(messages_of(task), message_body("two"), key);
  CHECK(second.status == 200);
  CHECK(text_of(body_of(second)) == "two");
}

/// Crashes over its first answer: `crashes` times, then it has it.
struct with_shaky : with_server {
  void make(const std::string& durability, int crashes, int backoff_ms) {
    json steps = json::array({json{{"ask", {{"text", "which?"}}}}});
    for (int i = 0; i < crashes; ++i) steps.push_back({{"crash_once", "told to"}});
    steps.push_back({{"complete", {{"text", "{{answer}}"}}}});
    const json shaky{{"name", "shaky"},
                     {"kind", "scenario"},
                     {"durability", durability},
                     {"supervision", {{"intensity", 5}, {"period_ms", 30'000}, {"backoff_ms", {backoff_ms, backoff_ms}}}},
                     {"otherwise", steps}};
    REQUIRE(with.post("/api/v1/agents", shaky.dump()).status == 201);
  }
  ~with_shaky() { with.remove("/api/v1/agents/shaky?drain=true"); }
};

TEST_CASE_FIXTURE(with_shaky, "a wait for an answer over which the agent crashes ends when it is decided") {
  std::string durability;
  SUBCASE("journaled") { durability = "sync"; }
  SUBCASE("in memory") { durability = "none"; }
  make(durability, 2, 10);
  const auto asked = with.ask("shaky", "go");
  REQUIRE(state_of(asked) == "input_required");
  const auto told = with.post(messages_of(asked), message_body("this one"), {{"Prefer", "wait=15"}});
  CHECK(told.status == 200);
  CHECK(state_of(body_of(told)) == "completed");
  CHECK(text_of(body_of(told)) == "this one");
}

TEST_CASE_FIXTURE(with_shaky, "a wait that ends before a crashed answer is decided says that it is not") {
  make("sync", 2, 3'000);
  const auto asked = with.ask("shaky", "go");
  const auto told = with.post(messages_of(asked), message_body("this one"), {{"Prefer", "wait=1"}});
  CHECK(told.status == 202);
  CHECK(state_of(body_of(told)) == "input_required");
  CHECK(text_of(with.ended(id_of(asked))) == "this one");
}

}  // namespace
}  // namespace mofa::test

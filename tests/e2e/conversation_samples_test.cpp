#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

TEST_CASE_FIXTURE(with_server, "echo answers with what it was told, and the task is there to read") {
  const auto told = with.post("/api/v1/agents/echo/tasks", message_body("hello"), {{"Prefer", "wait=10"}});
  CHECK(told.status == 200);
  CHECK(told.header("preference-applied") == "wait=10");
  const auto task = body_of(told);
  CHECK(state_of(task) == "completed");
  CHECK(text_of(task) == "hello");
  CHECK(task.at("agent") == "echo");
  CHECK(task.at("agent_version") == 1);
  CHECK(task.at("parent_id").is_null());
  CHECK(task.at("priority") == "normal");
  CHECK(task.at("history").at(0).at("parts").at(0).at("text") == "hello");
  CHECK(told.header("location") == "/api/v1/tasks/" + id_of(task));
  CHECK(with.read(told.header("location")) == task);
}

TEST_CASE_FIXTURE(with_server, "without Prefer the answer comes at once, and the task goes on") {
  const auto told = with.post("/api/v1/agents/napper/tasks", message_body("a while"));
  CHECK(told.status == 202);
  CHECK(told.header("location") == "/api/v1/tasks/" + id_of(body_of(told)));
  CHECK(state_of(body_of(told)) == "working");
  CHECK(text_of(with.ended(id_of(body_of(told)))) == "a while");
}

TEST_CASE_FIXTURE(with_server, "a wait that is too short answers 202 with the task at work") {
  const auto told = with.post("/api/v1/agents/napper/tasks", message_body("long"), {{"Prefer", "wait=1"}});
  CHECK(told.status == 202);
  CHECK(state_of(body_of(told)) == "working");
  CHECK(with.post("/api/v1/tasks/" + id_of(body_of(told)) + ":cancel").status == 200);
}

TEST_CASE_FIXTURE(with_server, "weather asks for the day, waits for the answer, and leaves the forecast as an artifact") {
  const auto asked = with.ask("weather", "weather in Paris");
  CHECK(state_of(asked) == "input_required");
  CHECK(text_of(asked) == "For which day?");
  CHECK(state_of(with.tell(id_of(asked), "tomorrow")) == "working");
  const auto task = with.ended(id_of(asked));
  CHECK(state_of(task) == "completed");
  CHECK(text_of(task) == "The forecast for Paris is ready.");
  CHECK(task.at("artifacts").at(0).at("artifact_id") == "forecast");
  CHECK(task.at("artifacts").at(0).at("parts").at(0).at("text") == "Sunny in Paris, tomorrow.");

  const auto late = with.post("/api/v1/tasks/" + id_of(asked) + "/messages", message_body("and Sunday?"));
  CHECK(late.status == 409);
  CHECK(body_of(late).at("code") == "task_terminal");
}

TEST_CASE_FIXTURE(with_server, "weather rejects what it does not understand") {
  CHECK(state_of(with.ask("weather", "how is it going")) == "rejected");
}

TEST_CASE_FIXTURE(with_server, "a long haul shows every stop, in order, and the artifact grows line by line") {
  event_stream stream{server.port(), "POST", "/api/v1/agents/short_haul/tasks", message_body("go")};
  REQUIRE(stream.status() == 200);
  CHECK(stream.answer().header("content-type").starts_with("text/event-stream"));
  const auto events = stream.rest();
  CHECK(stream.complete());
  REQUIRE(!events.empty());
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].id == std::to_string(i + 1));
    const auto event = json::parse(events[i].data);
    CHECK(event.at("seq") == i + 1);
    CHECK(event.at("kind") == events[i].event);
    if (events[i].event == "status_changed" && event["data"].contains("message"))
      texts.push_back(event["data"]["message"]["parts"][0]["text"]);
  }
  CHECK(texts ==
        std::vector<std::string>{"stop 1 of 4", "stop 2 of 4", "stop 3 of 4", "stop 4 of 4", "4 of 4 stops, arrived"});
  const auto task = with.read(stream.answer().header("location"));
  CHECK(task.at("artifacts").at(0).at("parts").size() == 4);
  CHECK(task.at("artifacts").at(0).at("parts").at(3).at("text") == "stop 4 done");
  CHECK(task.at("last_event") == events.size());
}

TEST_CASE_FIXTURE(with_server, "phoenix crashes twice and answers all the same; both crashes are in its journal") {
  const auto task = with.ask("phoenix", "rise");
  CHECK(state_of(task) == "completed");
  CHECK(text_of(task) == "Crashed twice, and here is the answer: rise");
  std::vector<int> attempts;
  for (const auto& one : with.events(id_of(task)))
    if (one.event == "behaviour_crashed") attempts.push_back(json::parse(one.data).at("data").at("attempt"));
  CHECK(attempts == std::vector<int>{1, 2});
}

TEST_CASE_FIXTURE(with_server,
                  "a task ends as its agent says: failed with a code, rejected, or after a person authorized it") {
  const auto failed = with.ask("ender", "fail");
  CHECK(state_of(failed) == "failed");
  CHECK(failed.at("status").at("code") == "out_of_luck");
  CHECK(text_of(failed) == "no luck today");
  CHECK(state_of(with.ask("ender", "reject")) == "rejected");
  CHECK(state_of(with.ask("ender", "no rule for this")) == "rejected");
  const auto asked = with.ask("ender", "authorize");
  CHECK(state_of(asked) == "auth_required");
  with.tell(id_of(asked), "Ada");
  CHECK(text_of(with.ended(id_of(asked))) == "Hello Ada");
}

TEST_CASE_FIXTURE(with_server, "a tool's outcome is journaled and counted as usage") {
  const auto task = with.ask("ender", "call");
  CHECK(state_of(task) == "completed");
  CHECK(task.at("usage").at("tool_calls") == 1);
  std::vector<std::string> kinds;
  for (const auto& one : with.events(id_of(task))) kinds.push_back(one.event);
  CHECK(std::count(kinds.begin(), kinds.end(), "effect_requested") == 1);
  CHECK(std::count(kinds.begin(), kinds.end(), "effect_resolved") == 1);
}

TEST_CASE_FIXTURE(with_server, "an agent without durability answers the same way: wait, stream, question, events, delete") {
  const auto task = with.ask("fleeting", "now");
  CHECK(text_of(task) == "now");
  CHECK(with.read("/api/v1/tasks/" + id_of(task)) == task);

  const auto napping = with.submit("fleeting", "nap");
  CHECK(text_of(with.ended(id_of(napping))) == "nap");

  const auto asked = with.ask("fleeting", "ask");
  CHECK(state_of(asked) == "input_required");
  with.tell(id_of(asked), "this one");
  const auto answered = with.ended(id_of(asked));
  CHECK(text_of(answered) == "this one");
  const auto page = with.read("/api/v1/tasks/" + id_of(asked) + "/events");
  CHECK(page.at("items").size() == answered.at("last_event"));

  CHECK(with.remove("/api/v1/tasks/" + id_of(asked)).status == 204);
  CHECK(with.get("/api/v1/tasks/" + id_of(asked)).status == 404);
}

TEST_CASE_FIXTURE(with_server, "spender is stopped by its budget, and keeps what it has") {
  const auto task = with.ask("spender", "count");
  CHECK(state_of(task) == "failed");
  CHECK(task.at("status").at("code") == "limit_exceeded");
  CHECK(text_of(task) == "max_tokens: 2500");
  const auto& usage = task.at("usage");
  CHECK(usage.at("model_calls") > 2);
  CHECK(usage.at("input_tokens").get<int>() + usage.at("output_tokens").get<int>() <= 2500);
  CHECK(task.at("artifacts").at(0).at("parts").at(0).at("text").get<std::string>().starts_with("So far "));
}

TEST_CASE_FIXTURE(with_server, "a task without durability keeps its Idempotency-Key and is in the lists") {
  const auto submit = [&](const std::string& key, const std::string& text) {
    return with.post("/api/v1/agents/fleeting/tasks", message_body(text), {{"Idempotency-Key", key}});
  };
  const auto first = submit("k", "nap now");
  REQUIRE(first.status == 202);
  const auto id = id_of(body_of(first));
  const auto again = submit("k", "nap now");
  CHECK(again.status == 202);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(id_of(body_of(again)) == id);
  CHECK(submit("k", "another").status == 422);

  const auto durable = id_of(with.ask("echo", "beside it"));
  const auto other = id_of(body_of(submit("k2", "nap again")));
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page = with.read("/api/v1/tasks?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(page.at("items").size() == 1);
    seen.push_back(id_of(page.at("items")[0]));
    cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
  } while (!cursor.empty());
  CHECK(std::is_sorted(seen.begin(), seen.end(), std::greater{}));
  for (const auto& wanted : {id, durable, other}) CHECK(std::count(seen.begin(), seen.end(), wanted) == 1);
  CHECK(with.read("/api/v1/tasks?agent=fleeting").at("items").size() >= 2);
}

}  // namespace
}  // namespace mofa::test

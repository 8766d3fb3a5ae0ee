#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

json in_context(const std::string& id) { return {{"context_id", id}}; }

TEST_CASE_FIXTURE(with_server, "tasks of one context run one after the other, in the order in which they came") {
  std::vector<std::string> ids;
  for (const std::string text : {"long one", "two", "three"})
    ids.push_back(id_of(with.submit("napper", text, in_context("in-order"))));
  CHECK(state_of(with.read("/api/v1/tasks/" + ids[1])) == "submitted");
  with.until_state(ids[0], "working");
  CHECK(with.post("/api/v1/tasks/" + ids[0] + ":cancel").status == 200);
  std::string ended_before;
  for (const auto& id : ids) {
    const auto events = with.events(id);
    std::string begun;
    for (const auto& one : events) {
      const auto event = json::parse(one.data);
      // The deadline runs from the submission; the pause begins when the task's turn has come.
      if (one.event == "timer_set" && event.at("data").at("purpose") != "deadline") begun = event.at("at");
    }
    REQUIRE(!begun.empty());
    CHECK(ended_before <= begun);
    ended_before = json::parse(events.back().data).at("at");
  }
}

TEST_CASE_FIXTURE(with_server, "tasks of different contexts run at the same time") {
  const auto first = id_of(with.submit("napper", "long one", in_context("apart-1")));
  CHECK(text_of(with.ask("napper", "two", in_context("apart-2"))) == "two");
  CHECK(with.post("/api/v1/tasks/" + first + ":cancel").status == 200);
}

TEST_CASE_FIXTURE(with_server,
                  "an agent that rejects says 409 while the context is at work, and takes the next when it is not") {
  const auto first = id_of(with.submit("rejecting", "long one", in_context("rejects")));
  const auto second = with.post("/api/v1/agents/rejecting/tasks", message_body("two", in_context("rejects")));
  CHECK(second.status == 409);
  CHECK(body_of(second).at("code") == "context_busy");
  CHECK(with.post("/api/v1/tasks/" + first + ":cancel").status == 200);
  CHECK(with.eventually("/api/v1/agents/rejecting/actor",
                        [](const auto& got) { return body_of(got).at("running_tasks") == 0; }));
  CHECK(text_of(with.ask("rejecting", "three", in_context("rejects"))) == "three");
}

TEST_CASE_FIXTURE(with_server, "an agent that is interrupted cancels the task at work and does the new one") {
  const auto first = id_of(with.submit("interrupting", "long one", in_context("interrupts")));
  const auto second = id_of(with.submit("interrupting", "two", in_context("interrupts")));
  CHECK(state_of(with.ended(first)) == "canceled");
  CHECK(text_of(with.ended(second)) == "two");
}

TEST_CASE_FIXTURE(with_server, "a full queue is 429 with Retry-After, and a place that is free again is used") {
  const auto at_work = id_of(with.submit("narrow", "wait"));
  const auto queued = id_of(with.submit("narrow", "next"));
  CHECK(state_of(with.read("/api/v1/tasks/" + queued)) == "submitted");
  const auto refused = with.post("/api/v1/agents/narrow/tasks", message_body("one too many"));
  CHECK(refused.status == 429);
  CHECK(body_of(refused).at("code") == "queue_full");
  CHECK(!refused.header("retry-after").empty());
  CHECK(with.post("/api/v1/tasks/" + at_work + ":cancel").status == 200);
  CHECK(text_of(with.ended(queued)) == "next");
  CHECK(text_of(with.ask("narrow", "again")) == "again");
}

TEST_CASE_FIXTURE(with_server, "a queued task can be canceled before its turn") {
  const auto at_work = id_of(with.submit("napper", "long", in_context("queue-cancel")));
  const auto queued = id_of(with.submit("napper", "never", in_context("queue-cancel")));
  const auto canceled = with.post("/api/v1/tasks/" + queued + ":cancel", R"({"reason": "changed my mind"})");
  CHECK(canceled.status == 200);
  CHECK(state_of(body_of(canceled)) == "canceled");
  CHECK(state_of(with.read("/api/v1/tasks/" + at_work)) == "working");
  CHECK(with.post("/api/v1/tasks/" + at_work + ":cancel").status == 200);
}

TEST_CASE_FIXTURE(with_server,
                  "cancel answers with the canceled task, again with the same, and 409 when it ended otherwise") {
  const auto task = id_of(with.submit("napper", "long"));
  const auto first = with.post("/api/v1/tasks/" + task + ":cancel");
  CHECK(first.status == 200);
  CHECK(state_of(body_of(first)) == "canceled");
  const auto second = with.post("/api/v1/tasks/" + task + ":cancel");
  CHECK(second.status == 200);
  CHECK(body_of(second).at("last_event") == body_of(first).at("last_event"));

  const auto ended = id_of(with.ask("echo", "x"));
  const auto refused = with.post("/api/v1/tasks/" + ended + ":cancel");
  CHECK(refused.status == 409);
  CHECK(body_of(refused).at("code") == "task_not_cancelable");
}

TEST_CASE_FIXTURE(with_server, "timeout_ms ends a task that takes longer") {
  const auto task = with.ask("napper", "long", {{"timeout_ms", 100}});
  CHECK(state_of(task) == "failed");
  CHECK(task.at("status").at("code") == "deadline_exceeded");
}

TEST_CASE_FIXTURE(with_server, "a paused agent accepts and starts nothing; resumed, it does what was accepted") {
  const auto paused = with.post("/api/v1/agents/short_haul:pause");
  CHECK(paused.status == 200);
  CHECK(body_of(paused).at("state") == "paused");
  const auto task = id_of(with.submit("short_haul", "later"));
  CHECK(state_of(with.read("/api/v1/tasks/" + task)) == "submitted");
  CHECK(with.read("/api/v1/agents/short_haul").at("state") == "paused");
  CHECK(with.read("/api/v1/agents/short_haul/actor").at("queued_tasks") == 1);
  CHECK(body_of(with.post("/api/v1/agents/short_haul:resume")).at("state") == "ready");
  CHECK(state_of(with.ended(task)) == "completed");
}

TEST_CASE_FIXTURE(with_server, "a pause outlives the restart of its agent") {
  CHECK(with.post("/api/v1/agents/short_haul:pause").status == 200);
  CHECK(with.post("/api/v1/agents/short_haul:restart").status == 200);
  const auto paused = [](const http_answer& got) { return got.status == 200 && body_of(got).at("state") == "paused"; };
  CHECK(with.eventually("/api/v1/agents/short_haul", paused));
  const auto task = id_of(with.submit("short_haul", "later"));
  CHECK(state_of(with.read("/api/v1/tasks/" + task)) == "submitted");
  CHECK(body_of(with.post("/api/v1/agents/short_haul:resume")).at("state") == "ready");
  CHECK(state_of(with.ended(task)) == "completed");
}

TEST_CASE_FIXTURE(with_server, "whoever finds a queue full is told its size and when to come again") {
  CHECK(with.post("/api/v1/agents/narrow:pause").status == 200);
  http_answer got;
  for (int i = 0; i < 10 && got.status != 429; ++i) got = with.post("/api/v1/agents/narrow/tasks", message_body("more"));
  REQUIRE(got.status == 429);
  CHECK(got.header("retry-after") == "1");
  CHECK(got.header("ratelimit") == "\"queue\";r=0;t=1");
  CHECK(got.header("ratelimit-policy").starts_with("\"queue\";q="));
  CHECK(with.post("/api/v1/agents/narrow:resume").status == 200);
}

TEST_CASE_FIXTURE(with_server, "a draining agent refuses new tasks with 503 and lets running ones end") {
  const auto task = id_of(with.submit("short_haul", "before"));
  CHECK(body_of(with.post("/api/v1/agents/short_haul:drain")).at("state") == "draining");
  const auto refused = with.post("/api/v1/agents/short_haul/tasks", message_body("after"));
  CHECK(refused.status == 503);
  CHECK(!refused.header("retry-after").empty());
  CHECK(state_of(with.ended(task)) == "completed");
  CHECK(body_of(with.post("/api/v1/agents/short_haul:resume")).at("state") == "ready");
}

TEST_CASE_FIXTURE(with_server, "an agent that is restarted goes on with its tasks from their journals") {
  const auto task = id_of(with.submit("short_haul", "through a restart"));
  CHECK(with.post("/api/v1/agents/short_haul:restart").status == 200);
  CHECK(state_of(with.ended(task)) == "completed");
}

}  // namespace
}  // namespace mofa::test

// Direct messages: a reply is a message alone as long as nobody was told of its task, and the task's last word from then on.
#include "tests/e2e/a2a/webhook.hpp"
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

std::vector<std::string> outline(const std::vector<item>& items) {
  std::vector<std::string> out;
  for (const auto& each : items) out.push_back(each.name + " " + each.state());
  return out;
}

bool has_ended(const std::vector<mock_request>& all) {
  if (all.empty()) return false;
  const auto last = json::parse(all.back().body);
  return last.contains("message") || last.contains("task") || last.dump().find("\"completed\"") != std::string::npos;
}

TEST_CASE_FIXTURE(with_a2a, "who waits for a reply that takes its time gets a message alone") {
  each([&](client& one) {
    const auto got = one.send(say("late reply"));
    REQUIRE_MESSAGE(got.ok(), got.text());
    REQUIRE_MESSAGE(got.result.contains("message"), got.text());
    CHECK(got.result.at("message").at("parts").at(0).at("text") == "a late answer");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a stream that has told of a task tells a reply as its end") {
  each([&](client& one) {
    auto stream = one.stream(say("late reply"));
    const auto told = stream.rest();
    CHECK(outline(told) == std::vector<std::string>{"task TASK_STATE_SUBMITTED", "statusUpdate TASK_STATE_WORKING",
                                                    "statusUpdate TASK_STATE_COMPLETED"});
    CHECK(told.back().text() == "a late answer");
    CHECK(stream.complete());
    auto shy = one.stream(say("shy reply"));
    const auto little = shy.rest();
    CHECK(outline(little) == std::vector<std::string>{"task TASK_STATE_SUBMITTED", "statusUpdate TASK_STATE_COMPLETED"});
    CHECK(little.back().text() == "a shy answer");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a reply behind an artifact is the end of a task and no message alone") {
  each([&](client& one) {
    auto stream = one.stream(say("paper and reply"));
    const auto told = stream.rest();
    REQUIRE(told.size() == 3);
    CHECK(told[0].name == "task");
    CHECK(told[1].name == "artifactUpdate");
    CHECK(told[2].state() == "TASK_STATE_COMPLETED");
    CHECK(told[2].text() == "there it is");
    const auto task = one.settle("paper and reply");
    CHECK(task.at("artifacts").size() == 1);
    CHECK(status_text(task) == "there it is");
  });
}

TEST_CASE_FIXTURE(with_a2a, "who was given a task and its webhook see it end with its reply") {
  each([&](client& one) {
    webhook listener;
    const auto task = one.task(say("late reply"), {{"returnImmediately", true},
                                                   {"taskPushNotificationConfig", {{"id", "a"}, {"url", listener.url()}}}});
    const auto ended = one.until_state(task.at("id"), "TASK_STATE_COMPLETED");
    CHECK(status_text(ended) == "a late answer");
    const auto told = listener.until(has_ended);
    if (!is_v1(one.how())) {
      CHECK(status_text(read_task(way::v03_rpc, json::parse(told.back().body))) == "a late answer");
      return;
    }
    REQUIRE(told.size() == 2);
    CHECK(json::parse(told[0].body).at("statusUpdate").at("status").at("state") == "TASK_STATE_WORKING");
    const auto last = json::parse(told[1].body);
    REQUIRE_MESSAGE(last.contains("task"), told[1].body);
    CHECK(state_of(last.at("task")) == "TASK_STATE_COMPLETED");
    CHECK(status_text(last.at("task")) == "a late answer");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a task that ended with a reply is read and listed with the reply as its last word") {
  each_v1([&](client& one) {
    auto message = say("reply");
    message["contextId"] = "of-" + message.at("messageId").get<std::string>();
    REQUIRE(one.send(message).result.contains("message"));
    const auto listed = one.list({{"contextId", message.at("contextId")}});
    REQUIRE_MESSAGE(listed.ok(), listed.text());
    REQUIRE(listed.result.at("tasks").size() == 1);
    const auto& row = listed.result.at("tasks").at(0);
    CHECK(state_of(row) == "TASK_STATE_COMPLETED");
    CHECK(status_text(row) == "a direct answer");
    const auto task = one.get(row.at("id"));
    REQUIRE_MESSAGE(task.ok(), task.text());
    CHECK(state_of(task.result) == "TASK_STATE_COMPLETED");
    CHECK(status_text(task.result) == "a direct answer");
  });
}

}  // namespace
}  // namespace mofa::test::a2a

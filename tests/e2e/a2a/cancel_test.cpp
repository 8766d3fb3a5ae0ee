// Cancel: what it stops, who is told, and how often it may be said.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

TEST_CASE_FIXTURE(with_a2a, "a cancel answers with the canceled task and ends its streams with that status") {
  each([&](client& one) {
    auto stream = one.stream(say("long"));
    const auto begun = stream.until("TASK_STATE_WORKING");
    const std::string task = begun.front().value.at("id");
    const auto got = one.cancel(task);
    REQUIRE_MESSAGE(got.ok(), got.text());
    CHECK(got.result.at("id") == task);
    CHECK(state_of(got.result) == "TASK_STATE_CANCELED");
    const auto rest = stream.rest();
    REQUIRE(!rest.empty());
    CHECK(rest.back().state() == "TASK_STATE_CANCELED");
    CHECK(stream.complete());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a task that waits for a person can be canceled, and then takes no message") {
  each([&](client& one) {
    for (const std::string text : {"ask", "authorize"}) {
      const std::string task = one.settle(text).at("id");
      CHECK(state_of(one.cancel(task).result) == "TASK_STATE_CANCELED");
      auto more = say("too late");
      more["taskId"] = task;
      CHECK(one.send(more).code == -32004);
    }
  });
}

TEST_CASE_FIXTURE(with_a2a, "a cancel that is repeated has the same outcome") {
  each([&](client& one) {
    const std::string task = one.settle("ask").at("id");
    const auto first = one.cancel(task), second = one.cancel(task);
    REQUIRE_MESSAGE(first.ok(), first.text());
    // Canceled once more, it is as it was.
    REQUIRE_MESSAGE(second.ok(), second.text());
    CHECK(second.result == first.result);
    CHECK(one.get(task).result.at("status") == first.result.at("status"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a send that waits is answered when its task is canceled") {
  auto one = player();
  auto message = say("long");
  message["contextId"] = "waits for a cancel";
  wire waiting{server.port()};
  REQUIRE(
      waiting.send(request_text("POST", "/a2a/a2a_player", rpc_body("SendMessage", {{"message", message}}), rpc_headers())));
  std::string task;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (task.empty() && std::chrono::steady_clock::now() < deadline) {
    const auto found = one.list({{"contextId", "waits for a cancel"}, {"status", "TASK_STATE_WORKING"}}).result.at("tasks");
    if (!found.empty()) task = found.at(0).at("id");
  }
  REQUIRE(!task.empty());
  REQUIRE(one.cancel(task).ok());
  const auto got = waiting.answer();
  REQUIRE(got);
  CHECK(state_of(body_of(*got).at("result").at("task")) == "TASK_STATE_CANCELED");
}

}  // namespace
}  // namespace mofa::test::a2a

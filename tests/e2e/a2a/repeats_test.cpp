// Messages that come again, and others that come under an id that was there before.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string id_is_key = "https://mofa.dev/a2a/extensions/idempotent-messages/v1";

/// A message to the task with an id of the test's choice.
json to_task(const json& task, const std::string& message_id, const std::string& text) {
  auto out = say(text);
  out["messageId"] = message_id;
  out["taskId"] = task.at("id");
  return out;
}

std::vector<std::string> texts_of(const json& history) {
  std::vector<std::string> out;
  for (const auto& each : history) out.push_back(each.at("parts").at(0).at("text"));
  return out;
}

TEST_CASE_FIXTURE(with_a2a, "other words under an id that the task knows are taken") {
  each([&](client& one) {
    auto first = say("ask twice");
    first["messageId"] = "1";
    const auto asked = one.task(first);
    REQUIRE(status_text(asked) == "the first?");
    const auto more = one.task(to_task(asked, "1", "answer ONE"));
    CHECK(status_text(more) == "and the second?");
    CHECK(texts_of(more.at("history")) ==
          std::vector<std::string>{"ask twice", "the first?", "answer ONE", "and the second?"});
    auto stream = one.stream(to_task(asked, "1", "answer TWO"));
    const auto told = stream.rest();
    REQUIRE_FALSE(told.empty());
    CHECK(told.front().state() == "TASK_STATE_WORKING");
    CHECK(texts_of(told.front().value.at("history")).back() == "answer TWO");
    CHECK(told.back().text() == "answer TWO");
    CHECK(stream.complete());
  });
}

TEST_CASE_FIXTURE(with_a2a, "the same message again changes nothing and is answered with the task") {
  each([&](client& one) {
    const auto asked = one.settle("ask twice");
    const auto message = to_task(asked, "1", "answer ONE");
    CHECK(status_text(one.task(message)) == "and the second?");
    const auto again = one.task(message);
    CHECK(status_text(again) == "and the second?");
    CHECK(texts_of(again.at("history")) ==
          std::vector<std::string>{"ask twice", "the first?", "answer ONE", "and the second?"});
    // Another is one that says the same of something else.
    auto other = message;
    other["metadata"] = {{"about", "the second"}};
    CHECK(status_text(one.task(other)) == "answer ONE");
  });
}

TEST_CASE_FIXTURE(with_a2a, "where the id of a message is a key other words under it are refused and repetitions go on") {
  each([&](client& one) {
    one.extra = {{is_v1(one.how()) ? "A2A-Extensions" : "X-A2A-Extensions", id_is_key}};
    const auto first = say("ask");
    const auto asked = one.task(first);
    const auto refused = one.send(to_task(asked, first.at("messageId"), "the red one"));
    CHECK_MESSAGE(refused.code == -32602, refused.text());
    CHECK_MESSAGE(refused.text().find("messageId") != std::string::npos, refused.text());
    CHECK(state_of(one.get(asked.at("id")).result) == "TASK_STATE_INPUT_REQUIRED");

    // The repetition is answered behind the end of the task too.
    const auto message = to_task(asked, "mine", "the red one");
    CHECK(status_text(one.task(message)) == "the red one");
    const auto again = one.send(message);
    REQUIRE_MESSAGE(again.ok(), again.text());
    CHECK(again.result.at("task").at("id") == asked.at("id"));
    CHECK(status_text(again.result.at("task")) == "the red one");
    CHECK(one.send(to_task(asked, "mine", "the blue one")).code == -32602);
    CHECK(one.send(to_task(asked, "another", "the blue one")).code == -32004);
  });
}

}  // namespace
}  // namespace mofa::test::a2a

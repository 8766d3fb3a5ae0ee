// What a scenario agent can do by its rules alone: every kind of part wherever something is said, and every order of events.
#include <algorithm>

#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string forms = "https://example.org/forms/v1";

std::vector<std::string> outline(const std::vector<item>& items) {
  std::vector<std::string> out;
  for (const auto& each : items) {
    const auto state = each.state();
    out.push_back(each.name + (state.empty() ? "" : state.substr(std::string{"TASK_STATE"}.size())));
  }
  return out;
}

using lines = std::vector<std::string>;

TEST_CASE_FIXTURE(with_a2a, "a question may hold data and files and speak an extension") {
  each([&](client& one) {
    const auto asked = one.settle("form");
    CHECK(state_of(asked) == "TASK_STATE_INPUT_REQUIRED");
    const auto& question = asked.at("status").at("message");
    CHECK(question.at("parts") ==
          json::array({{{"text", "Fill in the form"}},
                       {{"data", {{"fields", {"name", "day"}}}}},
                       {{"url", "https://example.org/form.png"}, {"mediaType", "image/png"}, {"filename", "form.png"}},
                       {{"raw", "AAECAwQ="}, {"mediaType", "application/octet-stream"}, {"filename", "form.bin"}}}));
    CHECK(question.at("metadata").at(forms) == json{{"form", "form"}});
    CHECK(question.at("extensions") == json{forms});
    auto answer = say("Ada");
    answer["taskId"] = asked.at("id");
    const auto done = one.task(answer);
    CHECK(done.at("status").at("message").at("parts").at(0).at("data") == json{{"filled", "Ada"}});
  });
}

TEST_CASE_FIXTURE(with_a2a, "an artifact may have a description and metadata and speak an extension") {
  each([&](client& one) {
    const auto artifact = one.settle("form").at("artifacts").at(0);
    CHECK(artifact.at("description") == "About form");
    CHECK(artifact.at("metadata").at(forms) == json{{"pages", 2}});
    CHECK(artifact.at("extensions") == json{forms});
    auto stream = one.stream(say("form"));
    const auto told = stream.until("TASK_STATE_INPUT_REQUIRED");
    const auto update =
        std::find_if(told.begin(), told.end(), [](const item& each) { return each.name == "artifactUpdate"; });
    REQUIRE(update != told.end());
    CHECK(update->value.at("artifact") == artifact);
  });
}

TEST_CASE_FIXTURE(with_a2a, "a direct message may hold data") {
  each([&](client& one) {
    const auto got = one.send(say("receipt"));
    REQUIRE_MESSAGE(got.ok(), got.text());
    CHECK(got.result.at("message").at("parts").at(0).at("text") == "paid");
    CHECK(got.result.at("message").at("parts").at(1).at("data") == json{{"sum", 7}});
  });
}

TEST_CASE_FIXTURE(with_a2a, "a task may be rejected after a while without ever being at work") {
  each([&](client& one) {
    auto stream = one.stream(say("think it over"));
    const auto told = stream.rest();
    CHECK(outline(told) == lines{"task_SUBMITTED", "statusUpdate_REJECTED"});
    CHECK(told.back().text() == "not me, on second thought");
  });
}

// The sample that README and operators call; what it plays is chosen by message_id.
TEST_CASE_FIXTURE(with_a2a, "the shipped envoy plays every order of events by message_id") {
  const std::vector<std::pair<std::string, lines>> scenes{
      {"chunks-", {"task_SUBMITTED", "artifactUpdate", "artifactUpdate", "artifactUpdate", "statusUpdate_COMPLETED"}},
      {"raw-", {"task_SUBMITTED", "artifactUpdate", "statusUpdate_COMPLETED"}},
      {"url-", {"task_SUBMITTED", "artifactUpdate", "statusUpdate_COMPLETED"}},
      {"data-", {"task_SUBMITTED", "artifactUpdate", "statusUpdate_COMPLETED"}},
      {"artifact-", {"task_SUBMITTED", "artifactUpdate", "statusUpdate_COMPLETED"}},
      {"reply-", {"message"}},
      {"reject-", {"task_SUBMITTED", "statusUpdate_REJECTED"}},
      {"fail-", {"task_SUBMITTED", "statusUpdate_FAILED"}},
      {"delay-", {"task_SUBMITTED", "statusUpdate_WORKING", "statusUpdate_COMPLETED"}},
      {"late-reject-", {"task_SUBMITTED", "statusUpdate_REJECTED"}},
      {"ask-", {"task_SUBMITTED", "statusUpdate_WORKING", "statusUpdate_INPUT_REQUIRED"}},
      {"auth-", {"task_SUBMITTED", "statusUpdate_WORKING", "statusUpdate_AUTH_REQUIRED"}}};
  each("envoy", [&](client& one) {
    for (const auto& [id, expected] : scenes) {
      CAPTURE(id);
      auto message = say("on cue");
      message["messageId"] = id + message.at("messageId").get<std::string>();
      auto stream = one.stream(message);
      const bool asks = expected.back().ends_with("_REQUIRED");
      const auto told =
          asks ? stream.until("TASK_STATE" + expected.back().substr(std::string{"statusUpdate"}.size())) : stream.rest();
      CHECK(outline(told) == expected);
      if (asks) CHECK(one.cancel(told.front().value.at("id")).ok());
    }
  });
}

}  // namespace
}  // namespace mofa::test::a2a

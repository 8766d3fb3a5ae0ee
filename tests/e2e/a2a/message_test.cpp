// Sending a message: what comes back when, how tasks and contexts go on, and what of a message is kept.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

TEST_CASE_FIXTURE(with_a2a, "a send waits until its task has ended, with its results and its history") {
  each([&](client& one) {
    const auto task = one.settle("chunks");
    CHECK(state_of(task) == "TASK_STATE_COMPLETED");
    CHECK(status_text(task) == "written");
    const auto& said = task.at("status").at("message");
    CHECK(said.at("role") == "ROLE_AGENT");
    CHECK(said.at("contextId") == task.at("contextId"));
    CHECK(said.at("taskId") == task.at("id"));
    REQUIRE(task.at("artifacts").size() == 1);
    CHECK(task.at("artifacts").at(0).at("artifactId") == "report");
    CHECK(task.at("artifacts").at(0).at("name") == "Report");
    std::string whole;
    for (const auto& each : task.at("artifacts").at(0).at("parts")) whole += each.at("text").get<std::string>();
    CHECK(whole == "one two three");
    CHECK(task.at("history").at(0).at("role") == "ROLE_USER");
    const auto later = one.get(task.at("id"));
    CHECK(later.result.at("artifacts") == task.at("artifacts"));
    CHECK(later.result.at("status") == task.at("status"));
    CHECK(later.result.at("history") == task.at("history"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a send that returns at once gives a task that goes on by itself") {
  each([&](client& one) {
    const auto at_work = one.task(say("long"), {{"returnImmediately", true}});
    const auto state = state_of(at_work);
    CHECK_MESSAGE((state == "TASK_STATE_SUBMITTED" || state == "TASK_STATE_WORKING"), state);
    CHECK(one.cancel(at_work.at("id")).ok());
    const auto task = one.task(say("late and well"), {{"returnImmediately", true}});
    CHECK(status_text(one.until_state(task.at("id"), "TASK_STATE_COMPLETED")) == "late and well");
  });
}

TEST_CASE_FIXTURE(with_a2a, "what 0.3 does not say about blocking is true in JSON-RPC and false in REST") {
  const auto rpc = with.post("/a2a/a2a_player", rpc_body("message/send", send_params_v03("late")), rpc_headers(""));
  CHECK_MESSAGE(body_of(rpc).at("result").at("status").at("state") == "completed", rpc.body);
  const json body{{"message", written_message(way::v03_rest, say("long"))}};
  const auto rest = with.post("/a2a/a2a_player/v1/message:send", body.dump(), rest_headers(""));
  REQUIRE_MESSAGE(body_of(rest).contains("task"), rest.body);
  CHECK(player(way::v03_rest).cancel(body_of(rest).at("task").at("id")).ok());
}

TEST_CASE_FIXTURE(with_a2a, "a direct answer is a message and no task, once and in a stream") {
  each([&](client& one) {
    const auto got = one.send(say("reply"));
    REQUIRE_MESSAGE(got.ok(), got.text());
    REQUIRE_MESSAGE(got.result.contains("message"), got.text());
    CHECK(got.result.size() == 1);
    const auto& message = got.result.at("message");
    CHECK(message.at("role") == "ROLE_AGENT");
    CHECK(message.at("parts").at(0).at("text") == "a direct answer");
    CHECK(!message.at("contextId").get<std::string>().empty());
    auto stream = one.stream(say("reply"));
    const auto all = stream.rest();
    REQUIRE(all.size() == 1);
    CHECK(all.front().name == "message");
    CHECK(all.front().text() == "a direct answer");
    CHECK(stream.complete());
  });
}

TEST_CASE_FIXTURE(with_a2a, "the metadata of a request reaches the agent and is part of no message") {
  const json high{{"metadata", {{"https://example.org/urgency/v1", "high"}}}};
  each([&](client& one) {
    CHECK(status_text(one.settle("urgent")) == "urgent");
    const auto first = one.send(say("urgent"), json::object(), high);
    REQUIRE_MESSAGE(first.ok(), first.text());
    CHECK(status_text(first.result.at("task")) == "at once");
    // So does that of a message to a task.
    auto more = say("urgent");
    more["taskId"] = one.settle("anything else?").at("id");
    const auto second = one.send(more, json::object(), high);
    REQUIRE_MESSAGE(second.ok(), second.text());
    CHECK(status_text(second.result.at("task")) == "at once");
    CHECK_MESSAGE(second.text().find("urgency") == std::string::npos, second.text());
    const auto wrong = one.send(say("urgent"), json::object(), {{"metadata", "high"}});
    CHECK_MESSAGE(wrong.code == -32602, wrong.text());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a question interrupts: the send returns with it, and the answer goes to the same task") {
  each([&](client& one) {
    const auto asked = one.settle("ask");
    CHECK(state_of(asked) == "TASK_STATE_INPUT_REQUIRED");
    CHECK(status_text(asked) == "Which one?");
    auto reply = say("the red one");
    reply["taskId"] = asked.at("id");
    reply["contextId"] = asked.at("contextId");
    const auto done = one.task(reply);
    CHECK(done.at("id") == asked.at("id"));
    CHECK(state_of(done) == "TASK_STATE_COMPLETED");
    CHECK(status_text(done) == "the red one");
    std::vector<std::string> roles;
    for (const auto& each : done.at("history")) roles.push_back(each.at("role"));
    CHECK(roles.size() >= 2);
    CHECK(roles.front() == "ROLE_USER");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a demand for authorization interrupts, explains itself, and takes messages") {
  each([&](client& one) {
    const auto asked = one.settle("authorize");
    CHECK(state_of(asked) == "TASK_STATE_AUTH_REQUIRED");
    CHECK(status_text(asked).starts_with("Open https://example.org/consent"));
    auto reply = say("done");
    reply["taskId"] = asked.at("id");
    CHECK(status_text(one.task(reply)) == "authorized: done");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a task may be rejected or fail, and says why") {
  each([&](client& one) {
    const auto rejected = one.settle("reject");
    CHECK(state_of(rejected) == "TASK_STATE_REJECTED");
    CHECK(status_text(rejected) == "not me");
    const auto failed = one.settle("fail");
    CHECK(state_of(failed) == "TASK_STATE_FAILED");
    CHECK(status_text(failed) == "no luck today");
  });
}

TEST_CASE_FIXTURE(with_a2a, "the server makes the ids of tasks and of contexts that were not named") {
  each([&](client& one) {
    const auto first = one.settle("hello"), second = one.settle("hello");
    CHECK(first.at("id") != second.at("id"));
    CHECK(first.at("contextId") != second.at("contextId"));
    CHECK(first.at("history").at(0).at("taskId") == first.at("id"));
    CHECK(first.at("history").at(0).at("contextId") == first.at("contextId"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a context that the client names is kept, for each task in it") {
  each([&](client& one) {
    auto message = say("hello");
    message["contextId"] = "mine-" + name_of(one.how());
    const auto first = one.task(message);
    message["messageId"] = message.at("messageId").get<std::string>() + "-again";
    const auto second = one.task(message);
    CHECK(first.at("contextId") == message.at("contextId"));
    CHECK(second.at("contextId") == message.at("contextId"));
    CHECK(first.at("id") != second.at("id"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a context that cannot be taken is refused and never replaced") {
  each([&](client& one) {
    auto message = say("hello");
    message["contextId"] = std::string(4000, 'c');
    const auto got = one.send(message);
    CHECK_MESSAGE(got.code == -32602, got.text());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a message to a task needs no context, and one of another context is refused") {
  each([&](client& one) {
    const auto asked = one.settle("ask");
    auto wrong = say("the red one");
    wrong["taskId"] = asked.at("id");
    wrong["contextId"] = "another";
    CHECK(one.send(wrong).code == -32602);
    CHECK(one.stream_refused(wrong).code == -32602);
    CHECK(state_of(one.get(asked.at("id")).result) == "TASK_STATE_INPUT_REQUIRED");
    auto right = say("the red one");
    right["taskId"] = asked.at("id");
    CHECK(one.task(right).at("contextId") == asked.at("contextId"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a message to a task at work is taken") {
  each([&](client& one) {
    const std::string task = one.task(say("long"), {{"returnImmediately", true}}).at("id");
    auto more = say("and more");
    more["taskId"] = task;
    const auto taken = [&](const json& shown) {
      return shown.at("history").dump().find(more.at("messageId").get<std::string>()) != std::string::npos;
    };
    CHECK(taken(one.task(more, {{"returnImmediately", true}})));
    // Who waits for what comes of it waits for the task's end.
    more = say("and yet more");
    more["taskId"] = task;
    wire waiting{server.port()};
    REQUIRE(waiting.send(one.text_of_send(more)));
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!taken(one.get(task).result)) REQUIRE(std::chrono::steady_clock::now() < deadline);
    REQUIRE(one.cancel(task).ok());
    const auto answered = waiting.answer();
    REQUIRE(answered);
    const auto got = read_answer(one.how(), *answered);
    REQUIRE_MESSAGE(got.ok(), got.text());
    const auto ended = read_item(one.how(), got.result).at("task");
    CHECK(state_of(ended) == "TASK_STATE_CANCELED");
    CHECK(taken(ended));
  });
}

TEST_CASE_FIXTURE(with_a2a, "the length of the history: all, none, the last ones in their order, and never more") {
  each([&](client& one) {
    const auto asked = one.settle("ask");
    auto reply = say("the red one");
    reply["taskId"] = asked.at("id");
    const auto done = one.task(reply);
    const std::string id = done.at("id");
    const auto all = one.get(id).result.at("history");
    REQUIRE(all.size() >= 2);
    CHECK_FALSE(one.get(id, 0).result.contains("history"));
    const auto last = one.get(id, 1).result.at("history");
    REQUIRE(last.size() == 1);
    CHECK(last.at(0).at("messageId") == all.back().at("messageId"));
    const auto two = one.get(id, 2).result.at("history");
    REQUIRE(two.size() == 2);
    CHECK(two.at(0).at("messageId") == all.at(all.size() - 2).at("messageId"));
    CHECK(one.get(id, 1000).result.at("history").size() == all.size());
    CHECK(one.get(id, -1).code == -32602);
    CHECK(one.task(say("hello"), {{"historyLength", 1}}).at("history").size() == 1);
    // In the proto of 0.3 what is 0 is as good as absent.
    const bool cut = one.how() != way::v03_rest;
    CHECK(one.task(say("hello"), {{"historyLength", 0}}).contains("history") != cut);
  });
}

TEST_CASE_FIXTURE(with_a2a, "the parts of a message are kept whole: texts, bytes, urls, data, names, types") {
  each([&](client& one) {
    const auto parts =
        json::array({{{"text", "hello"}, {"metadata", {{"k", "v"}}}},
                     {{"raw", "AAECAwQ="}, {"mediaType", "application/octet-stream"}, {"filename", "b.bin"}},
                     {{"url", "https://example.org/p.png"}, {"mediaType", "image/png"}, {"filename", "p.png"}},
                     {{"data", {{"n", 1}}}}});
    auto message = say_parts(parts);
    message["metadata"] = {{"https://example.org/ext/v1", {{"a", 1}}}};
    message["extensions"] = {"https://example.org/ext/v1"};
    if (one.how() != way::v03_rest) message["referenceTaskIds"] = {"another-task"};
    const auto kept = one.task(message).at("history").at(0);
    CHECK(kept.at("parts") == parts);
    CHECK(kept.at("metadata") == message.at("metadata"));
    CHECK(kept.at("extensions") == message.at("extensions"));
    if (message.contains("referenceTaskIds")) CHECK(kept.at("referenceTaskIds") == message.at("referenceTaskIds"));
    CHECK(kept.at("messageId") == message.at("messageId"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "artifacts hold bytes, urls and data, in each way's own form") {
  each([&](client& one) {
    const auto task = one.settle("files");
    const auto& parts = task.at("artifacts").at(0).at("parts");
    CHECK(parts.at(0) == json{{"raw", "AAECAwQ="}, {"mediaType", "application/octet-stream"}, {"filename", "bytes.bin"}});
    CHECK(parts.at(1) ==
          json{{"url", "https://example.org/picture.png"}, {"mediaType", "image/png"}, {"filename", "picture.png"}});
    CHECK(parts.at(2).at("data") == json{{"answer", 42}, {"list", {1, 2}}});
  });
}

TEST_CASE_FIXTURE(with_a2a, "who says which outputs it takes is shown those alone") {
  each([&](client& one) {
    const auto task = one.task(say("files"), {{"acceptedOutputModes", {"application/octet-stream", "text/plain"}}});
    const auto shown = task.at("artifacts").at(0).at("parts");
    CHECK(shown.at(0).at("raw") == "AAECAwQ=");
    for (const auto& each : shown) CHECK_MESSAGE(each.value("mediaType", "text/plain") != "image/png", each.dump());
    CHECK(status_text(task) == "there you are");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a scenario's rule may look at the id of the message") {
  each([&](client& one) {
    auto message = say("ask");
    message["messageId"] = "by-its-id-" + name_of(one.how());
    CHECK(status_text(one.task(message)) == "chosen by its id");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a message that lacks something, or has too much, is refused as invalid") {
  each([&](client& one) {
    const auto context = "never-" + name_of(one.how());
    const auto refused = [&](json message, const json& configuration = json::object()) {
      message["contextId"] = context;
      const auto got = one.send(message, configuration), streamed = one.stream_refused(message, configuration);
      CHECK_MESSAGE(got.code == -32602, message.dump(), configuration.dump(), got.text());
      CHECK_MESSAGE(streamed.code == -32602, message.dump(), configuration.dump(), streamed.text());
    };
    for (const char* member : {"messageId", "parts"}) {
      auto message = say("hello");
      message.erase(member);
      refused(message);
    }
    refused(say_parts(json::array()));
    // What is good of it is not done either: neither when a later part is wrong nor when the configuration is.
    refused(say_parts(json::array({{{"text", "hello"}}, {{"raw", "not base64!"}}})));
    refused(say("hello"), {{"historyLength", -1}});
    refused(say("hello"), {{"taskPushNotificationConfig", {{"url", "nowhere"}}}});
    CHECK(with.read("/api/v1/tasks?context_id=" + context).at("items").empty());
  });
  each_v1([&](client& one) {
    CHECK(one.send(say_parts(json::array({json::object()}))).code == -32602);
    CHECK(one.send(say_parts(json::array({{{"text", "a"}, {"url", "https://example.org/"}}}))).code == -32602);
    CHECK(one.send(say_parts(json::array({{{"hologram", "a"}}}))).code == -32602);
    CHECK(one.send(say_parts(json::array({{{"text", 7}}}))).code == -32602);
    auto message = say("hello");
    message["role"] = "ROLE_AGENT";
    CHECK(one.send(message).code == -32602);
  });
}

TEST_CASE_FIXTURE(with_a2a, "parts of unknown kinds are refused in 0.3, with the place") {
  auto params = send_params_v03("hello");
  params["message"]["parts"] = json::array({{{"kind", "hologram"}, {"hologram", "x"}}});
  const auto got = body_of(with.post("/a2a/a2a_player", rpc_body("message/send", params), rpc_headers("")));
  CHECK_MESSAGE(got.at("error").at("code") == -32602, got.dump());
  params["message"]["parts"] = json::array({{{"kind", "file"}, {"file", json::object()}}});
  const auto empty = body_of(with.post("/a2a/a2a_player", rpc_body("message/send", params), rpc_headers("")));
  CHECK_MESSAGE(empty.at("error").at("code") == -32602, empty.dump());
}

TEST_CASE_FIXTURE(with_a2a,
                  "a message id is an idempotency key where the request activates that extension, else it is none") {
  const std::string uri = "https://mofa.dev/a2a/extensions/idempotent-messages/v1";
  each_v1([&](client& one) {
    auto message = say("hello");
    const auto once = one.task(message), twice = one.task(message);
    CHECK(once.at("id") != twice.at("id"));
    one.extra = {{"A2A-Extensions", uri}};
    message = say("hello");
    const auto first = one.send(message), again = one.send(message);
    REQUIRE_MESSAGE(again.ok(), again.text());
    CHECK(first.http.header("a2a-extensions").find(uri) != std::string::npos);
    CHECK(first.result.at("task").at("id") == again.result.at("task").at("id"));
  });
}

}  // namespace
}  // namespace mofa::test::a2a

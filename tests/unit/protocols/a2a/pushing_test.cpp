// Push configurations as the operations take them: beside a message, and by themselves.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/protocols/a2a/binding_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using core::task_state;

TEST_CASE("who is to be told of a task is known before anybody waits for it") {
  harness at;
  at.tasks.task = ended_task(task_state::working);
  auto asked = message_of("hello");
  asked["configuration"]["taskPushNotificationConfig"] = {{"id", "p-1"}, {"url", "https://example.org/hook"}};
  at.rpc("SendMessage", asked);
  CHECK(at.pushes.asked == std::vector<std::string>{"create p-1 after=1 a2a/1.0"});
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=0", "await " + some_id + " wait=605000"});

  // A message that is sent again makes no second configuration.
  asked["configuration"]["taskPushNotificationConfig"].erase("id");
  at.rpc("SendMessage", asked);
  CHECK(at.pushes.asked.back() == "create " + some_id + " after=1 a2a/1.0");

  at.pushes.failure = fail(errc::unavailable, "storage is restarting");
  const auto half = at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendMessage"}, {"params", asked}}.dump());
  CHECK(half.status == 503);
  CHECK(half.body.find(some_id) != std::string::npos);
}

TEST_CASE("a push configuration that comes with a message to a task is made when the message is taken") {
  harness at;
  at.tasks.task = ended_task(task_state::input_required);
  auto asked = message_of("tomorrow");
  asked["message"]["taskId"] = some_id;
  auto& config = asked["configuration"]["taskPushNotificationConfig"];
  config = {{"url", "https://example.org/hook"}};
  at.rpc("SendMessage", asked);
  CHECK(at.pushes.asked == std::vector<std::string>{"list 64 ", "create " + some_id + " after=7 a2a/1.0"});
  const auto wanted = std::vector<std::string>{"get " + some_id, "send " + some_id + " wait=0"};
  CHECK(at.tasks.asked == wanted);
  // One that was sent before: it is told what came behind that.
  at.tasks.message_seq = 3;
  at.rpc("SendMessage", asked);
  CHECK(at.pushes.asked.back() == "create " + some_id + " after=3 a2a/1.0");

  config["tenant"] = "another";
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32602);
  config.erase("tenant");
  config["taskId"] = "another";
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32602);
}

TEST_CASE("a message to a task that is refused leaves no push configuration behind") {
  harness at;
  auto asked = message_of("tomorrow");
  asked["message"]["taskId"] = some_id;
  asked["configuration"]["taskPushNotificationConfig"] = {{"id", "p-1"}, {"url", "https://example.org/hook"}};
  const auto created = [&] {
    return std::any_of(at.pushes.asked.begin(), at.pushes.asked.end(),
                       [](const std::string& each) { return each.starts_with("create"); });
  };
  // It has ended; it is of another context; its agent is draining; it has no room for one more configuration.
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32004);
  at.tasks.task = ended_task(task_state::input_required);
  asked["message"]["contextId"] = "another";
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32602);
  asked["message"].erase("contextId");
  at.tasks.send_failure = fail(errc::unavailable, "agent 'echo' is draining");
  CHECK(at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendMessage"}, {"params", asked}}.dump()).status == 503);
  at.tasks.send_failure.reset();
  at.tasks.asked.clear();
  at.pushes.listed = 64;
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32602);
  CHECK(at.tasks.asked == std::vector<std::string>{"get " + some_id});
  CHECK_FALSE(created());
  // One of the same id needs no room.
  at.pushes.config.id = "p-1";
  CHECK(at.rpc("SendMessage", asked).contains("result"));
  CHECK(created());
}

TEST_CASE("a receiver that would not be told is refused before anything is done, and the field is named") {
  harness at;
  at.tasks.task = ended_task(task_state::working);
  at.pushes.unfit = fail(errc::invalid, "a webhook must be https");
  const auto field = [](const json& got) {
    CHECK(got["error"]["code"] == -32602);
    CHECK(got["error"]["message"].get<std::string>().find("must be https") != std::string::npos);
    return got["error"].dump();
  };
  auto sent = message_of("hello");
  sent["configuration"]["taskPushNotificationConfig"] = {{"url", "http://example.org/hook"}};
  CHECK(field(at.rpc("SendMessage", sent)).find(R"("field":"configuration.taskPushNotificationConfig.url")") !=
        std::string::npos);
  const json made{{"taskId", some_id}, {"url", "http://example.org/hook"}};
  CHECK(field(at.rpc("CreateTaskPushNotificationConfig", made)).find(R"("field":"url")") != std::string::npos);
  const json config{{"url", "http://example.org/hook"}};
  field(at.rpc("tasks/pushNotificationConfig/set", {{"taskId", some_id}, {"pushNotificationConfig", config}}, ""));
  json old{{"message",
            {{"kind", "message"}, {"messageId", "m"}, {"role", "user"}, {"parts", {{{"kind", "text"}, {"text", "hi"}}}}}},
           {"configuration", {{"pushNotificationConfig", config}}}};
  field(at.rpc("message/send", old, ""));
  CHECK(at.tasks.asked.empty());
  CHECK(at.pushes.asked.empty());
}

TEST_CASE("push configurations are made, shown without credentials, listed and removed") {
  harness at;
  at.tasks.task = ended_task(task_state::working);
  const json config{{"taskId", some_id},
                    {"id", "p-1"},
                    {"url", "https://example.org/hook"},
                    {"token", "t"},
                    {"authentication", {{"scheme", "Bearer"}, {"credentials", "very-secret"}}}};
  const auto made = at.rpc("CreateTaskPushNotificationConfig", config);
  CHECK(at.pushes.asked.back() == "create p-1 after=7 a2a/1.0");
  CHECK(at.pushes.config.credentials == "very-secret");
  CHECK(made["result"]["id"] == "p-1");
  CHECK(made.dump().find("very-secret") == std::string::npos);

  const json which{{"taskId", some_id}, {"id", "p-1"}};
  CHECK(at.rpc("GetTaskPushNotificationConfig", which)["result"]["url"] == "https://example.org/hook");
  CHECK(at.rpc("ListTaskPushNotificationConfigs", {{"taskId", some_id}})["result"]["configs"].size() == 1);
  CHECK(at.rpc("DeleteTaskPushNotificationConfig", which)["result"] == json::object());
  CHECK(at.rpc("tasks/pushNotificationConfig/delete", {{"id", some_id}, {"pushNotificationConfigId", "p-1"}},
               "")["result"] == nullptr);

  at.pushes.failure = fail(errc::not_found, "none");
  const auto none = at.rpc("GetTaskPushNotificationConfig", which);
  CHECK(none["error"]["code"] == -32001);
  CHECK(none["error"]["data"][0]["metadata"]["configId"] == "p-1");
}

TEST_CASE("a page token of push configurations is one that the list gave for that task") {
  harness at;
  at.tasks.task = ended_task(task_state::working);
  at.pushes.next_cursor = "p-1";
  const std::string token =
      at.rpc("ListTaskPushNotificationConfigs", {{"taskId", some_id}, {"pageSize", 1}})["result"]["nextPageToken"];
  CHECK_FALSE(token.empty());
  at.pushes.next_cursor.clear();
  const auto next = [&](const std::string& given) {
    return at.rpc("ListTaskPushNotificationConfigs", {{"taskId", some_id}, {"pageSize", 1}, {"pageToken", given}});
  };
  CHECK(next(token)["result"]["nextPageToken"] == "");
  CHECK(at.pushes.asked.back() == "list 1 p-1");
  CHECK(next("").contains("result"));
  at.pushes.asked.clear();
  for (const std::string& odd : {std::string{"p-1"}, std::string{"garbage"}, token + "2", token.substr(1)}) {
    CAPTURE(odd);
    const auto got = next(odd);
    CHECK(got["error"]["code"] == -32602);
    CHECK(got["error"]["data"].dump().find(R"("field":"pageToken")") != std::string::npos);
  }
  auto other = std::make_shared<core::task>(*at.tasks.task);
  other->row.id = *task_id::parse("0190163d-8694-739b-aea5-966c26f8ad92");
  at.tasks.task = other;
  CHECK(next(token)["error"]["code"] == -32602);
  CHECK(at.pushes.asked.empty());
}

TEST_CASE("in 0.3 a push configuration without an id has that of its task") {
  harness at;
  at.tasks.task = ended_task(task_state::working);
  at.rpc("tasks/pushNotificationConfig/set",
         {{"taskId", some_id}, {"pushNotificationConfig", {{"url", "https://example.org/hook"}}}}, "");
  CHECK(at.pushes.asked.back() == "create " + some_id + " after=7 a2a/0.3");
  at.rpc("tasks/pushNotificationConfig/get", {{"id", some_id}}, "");
  CHECK(at.pushes.asked.back() == "get " + some_id);
}

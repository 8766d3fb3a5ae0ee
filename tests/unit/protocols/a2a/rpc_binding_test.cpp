#include <doctest/doctest.h>

#include "server/base/limits.hpp"
#include "tests/unit/protocols/a2a/binding_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using core::task_state;

namespace {

std::string reason_of(const json& answer) { return answer["error"]["data"][0]["reason"]; }

}  // namespace

TEST_CASE("SendMessage waits as long as the agent may work, and answers with the task") {
  harness at;
  const auto got = at.rpc("SendMessage", message_of("hello"));
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=100"});
  CHECK(at.tasks.submitted->message.text() == "hello");
  CHECK(at.tasks.submitted->message.message_id == "m-9");
  CHECK_FALSE(at.tasks.submitted->idempotency);
  CHECK(at.tasks.who.principal == "ada");
  CHECK(got["result"]["task"]["status"]["state"] == "TASK_STATE_COMPLETED");
}

TEST_CASE("returnImmediately waits for nothing") {
  harness at;
  auto asked = message_of("hello");
  asked["configuration"]["returnImmediately"] = true;
  at.rpc("SendMessage", asked);
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=0"});
}

TEST_CASE("what a request says beside its message goes to the agent with it, and not into it") {
  harness at;
  auto asked = message_of("hello");
  asked["metadata"] = {{"https://example.org/urgency/v1", "high"}};
  at.rpc("SendMessage", asked);
  CHECK(at.tasks.submitted->metadata == asked["metadata"]);
  CHECK(at.tasks.submitted->message.metadata.is_null());

  at.tasks.task = ended_task(task_state::input_required);
  asked["message"]["taskId"] = some_id;
  at.rpc("SendMessage", asked);
  REQUIRE(at.tasks.sent);
  CHECK(at.tasks.sent->metadata == asked["metadata"]);
  CHECK(at.tasks.sent->message.metadata.is_null());
}

TEST_CASE("an answer that is a message alone comes without a task") {
  harness at;
  auto task = ended_task();
  task->reply = core::text_message(core::role::agent, "m-4", "hello Ada");
  task->artifacts.clear();
  at.tasks.task = task;
  const auto got = at.rpc("SendMessage", message_of("hello"));
  CHECK(got["result"]["message"]["parts"][0]["text"] == "hello Ada");
  CHECK_FALSE(got["result"]["message"].contains("taskId"));
  CHECK_FALSE(got["result"].contains("task"));
}

TEST_CASE("with the extension a message's id makes a repeat harmless, and the answer says so") {
  harness at;
  at.headers = {{"a2a-extensions", "https://mofa.dev/a2a/extensions/idempotent-messages/v1"}};
  const auto got =
      at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendMessage"}, {"params", message_of("hello")}}.dump());
  REQUIRE(at.tasks.submitted->idempotency);
  CHECK(at.tasks.submitted->idempotency->key == "m-9");
  CHECK(header_of(got, "A2A-Extensions") == "https://mofa.dev/a2a/extensions/idempotent-messages/v1");
}

TEST_CASE("a message for a task goes to it: checked against the agent, the context and its end") {
  harness at;
  auto asked = message_of("tomorrow");
  asked["message"]["taskId"] = some_id;

  at.tasks.task = ended_task(task_state::input_required);
  CHECK(at.rpc("SendMessage", asked)["result"]["task"]["id"] == some_id);
  CHECK(at.tasks.asked == std::vector<std::string>{"get " + some_id, "send " + some_id + " wait=100"});

  asked["message"]["contextId"] = "another";
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32602);
  asked["message"].erase("contextId");

  at.tasks.task = ended_task();
  auto got = at.rpc("SendMessage", asked);
  CHECK(got["error"]["code"] == -32004);
  CHECK(reason_of(got) == "UNSUPPORTED_OPERATION");

  auto other = ended_task(task_state::working);
  other->row.agent = "another";
  at.tasks.task = other;
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32001);

  asked["message"]["taskId"] = "no-uuid";
  CHECK(reason_of(at.rpc("SendMessage", asked)) == "TASK_NOT_FOUND");
}

TEST_CASE("a message id that began another task is refused in words that the client knows") {
  harness at;
  at.headers = {{"a2a-extensions", "https://mofa.dev/a2a/extensions/idempotent-messages/v1"}};
  at.tasks.failure = fail(errc::idempotency_mismatch, "this Idempotency-Key was used with another body; take a new key");
  const auto got = at.rpc("SendMessage", message_of("hello"));
  CHECK(got["error"]["code"] == -32602);
  CHECK(got["error"]["message"].get<std::string>().find("messageId") != std::string::npos);
  CHECK(got["error"].dump().find("Idempotency-Key") == std::string::npos);
}

TEST_CASE("what the client does not take, and what the agent does not take, is refused before there is a task") {
  harness at;
  auto asked = message_of("hello");
  asked["configuration"]["acceptedOutputModes"] = {"image/png"};
  CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32005);
  for (const auto& part : {json{{"raw", "AAEC"}, {"mediaType", "image/png"}}, json{{"raw", "AAEC"}}}) {
    asked = message_of("hello");
    asked["message"]["parts"].push_back(part);
    CHECK(at.rpc("SendMessage", asked)["error"]["code"] == -32005);
  }
  CHECK(at.tasks.asked.empty());
  asked = message_of("hello");
  asked["message"]["parts"].push_back({{"data", {1, 2}}});
  asked["message"]["parts"].push_back({{"url", "https://example.org/a"}});
  CHECK(at.rpc("SendMessage", asked).contains("result"));
}

TEST_CASE("a tenant is the caller's own or none") {
  harness at;
  CHECK(at.rpc("GetTask", {{"id", some_id}, {"tenant", "default"}}).contains("result"));
  CHECK(at.rpc("GetTask", {{"id", some_id}, {"tenant", "another"}})["error"]["code"] == -32602);
}

TEST_CASE("which method is known depends on the version") {
  harness at;
  const json params{{"id", some_id}};
  CHECK(at.rpc("GetTask", params, "1.0").contains("result"));
  CHECK(at.rpc("GetTask", params, "1.0.1").contains("result"));
  CHECK(at.rpc("tasks/get", params, "").contains("result"));
  CHECK(at.rpc("tasks/get", params, "0.3").contains("result"));
  CHECK(at.rpc("tasks/get", params, "0.2.6").contains("result"));
  CHECK(at.rpc("tasks/get", params, "1.0")["error"]["code"] == -32601);
  CHECK(at.rpc("nonsense", params, "1.0")["error"]["code"] == -32601);
  CHECK(at.rpc("nonsense", params, "")["error"]["code"] == -32601);

  const auto without = at.rpc("GetTask", params, "");
  CHECK(without["error"]["code"] == -32009);
  CHECK(without["error"]["message"].get<std::string>().find("A2A-Version: 1.0") != std::string::npos);
  const auto unknown = at.rpc("GetTask", params, "99.0");
  CHECK(unknown["error"]["code"] == -32009);
  CHECK(unknown["error"]["data"][0]["metadata"]["supportedVersions"] == "1.0, 0.3");
}

TEST_CASE("what is no call is refused in the form of one") {
  harness at;
  CHECK(at.post("{", "1.0").status == 400);
  CHECK(json::parse(at.post("{", "1.0").body)["error"]["code"] == -32700);
  CHECK(json::parse(at.post("[]", "1.0").body)["error"]["code"] == -32600);
  CHECK(json::parse(at.post(R"({"jsonrpc": "1.0", "id": 1, "method": "GetTask"})", "1.0").body)["error"]["code"] == -32600);

  http::request from;
  from.headers = {{"content-type", "text/plain"}};
  from.parameters = {{"agent", "echo"}};
  from.body = "{";
  const auto got = at.call("POST", "/a2a/{agent}", std::move(from));
  CHECK(got.status == 400);
  CHECK(json::parse(got.body)["error"]["code"] == -32005);
}

TEST_CASE("parameters are wrong at a place") {
  harness at;
  auto asked = message_of("hello");
  asked["message"]["parts"][0] = {{"unknown", 1}};
  const auto got = at.rpc("SendMessage", asked);
  CHECK(got["error"]["code"] == -32602);
  CHECK(got["error"]["data"].dump().find("message.parts[0]") != std::string::npos);
}

TEST_CASE("a key that may only read changes nothing") {
  harness at;
  at.who.scopes = static_cast<unsigned>(core::scope::tasks_read);
  const auto got =
      at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendMessage"}, {"params", message_of("x")}}.dump());
  CHECK(got.status == 403);
  CHECK(json::parse(got.body)["id"] == 1);
  CHECK(json::parse(got.body)["error"]["code"] == -32000);
  CHECK(at.tasks.asked.empty());
  CHECK(at.rpc("GetTask", {{"id", some_id}}).contains("result"));
}

TEST_CASE("a stream of a new task begins with the task as it was submitted, and its feed behind that") {
  harness at;
  auto got = at.post(
      json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendStreamingMessage"}, {"params", message_of("hello")}}.dump());
  REQUIRE(got.stream);
  std::string text;
  got.stream->encoder->begin(text);
  CHECK(text.find("TASK_STATE_SUBMITTED") != std::string::npos);
  CHECK(text.starts_with("id: 1\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"task\":"));
  got.stream->open(8, nullptr, [](result<core::subscription_ptr>) {});
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=0", "subscribe " + some_id + " after=1 credit=8"});
}

TEST_CASE("a stream of a task that answered with a message alone is that message") {
  harness at;
  auto task = ended_task();
  task->reply = core::text_message(core::role::agent, "m-4", "hello Ada");
  task->artifacts.clear();
  task->row.last_seq = 3;  // the submission, the reply, the end
  at.tasks.task = task;
  const auto got = at.post(
      json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendStreamingMessage"}, {"params", message_of("hello")}}.dump());
  CHECK_FALSE(got.stream);
  CHECK(got.content_type == "text/event-stream");
  CHECK(header_of(got, "Cache-Control") == "no-cache, no-store");
  REQUIRE(got.body.starts_with("data: "));
  CHECK(json::parse(got.body.substr(6))["result"]["message"]["parts"][0]["text"] == "hello Ada");
}

TEST_CASE("a stream of a message to a task begins with the task at work, the message last in its history") {
  harness at;
  at.tasks.task = ended_task(task_state::input_required);
  at.tasks.message_seq = 8;
  auto asked = message_of("tomorrow");
  asked["message"]["taskId"] = some_id;
  auto got = at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendStreamingMessage"}, {"params", asked}}.dump());
  REQUIRE(got.stream);
  std::string text;
  got.stream->encoder->begin(text);
  const auto task = json::parse(text.substr(text.find("data: ") + 6))["result"]["task"];
  CHECK(task["status"]["state"] == "TASK_STATE_WORKING");
  CHECK(task["history"].back()["messageId"] == "m-9");
  got.stream->open(8, nullptr, [](result<core::subscription_ptr>) {});
  CHECK(at.tasks.asked.back() == "subscribe " + some_id + " after=7 credit=8");

  // Something happened between the look at the task and the message: the task is shown as it is then.
  at.tasks.message_seq = 9;
  got = at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendStreamingMessage"}, {"params", asked}}.dump());
  REQUIRE(got.stream);
  text.clear();
  got.stream->encoder->begin(text);
  CHECK(text.find("TASK_STATE_INPUT_REQUIRED") != std::string::npos);
}

TEST_CASE("a stream of a message to a task shows of what was there before only what the client takes") {
  harness at;
  auto before = ended_task(task_state::input_required);
  core::artifact drawing;
  drawing.artifact_id = "drawing";
  auto& picture = drawing.parts.emplace_back();
  picture.kind = core::part::type::raw;
  picture.text = "cG5n";
  picture.media_type = "image/png";
  before->artifacts = {drawing};
  before->history.push_back(core::text_message(core::role::agent, "m-2", "which color?"));
  before->history.back().parts.push_back(picture);
  at.tasks.task = before;
  at.tasks.message_seq = 8;
  const auto first_of = [&](json modes) {
    auto asked = message_of("red");
    asked["message"]["taskId"] = some_id;
    asked["configuration"]["acceptedOutputModes"] = std::move(modes);
    const auto got =
        at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendStreamingMessage"}, {"params", asked}}.dump());
    REQUIRE(got.stream);
    std::string text;
    got.stream->encoder->begin(text);
    return json::parse(text.substr(text.find("data: ") + 6))["result"]["task"];
  };
  const auto all = first_of(json::array());
  CHECK(all["artifacts"].size() == 1);
  const auto cut = first_of({"text/plain"});
  CHECK_FALSE(cut.contains("artifacts"));
  CHECK(cut.dump().find("image/png") == std::string::npos);
  CHECK(cut.dump().find("which color?") != std::string::npos);
  CHECK(cut["history"].back()["messageId"] == "m-9");
}

TEST_CASE("a stream that cannot be replayed is the task as it is, and no more when it has ended") {
  harness at;
  auto task = ended_task();
  task->history.assign(limits::history_window, core::text_message(core::role::agent, "m", "on and on"));
  at.tasks.task = task;
  const auto got = at.post(
      json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendStreamingMessage"}, {"params", message_of("hello")}}.dump());
  CHECK_FALSE(got.stream);
  CHECK(got.content_type == "text/event-stream");
  CHECK(got.body.find("TASK_STATE_COMPLETED") != std::string::npos);
}

TEST_CASE("ListTasks asks for the tasks of its agent, the newest status first, and reads them whole only when it must") {
  harness at;
  at.tasks.next_cursor = "next";
  const auto got = at.rpc("ListTasks", {{"pageSize", 2}, {"status", "TASK_STATE_COMPLETED"}, {"contextId", "c-1"}});
  CHECK(at.tasks.asked == std::vector<std::string>{"list"});
  CHECK(at.tasks.filter->agent == "echo");
  CHECK(at.tasks.filter->by_status);
  CHECK(at.tasks.filter->counted);
  CHECK(at.tasks.filter->state == task_state::completed);
  CHECK(at.tasks.want.limit == 2);
  CHECK(got["result"]["tasks"][0]["id"] == some_id);
  CHECK_FALSE(got["result"]["tasks"][0].contains("history"));
  CHECK_FALSE(got["result"]["tasks"][0].contains("artifacts"));
  CHECK(got["result"]["nextPageToken"] == "next");

  const auto whole = at.rpc("ListTasks", {{"historyLength", 1}, {"includeArtifacts", true}});
  CHECK(at.tasks.asked.back() == "get " + some_id);
  CHECK(whole["result"]["tasks"][0]["history"].size() == 1);
  CHECK(whole["result"]["tasks"][0]["artifacts"].size() == 1);

  at.tasks.failure = fail(errc::invalid, "cursor");
  CHECK(at.rpc("ListTasks", {{"pageToken", "odd"}})["error"]["code"] == -32602);
}

TEST_CASE("CancelTask answers with the task, or with why it cannot be canceled") {
  harness at;
  at.tasks.task = ended_task(task_state::canceled);
  CHECK(at.rpc("CancelTask", {{"id", some_id}})["result"]["status"]["state"] == "TASK_STATE_CANCELED");
  CHECK(at.tasks.asked.back() == "cancel " + some_id + " canceled by the client");
  at.tasks.cancel_failure = fail(errc::task_not_cancelable, "the task is completed");
  const auto refused = at.rpc("CancelTask", {{"id", some_id}});
  CHECK(refused["error"]["code"] == -32002);
  CHECK(reason_of(refused) == "TASK_NOT_CANCELABLE");
}

TEST_CASE("an agent that is not there is 404, and near ones are named") {
  harness at;
  at.agents.failure = fail(errc::not_found, "no agent 'ecko'; did you mean 'echo'?");
  const auto got =
      at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendMessage"}, {"params", message_of("x")}}.dump());
  CHECK(got.status == 404);
  CHECK(json::parse(got.body)["error"]["message"].get<std::string>().find("'echo'") != std::string::npos);
  CHECK(json::parse(got.body)["error"]["code"] == -32600);
}

TEST_CASE("in 0.3 a send blocks unless it says otherwise, and everything has its kind") {
  harness at;
  const json asked{
      {"message",
       {{"kind", "message"}, {"messageId", "m-9"}, {"role", "user"}, {"parts", {{{"kind", "text"}, {"text", "hi"}}}}}}};
  const auto got = at.rpc("message/send", asked, "");
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=100"});
  CHECK(got["result"]["kind"] == "task");
  CHECK(got["result"]["status"]["state"] == "completed");
}

TEST_CASE("in 0.3 the error of a stream is an event of it, since its clients read no other; in 1.0 it is a plain answer") {
  harness at;
  at.tasks.failure = fail(errc::not_found, "no task");
  const std::string params = R"("params": {"id": ")" + some_id + "\"}}";
  auto got = at.post(R"({"jsonrpc": "2.0", "id": 1, "method": "tasks/resubscribe", )" + params, "");
  CHECK(got.status == 200);
  CHECK(got.content_type == "text/event-stream");
  REQUIRE(got.body.starts_with("event: error\ndata: "));
  CHECK(json::parse(got.body.substr(got.body.find('{')))["error"]["code"] == -32001);
  CHECK(header_of(got, "Cache-Control") == "no-cache, no-store");
  got = at.post(R"({"jsonrpc": "2.0", "id": 1, "method": "SubscribeToTask", )" + params);
  CHECK(got.content_type == "application/json");
  CHECK(json::parse(got.body)["error"]["code"] == -32001);
}

TEST_CASE("an id that is missing is named, whatever the method calls it") {
  harness at;
  const auto place = [&](const std::string& method, const json& params) {
    const auto got = at.rpc(method, params);
    CHECK(got["error"]["code"] == -32602);
    return got["error"]["data"].dump();
  };
  for (const auto* method : {"GetTask", "CancelTask", "SubscribeToTask"})
    CHECK(place(method, json::object()).find(R"("field":"id")") != std::string::npos);
  for (const auto* method :
       {"GetTaskPushNotificationConfig", "ListTaskPushNotificationConfigs", "DeleteTaskPushNotificationConfig"})
    CHECK(place(method, {{"id", "p-1"}}).find(R"("field":"taskId")") != std::string::npos);
  for (const auto* method : {"GetTaskPushNotificationConfig", "DeleteTaskPushNotificationConfig"})
    CHECK(place(method, {{"taskId", some_id}}).find(R"("field":"id")") != std::string::npos);
  CHECK(at.tasks.asked.empty());
}

TEST_CASE("the extended card is for whoever may call the agent, and its tenant is a text") {
  harness at;
  at.who.scopes = static_cast<unsigned>(core::scope::tasks_read);
  // It has none, which who may not see it is not told.
  for (const auto& params : {json::object(), json{{"tenant", "default"}}, json{{"tenant", nullptr}}})
    CHECK(at.rpc("GetExtendedAgentCard", params)["error"]["code"] == -32004);
  for (const auto& tenant : {json(7), json(json::array()), json("another")}) {
    const auto got = at.rpc("GetExtendedAgentCard", {{"tenant", tenant}});
    CHECK(got["error"]["code"] == -32602);
    CHECK(got["error"]["data"].dump().find(R"("field":"tenant")") != std::string::npos);
  }
}

TEST_CASE("of an agent that is not there there are no tasks: every operation says so alike") {
  harness at;
  at.agents.failure = fail(errc::not_found, "no agent 'ecko'; did you mean 'echo'?");
  at.tasks.failure = fail(errc::not_found, "no task");
  auto told = message_of("x");
  told["message"]["taskId"] = some_id;
  const std::vector<std::pair<std::string, json>> calls{
      {"SendMessage", message_of("x")},        {"SendMessage", told},
      {"GetTask", {{"id", some_id}}},          {"GetTask", {{"id", "no id of ours"}}},
      {"ListTasks", json::object()},           {"CancelTask", {{"id", some_id}}},
      {"SubscribeToTask", {{"id", some_id}}},  {"ListTaskPushNotificationConfigs", {{"taskId", some_id}}},
      {"GetExtendedAgentCard", json::object()}};
  for (const auto& [method, params] : calls) {
    CAPTURE(method);
    const auto got = at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}.dump());
    CHECK(got.status == 404);
    const auto why = json::parse(got.body)["error"];
    CHECK(why["code"] == -32600);
    CHECK(why["data"][0]["reason"] == "NOT_FOUND");
  }
}

TEST_CASE("an id that a client gives has no control characters") {
  harness at;
  const auto field = [&](const char* name) {
    auto asked = message_of("hello");
    asked["message"][name] = std::string{"a\0b", 3};
    const auto got = at.rpc("SendMessage", asked);
    CHECK(got["error"]["code"] == -32602);
    return got["error"]["data"].dump();
  };
  CHECK(field("contextId").find(R"("field":"message.contextId")") != std::string::npos);
  CHECK(field("messageId").find(R"("field":"message.messageId")") != std::string::npos);
  CHECK(at.rpc("ListTasks", {{"contextId", "a\x1f"}})["error"]["code"] == -32602);
  json old{{"message",
            {{"kind", "message"},
             {"messageId", "m"},
             {"contextId", "a\x7f"},
             {"role", "user"},
             {"parts", {{{"kind", "text"}, {"text", "hi"}}}}}}};
  CHECK(at.rpc("message/send", old, "")["error"]["code"] == -32602);
  CHECK(at.tasks.asked.empty());
  auto named = message_of("hello");
  named["message"]["contextId"] = "a context/with & signs \xc3\xbc";
  CHECK(at.rpc("SendMessage", named).contains("result"));
}

TEST_CASE("a call without an id is done and answered, with the id null") {
  harness at;
  const auto got = at.post(json{{"jsonrpc", "2.0"}, {"method", "SendMessage"}, {"params", message_of("x")}}.dump());
  CHECK(got.status == 200);
  CHECK(json::parse(got.body)["id"] == nullptr);
  CHECK(json::parse(got.body).contains("result"));
  CHECK(at.tasks.submitted);
}

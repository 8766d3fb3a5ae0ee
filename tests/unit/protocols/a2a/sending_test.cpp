#include <doctest/doctest.h>

#include "tests/unit/protocols/a2a/binding_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using core::task_state;

namespace {

const http::header_list with_keys{{"a2a-extensions", "https://mofa.dev/a2a/extensions/idempotent-messages/v1"}};

/// A task that has ended with a reply, as its event of that number.
std::shared_ptr<core::task> replied_task(std::uint64_t last_seq) {
  auto out = ended_task();
  out->reply = core::text_message(core::role::agent, "m-4", "hello Ada");
  out->row.status.message = out->reply;
  out->row.last_seq = last_seq;
  out->artifacts.clear();
  return out;
}

json message_to_task(const std::string& text) {
  auto out = message_of(text);
  out["message"]["taskId"] = some_id;
  return out;
}

http::response streamed(harness& at, const json& asked) {
  return at.post(json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "SendStreamingMessage"}, {"params", asked}}.dump());
}

}  // namespace

TEST_CASE("who waits for the end gets a reply as a message, whatever happened before; with artifacts the task") {
  for (const std::uint64_t last_seq : {3, 9}) {
    harness at;
    at.tasks.task = replied_task(last_seq);
    CHECK(at.rpc("SendMessage", message_of("hello"))["result"].contains("message"));
  }
  harness at;
  auto task = replied_task(4);
  task->artifacts.push_back({"a", "A", core::text_message(core::role::agent, {}, "one").parts});
  at.tasks.task = task;
  const auto got = at.rpc("SendMessage", message_of("hello"))["result"];
  CHECK(got["task"]["artifacts"].size() == 1);
  CHECK(got["task"]["status"]["message"]["parts"][0]["text"] == "hello Ada");
}

TEST_CASE("who does not wait gets a message only when the reply was the first that happened") {
  auto asked = message_of("hello");
  asked["configuration"]["returnImmediately"] = true;
  harness at;
  at.tasks.task = replied_task(3);
  CHECK(at.rpc("SendMessage", asked)["result"].contains("message"));
  at.tasks.task = replied_task(9);
  CHECK(at.rpc("SendMessage", asked)["result"]["task"]["status"]["state"] == "TASK_STATE_COMPLETED");
}

TEST_CASE("a stream of a reply behind other events is the stream of its task") {
  harness at;
  at.tasks.task = replied_task(4);
  auto got = streamed(at, message_of("hello"));
  REQUIRE(got.stream);
  std::string text;
  got.stream->encoder->begin(text);
  CHECK(text.find("TASK_STATE_SUBMITTED") != std::string::npos);
  got.stream->open(8, nullptr, [](result<core::subscription_ptr>) {});
  CHECK(at.tasks.asked.back() == "subscribe " + some_id + " after=1 credit=8");
}

TEST_CASE("a message to a task goes on to it whatever its id, which is its key where that is asked for") {
  harness at;
  at.tasks.task = ended_task(task_state::input_required);
  at.rpc("SendMessage", message_to_task("tomorrow"));
  REQUIRE(at.tasks.sent);
  CHECK_FALSE(at.tasks.sent->idempotency);

  at.headers = with_keys;
  at.rpc("SendMessage", message_to_task("tomorrow"));
  REQUIRE(at.tasks.sent->idempotency);
  const auto first = *at.tasks.sent->idempotency;
  CHECK(first.key == "m-9");
  CHECK(first.operation.find(some_id) != std::string::npos);
  // The context may be named or not.
  auto again = message_to_task("tomorrow");
  again["message"]["contextId"] = at.tasks.task->row.context_id;
  at.rpc("SendMessage", again);
  CHECK(at.tasks.sent->idempotency->body_hash == first.body_hash);
  at.rpc("SendMessage", message_to_task("today"));
  CHECK(at.tasks.sent->idempotency->body_hash != first.body_hash);
  at.rpc("SendMessage", message_of("tomorrow"));
  CHECK(at.tasks.submitted->idempotency->operation != first.operation);
}

TEST_CASE("the id of another message of the task is refused at its place where it is a key") {
  harness at;
  at.headers = with_keys;
  at.tasks.task = ended_task(task_state::input_required);
  at.tasks.send_failure = fail(errc::idempotency_mismatch, "this Idempotency-Key was used with another body");
  const auto got = at.rpc("SendMessage", message_to_task("today"));
  CHECK(got["error"]["code"] == -32602);
  CHECK(got["error"]["data"].dump().find("message.messageId") != std::string::npos);
}

TEST_CASE("the message that ended a task may be repeated under its key, and no other") {
  harness at;
  at.headers = with_keys;
  at.tasks.task = ended_task();
  at.tasks.replayed = true;
  CHECK(at.rpc("SendMessage", message_to_task("last"))["result"]["task"]["id"] == some_id);
  at.tasks.send_failure = fail(errc::task_terminal, "the task is completed");
  CHECK(at.rpc("SendMessage", message_to_task("more"))["error"]["code"] == -32004);
}

TEST_CASE("a stream shows the message that its task has taken last, also one whose id was there before") {
  harness at;
  auto task = ended_task(task_state::input_required);
  task->history = {core::text_message(core::role::user, "m-9", "what I said first")};
  at.tasks.task = task;
  at.tasks.message_seq = task->row.last_seq + 1;
  const auto got = streamed(at, message_to_task("tomorrow"));
  REQUIRE(got.stream);
  std::string text;
  got.stream->encoder->begin(text);
  const auto shown = json::parse(text.substr(text.find("data: ") + 6))["result"]["task"];
  CHECK(shown["status"]["state"] == "TASK_STATE_WORKING");
  REQUIRE(shown["history"].size() == 2);
  CHECK(shown["history"][1]["parts"][0]["text"] == "tomorrow");
}

TEST_CASE("a task that takes its time is waited for as long as its agent may work, and a timeout of its own") {
  harness at;
  at.tasks.task = ended_task(task_state::working);
  at.tasks.settled = ended_task(task_state::input_required);
  const auto got = at.rpc("SendMessage", message_of("hello"));
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=100", "await " + some_id + " wait=604900"});
  CHECK(got["result"]["task"]["status"]["state"] == "TASK_STATE_INPUT_REQUIRED");
}

TEST_CASE("who waits when the server ends gets the task as it is, in its binding and its version") {
  harness at;
  at.ending = true;
  at.tasks.task = ended_task(task_state::working);
  CHECK(at.rpc("SendMessage", message_of("hello"))["result"]["task"]["status"]["state"] == "TASK_STATE_WORKING");
  CHECK(at.tasks.asked == std::vector<std::string>{"submit echo wait=100", "get " + some_id});
  const auto rest = at.rest("POST", "/message:send", {}, message_of("hello").dump());
  CHECK(rest.status == 200);
  CHECK(json::parse(rest.body)["task"]["id"] == some_id);
  const auto old = at.rpc("message/send", R"({"message": {"messageId": "m-9", "role": "user", "kind": "message",
      "parts": [{"kind": "text", "text": "hello"}]}})"_json,
                          "0.3");
  CHECK(old["result"]["id"] == some_id);
  CHECK(old["result"]["status"]["state"] == "working");

  at.tasks.found = [](task_id) { return fail(errc::unavailable, "storage is restarting"); };
  CHECK(at.rpc("SendMessage", message_of("hello"))["result"]["task"]["id"] == some_id);
}

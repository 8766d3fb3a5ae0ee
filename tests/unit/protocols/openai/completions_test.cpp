#include <array>

#include "server/base/digest.hpp"
#include "tests/unit/protocols/openai/dialect_harness.hpp"

using namespace mofa;
using namespace mofa::openai::testing;
using core::json;
using core::task_state;

namespace {

const std::string hello = R"({"model": "echo", "messages": [{"role": "user", "content": "hello"}]})";
const std::string hello_stream =
    R"({"model": "echo", "messages": [{"role": "user", "content": "hello"}], "stream": true, "stream_options": {"include_usage": true}})";

core::event_ptr event(std::uint64_t seq, std::string kind, const json& data) {
  auto out = std::make_shared<core::event>();
  out->seq = seq;
  out->kind = std::move(kind);
  out->data = data.dump();
  return out;
}

}  // namespace

TEST_CASE("a call is a task in a new context, awaited as long as its agent may work, and answered as a completion") {
  harness call;
  auto ended = ended_task(task_state::completed, "hello back");
  ended->row.usage = {10, 3, 0, 0, 0};
  call.tasks.task = ended;
  const auto got = call.post(hello);
  REQUIRE(got.status == 200);
  CHECK(got.content_type == "application/json");
  CHECK(call.agents.asked == std::vector<std::string>{"get echo"});
  CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=100"});
  CHECK(call.tasks.submitted->message.text() == "hello");
  CHECK(call.tasks.submitted->context_id.empty());
  CHECK(call.tasks.who.principal == "ada");
  CHECK(json::parse(got.body) == json::parse(R"({
      "id": "chatcmpl-)" + some_id + R"(", "object": "chat.completion", "created": 1769850000, "model": "echo",
      "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello back", "refusal": null}, "logprobs": null,
                   "finish_reason": "stop"}],
      "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}})"));
}

TEST_CASE("the last model call tells why the answer ended") {
  for (const auto& [finish, reason] :
       {std::pair{"length", "length"}, {"content_filter", "content_filter"}, {"tool_calls", "stop"}}) {
    harness call;
    auto ended = ended_task(task_state::completed, "as far as");
    ended->row.usage.model_calls = 2;
    ended->row.last_seq = 40;
    call.tasks.task = ended;
    call.tasks.recorded = {event(38, "effect_resolved", {{"value", {{"finish", "stop"}}}}),
                           event(39, "effect_resolved", {{"value", {{"finish", finish}}}}), event(40, "status_changed", {})};
    CHECK(json::parse(call.post(hello).body)["choices"][0]["finish_reason"] == reason);
    CHECK(call.tasks.asked.back() == "events " + some_id + " after=24 limit=16");
  }
}

TEST_CASE("an answer that is there is given, also when the events that tell why it ended cannot be read") {
  harness call;
  auto ended = ended_task(task_state::completed, "paid for");
  ended->row.usage.model_calls = 1;
  call.tasks.task = ended;
  call.tasks.events_failure = fail(errc::unavailable, "the store restarts");
  const auto got = call.post(hello);
  REQUIRE(got.status == 200);
  const auto choice = json::parse(got.body)["choices"][0];
  CHECK(choice["message"]["content"] == "paid for");
  CHECK(choice["finish_reason"] == "stop");
}

TEST_CASE("an agent that asks back has answered, and artifacts are part of an answer") {
  harness call;
  call.tasks.task = ended_task(task_state::input_required, "For which day?");
  CHECK(json::parse(call.post(hello).body)["choices"][0]["message"]["content"] == "For which day?");
  auto ended = ended_task(task_state::completed, "Done");
  ended->artifacts = {rest::testing::some_task()->artifacts};
  call.tasks.task = ended;
  CHECK(json::parse(call.post(hello).body)["choices"][0]["message"]["content"] == "Done\n\n{\"deep\":[1,2]}");
  call.tasks.task = rest::testing::some_task(task_state::completed);
  CHECK(json::parse(call.post(hello).body)["choices"][0]["message"]["content"] == "{\"deep\":[1,2]}");
}

TEST_CASE("what a content filter kept back is a completion without words") {
  harness call;
  call.tasks.task = ended_task(task_state::failed, "kept back", "content_filter");
  const auto choice = json::parse(call.post(hello).body)["choices"][0];
  CHECK(choice["message"]["content"] == "");
  CHECK(choice["finish_reason"] == "content_filter");
}

TEST_CASE("a task that ends otherwise is an error that clients do not repeat by themselves") {
  struct expected {
    task_state state;
    const char* code;
    int status;
    const char* type;
    const char* shown;
  };
  constexpr std::array<expected, 7> cases{{
      {task_state::failed, "limit_exceeded", 422, "invalid_request_error", "limit_exceeded"},
      {task_state::failed, "deadline_exceeded", 504, "server_error", "deadline_exceeded"},
      {task_state::failed, "model_failed", 502, "server_error", "model_failed"},
      {task_state::failed, "quarantined", 500, "server_error", "quarantined"},
      {task_state::failed, "", 500, "server_error", "failed"},
      {task_state::canceled, "", 409, "conflict_error", "canceled"},
      {task_state::rejected, "no_rule", 422, "invalid_request_error", "no_rule"},
  }};
  for (const auto& each : cases) {
    harness call;
    CAPTURE(each.shown);
    call.tasks.task = ended_task(each.state, "because", each.code);
    const auto got = call.post(hello);
    CHECK(error_of(got, each.status) ==
          json{{"message", "because"}, {"type", each.type}, {"param", nullptr}, {"code", each.shown}});
    CHECK(header_of(got, "x-should-retry") == "false");
  }
}

TEST_CASE("a task that takes its time is waited for as long as its agent may work") {
  harness call;
  call.tasks.settled = ended_task(task_state::completed, "at last");
  call.tasks.replayed = true;
  const auto got = call.post(hello);
  CHECK(json::parse(got.body)["choices"][0]["message"]["content"] == "at last");
  CHECK(header_of(got, "Idempotency-Replayed") == "true");
  // The agent's timeout is ten minutes.
  CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=100", "await " + some_id + " wait=604900"});
}

TEST_CASE("who waits when the server ends is told that the task goes on, or its answer if it has just ended") {
  harness call;
  call.ending = true;
  const auto got = call.post(hello);
  const auto why = error_of(got, 503);
  CHECK(why["code"] == "draining");
  CHECK(why["message"].get<std::string>().find(some_id) != std::string::npos);
  CHECK(header_of(got, "x-should-retry") == "false");
  call.tasks.found = [](task_id) -> core::task_ptr { return ended_task(task_state::completed, "just in time"); };
  CHECK(json::parse(call.post(hello).body)["choices"][0]["message"]["content"] == "just in time");
  call.tasks.found = [](task_id) { return fail(errc::unavailable, "storage is restarting"); };
  CHECK(error_of(call.post(hello), 503)["message"].get<std::string>().find(some_id) != std::string::npos);
}

TEST_CASE("a task that does not end in time goes on, and the answer names it") {
  harness call;
  const auto got = call.post(hello);
  const auto why = error_of(got, 504);
  CHECK(why["code"] == "timeout");
  CHECK(why["message"].get<std::string>().find(some_id) != std::string::npos);
  CHECK(header_of(got, "x-should-retry") == "false");
}

TEST_CASE("an unknown model is 404 in OpenAI's form and names near ones") {
  harness call;
  call.agents.failure = fail(errc::not_found, "no agent 'ecko'; did you mean 'echo'?");
  const auto why = error_of(call.post(hello), 404);
  CHECK(why["code"] == "model_not_found");
  CHECK(why["param"] == "model");
  CHECK(why["type"] == "invalid_request_error");
  CHECK(why["message"] == "no agent 'ecko'; did you mean 'echo'?");
  CHECK(call.tasks.asked.empty());
}

TEST_CASE("the ports' errors keep their status and say when to try again") {
  struct expected {
    errc code;
    int status;
    const char* type;
    const char* retry;
  };
  constexpr std::array<expected, 5> cases{{{errc::queue_full, 429, "rate_limit_error", "1"},
                                           {errc::unavailable, 503, "server_error", "1"},
                                           {errc::invalid, 400, "invalid_request_error", ""},
                                           {errc::idempotency_mismatch, 422, "invalid_request_error", ""},
                                           {errc::in_progress, 409, "conflict_error", ""}}};
  for (const auto& each : cases) {
    for (const auto& body : {hello, hello_stream}) {
      harness call;
      call.tasks.failure = fail(each.code, "why");
      const auto got = call.post(body);
      const auto why = error_of(got, each.status);
      CHECK(why["type"] == each.type);
      CHECK(why["code"] == to_string(each.code));
      CHECK(header_of(got, "Retry-After") == each.retry);
      CHECK(header_of(got, "x-should-retry").empty());
    }
  }
}

TEST_CASE("a stream is the task's feed from its first event, in chunks") {
  harness call;
  auto got = call.post(hello_stream);
  REQUIRE(got.status == 200);
  CHECK(got.content_type == "text/event-stream");
  CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=0"});
  REQUIRE(got.stream);
  bool opened = false;
  got.stream->open(16, nullptr, [&](result<core::subscription_ptr> made) { opened = made.has_value(); });
  CHECK(opened);
  CHECK(call.tasks.asked.back() == "subscribe " + some_id + " after=0 credit=16");
  CHECK(call.tasks.who.principal == "ada");
  REQUIRE(got.stream->encoder);
  std::string out;
  got.stream->encoder->add(out, *event(1, "submitted", json::object()));
  CHECK(out.find("\"id\":\"chatcmpl-" + some_id + "\"") != std::string::npos);
  CHECK(out.find("\"usage\":null") != std::string::npos);
  CHECK(error_of(got.stream->refuse(fail(errc::unavailable, "the feeds restart")), 503)["code"] == "unavailable");
}

TEST_CASE("a repeat with the same idempotency key is told as one") {
  harness call;
  call.tasks.replayed = true;
  call.tasks.task = ended_task(task_state::completed, "hello back");
  const auto got = call.post(hello, {{"idempotency-key", "k-1"}});
  CHECK(header_of(got, "Idempotency-Replayed") == "true");
  REQUIRE(call.tasks.submitted->idempotency);
  CHECK(call.tasks.submitted->idempotency->operation == "POST /v1/chat/completions");
  CHECK(call.tasks.submitted->idempotency->body_hash == sha256_hex(hello));
  CHECK(header_of(call.post(hello_stream, {{"idempotency-key", "k-2"}}), "Idempotency-Replayed") == "true");
  CHECK(error_of(call.post(hello, {{"idempotency-key", ""}}), 400)["param"] == "Idempotency-Key");
}

TEST_CASE("a request that cannot be read asks no port") {
  harness call;
  CHECK(error_of(call.post("{"), 400)["code"] == "invalid_syntax");
  CHECK(error_of(call.post(R"({"model": "echo", "messages": [], "tools": []})"), 400)["param"] == "tools");
  CHECK(error_of(call("POST", "/v1/chat/completions", hello, {}, "api-version=1"), 400)["code"] == "unknown_parameter");
  CHECK(error_of(call("POST", "/v1/chat/completions", hello, {{"content-type", "text/plain"}}, "", true), 415)["code"] ==
        "unsupported_media_type");
  CHECK(call.tasks.asked.empty());
  CHECK(call.agents.asked.empty());
}

TEST_CASE("what the gateway refuses on a route of the dialect has OpenAI's form") {
  harness call;
  for (const auto& route : call.table) {
    REQUIRE(route.refuse);
    const auto got = route.refuse(fail(errc::unauthenticated, "no key"));
    CHECK(error_of(got, 401)["type"] == "authentication_error");
    CHECK(header_of(got, "WWW-Authenticate") == "Bearer realm=\"mofa\"");
    CHECK(error_of(route.refuse(fail(errc::forbidden, "lacks the scope")), 403)["type"] == "permission_error");
  }
}

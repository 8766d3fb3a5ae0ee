#include <doctest/doctest.h>

#include "server/base/digest.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

namespace {

const std::string pattern = "/api/v1/agents/{name}/tasks";

ask post(std::string body, http::header_list headers = {}) {
  return {.method = "POST",
          .pattern = pattern,
          .parameters = {{"name", "echo"}},
          .body = std::move(body),
          .headers = std::move(headers)};
}

std::string path_of(const core::json& problem) { return problem["errors"][0]["path"]; }
std::string message_of(const core::json& problem) { return problem["errors"][0]["message"]; }

}  // namespace

TEST_CASE("a submission answers 202 with the task and its place, at once") {
  harness call;
  const auto got = call(post(R"({"message": "hello"})"));
  CHECK(got.status == 202);
  CHECK(header_of(got, "Location") == "/api/v1/tasks/" + some_id);
  CHECK(header_of(got, "Idempotency-Replayed").empty());
  CHECK(header_of(got, "Preference-Applied").empty());
  CHECK(core::json::parse(got.body)["id"] == some_id);
  CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=0"});
  CHECK(call.tasks.submitted->message.text() == "hello");
  CHECK(call.tasks.submitted->message.role == core::role::user);
  CHECK(call.tasks.submitted->context_id.empty());
  CHECK_FALSE(call.tasks.submitted->idempotency);
  CHECK(call.tasks.who.principal == "ada");
}

TEST_CASE("a submission carries every member of its body") {
  harness call;
  call(post(
      R"({"message": {"message_id": "m-9", "parts": [{"data": {"a": 1}}], "metadata": {"lang": "en"}}, "context_id": "c 1",
               "priority": "low", "timeout_ms": 1500, "labels": {"team": "x"}})"));
  REQUIRE(call.tasks.submitted);
  const auto& got = *call.tasks.submitted;
  CHECK(got.message.message_id == "m-9");
  CHECK(got.message.parts[0].data["a"] == 1);
  CHECK(got.message.metadata["lang"] == "en");
  CHECK(got.context_id == "c 1");
  CHECK(got.priority == core::priority::low);
  CHECK(got.timeout == milliseconds{1500});
  CHECK(got.labels == core::label_map{{"team", "x"}});
}

TEST_CASE("a submission that prefers to wait tells a settled task from one at work") {
  for (const auto& [state, status] :
       {std::pair{core::task_state::completed, 200}, std::pair{core::task_state::input_required, 200},
        std::pair{core::task_state::working, 202}}) {
    harness call;
    call.tasks.settled = some_task(state);
    const auto got = call(post(R"({"message": "hello"})", {{"prefer", "respond-async, wait=5"}}));
    CHECK(got.status == status);
    CHECK(header_of(got, "Preference-Applied") == "wait=5");
    CHECK(header_of(got, "Location") == "/api/v1/tasks/" + some_id);
    // Nobody keeps a place in the gate for longer than that.
    CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=100", "await " + some_id + " wait=4900"});
  }
}

TEST_CASE("a task that is settled soon is not waited for any more") {
  harness call;
  call.tasks.task = some_task(core::task_state::completed);
  CHECK(call(post(R"({"message": "hello"})", {{"prefer", "wait=5"}})).status == 200);
  CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=100"});
}

TEST_CASE("who waits when the server ends gets the task as it is, and reads whether it was waited for") {
  for (const auto& [state, status, applied] :
       {std::tuple{core::task_state::completed, 200, "wait=5"}, {core::task_state::working, 202, ""}}) {
    harness call;
    call.ending = true;
    call.tasks.found = [state = state](task_id) { return some_task(state); };
    call.tasks.replayed = true;
    const auto got = call(post(R"({"message": "hello"})", {{"prefer", "wait=5"}}));
    CHECK(got.status == status);
    CHECK(header_of(got, "Location") == "/api/v1/tasks/" + some_id);
    CHECK(header_of(got, "Idempotency-Replayed") == "true");
    CHECK(header_of(got, "Preference-Applied") == applied);
    CHECK(core::json::parse(got.body)["status"]["state"] == core::to_string(state));
    CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=100", "get " + some_id});
  }
}

TEST_CASE("who waits for what has been submitted gets that, also when nobody can look how it stands") {
  harness call;
  call.ending = true;
  call.tasks.found = [](task_id) { return fail(errc::unavailable, "storage is restarting"); };
  const auto got = call.json(post(R"({"message": "hello"})", {{"prefer", "wait=5"}}), 202);
  CHECK(got["id"] == some_id);
}

TEST_CASE("nobody waits longer than a minute") {
  harness call;
  const auto got = call(post(R"({"message": "hello"})", {{"prefer", "wait=3600"}}));
  CHECK(header_of(got, "Preference-Applied") == "wait=60");
  CHECK(call.tasks.asked.back() == "await " + some_id + " wait=59900");
}

TEST_CASE("a submission that accepts a stream gets the new task's feed from its first event") {
  harness call;
  auto got = call(post(R"({"message": "hello"})", {{"accept", "text/event-stream"}, {"prefer", "wait=5"}}));
  CHECK(got.status == 200);
  CHECK(got.content_type == "text/event-stream");
  CHECK(header_of(got, "Location") == "/api/v1/tasks/" + some_id);
  CHECK(call.tasks.asked == std::vector<std::string>{"submit echo wait=0"});
  REQUIRE(got.stream);
  bool opened = false;
  got.stream->open(16, nullptr, [&](result<core::subscription_ptr> subscription) { opened = subscription.has_value(); });
  CHECK(opened);
  CHECK(call.tasks.asked.back() == "subscribe " + some_id + " after=0 credit=16");
  CHECK(call.tasks.who.principal == "ada");
  const auto refused = got.stream->refuse(fail(errc::unavailable, "the feed restarts"));
  CHECK(refused.status == 503);
  CHECK(core::json::parse(refused.body)["instance"] == "/api/v1/agents/echo/tasks");
}

TEST_CASE("an idempotency key is bound to the method, the path and the body") {
  harness call;
  const std::string body = R"({"message": "hello"})";
  call.tasks.replayed = true;
  const auto got = call(post(body, {{"idempotency-key", "k-1"}}));
  CHECK(header_of(got, "Idempotency-Replayed") == "true");
  REQUIRE(call.tasks.submitted->idempotency);
  CHECK(call.tasks.submitted->idempotency->key == "k-1");
  CHECK(call.tasks.submitted->idempotency->operation == "POST /api/v1/agents/echo/tasks");
  CHECK(call.tasks.submitted->idempotency->body_hash == sha256_hex(body));
}

TEST_CASE("a repeated submission streams and waits on the first one's task") {
  harness call;
  call.tasks.replayed = true;
  const auto streamed = call(post(R"({"message": "hello"})", {{"idempotency-key", "k-1"}, {"accept", "text/event-stream"}}));
  CHECK(streamed.stream);
  CHECK(header_of(streamed, "Idempotency-Replayed") == "true");
  call.tasks.task = some_task(core::task_state::completed);
  const auto waited = call(post(R"({"message": "hello"})", {{"idempotency-key", "k-1"}, {"prefer", "wait=1"}}));
  CHECK(waited.status == 200);
  CHECK(header_of(waited, "Idempotency-Replayed") == "true");
}

TEST_CASE("an idempotency key that is too long, empty or not visible is refused") {
  for (const auto& key : {std::string(129, 'k'), std::string{}, std::string{"a b"}, std::string{"\xc3\xa4"}}) {
    harness call;
    CHECK(path_of(call.problem(post(R"({"message": "hello"})", {{"idempotency-key", key}}), 422, "invalid")) ==
          "Idempotency-Key");
    CHECK(call.tasks.asked.empty());
  }
  harness call;
  CHECK(call(post(R"({"message": "hello"})", {{"idempotency-key", std::string(128, 'k')}})).status == 202);
}

TEST_CASE("a body that is not JSON is 400 and names line and column") {
  harness call;
  const auto got = call.problem(post("{\"message\":\n  nope}"), 400, "invalid_syntax");
  CHECK(got["detail"].get<std::string>().find('2') != std::string::npos);
  call.problem(post(""), 400, "invalid_syntax");
  call.problem(post(R"({"message": "a", "message": "b"})"), 400, "invalid_syntax");
  CHECK(call.tasks.asked.empty());
}

TEST_CASE("unknown members are named with the nearest known one") {
  harness call;
  const auto got = call.problem(post(R"({"mesage": "hello", "message": "hello"})"), 422, "invalid");
  CHECK(path_of(got) == "/mesage");
  CHECK(message_of(got) == "unknown member 'mesage'; did you mean 'message'?");
  CHECK(got["instance"] == "/api/v1/agents/echo/tasks");
}

TEST_CASE("a member that is not there is named, with the path that it should have") {
  harness call;
  const auto got = call.problem(post("{}"), 422, "invalid");
  CHECK(path_of(got) == "/message");
  CHECK(message_of(got) == "missing member 'message'");
}

TEST_CASE("every wrong value is named by its JSON pointer") {
  const std::pair<std::string, std::string> cases[] = {
      {R"([])", ""},
      {R"({})", "/message"},
      {R"({"message": 1})", "/message"},
      {R"({"message": {"parts": []}})", "/message/parts"},
      {R"({"message": {"parts": [{"text": 1}]}})", "/message/parts/0/text"},
      {R"({"message": {"role": "agent", "parts": [{"text": "x"}]}})", "/message/role"},
      {R"({"message": "x", "context_id": ""})", "/context_id"},
      {R"({"message": "x", "context_id": 1})", "/context_id"},
      {R"({"message": "x", "context_id": "a\u0000b"})", "/context_id"},
      {R"({"message": {"message_id": "a\u001fb", "parts": [{"text": "x"}]}})", "/message/message_id"},
      {R"({"message": "x", "context_id": ")" + std::string(129, 'c') + "\"}", "/context_id"},
      {R"({"message": "x", "priority": "urgent"})", "/priority"},
      {R"({"message": "x", "timeout_ms": 0})", "/timeout_ms"},
      {R"({"message": "x", "timeout_ms": 1.5})", "/timeout_ms"},
      {R"({"message": "x", "timeout_ms": 18446744073709551615})", "/timeout_ms"},
      {R"({"message": "x", "labels": []})", "/labels"},
      {R"({"message": "x", "labels": {"a/b": 1}})", "/labels/a~1b"},
      {R"({"message": "x", "labels": {"a:b": "c"}})", "/labels/a:b"},
      {R"({"message": "x", "budget": 5})", "/budget"},
      {R"({"message": "x", "budget": {"max_tokens": -1}})", "/budget/max_tokens"},
  };
  for (const auto& [body, path] : cases) {
    harness call;
    CAPTURE(body);
    CHECK(path_of(call.problem(post(body), 422, "invalid")) == path);
    CHECK(call.tasks.asked.empty());
  }
}

TEST_CASE("several faults are reported together") {
  harness call;
  const auto got = call.problem(post(R"({"message": "x", "priority": "urgent", "timeout_ms": -1})"), 422, "invalid");
  CHECK(got["errors"].size() == 2);
}

TEST_CASE("a web page must say application/json, another client need not") {
  harness call;
  auto page = post(R"({"message": "hello"})", {{"content-type", "text/plain"}});
  CHECK(call(page).status == 202);
  page.from_browser = true;
  call.problem(page, 415, "unsupported_media_type");
  page.headers = {};
  call.problem(page, 415, "unsupported_media_type");
  page.headers = {{"content-type", "Application/JSON; charset=utf-8"}};
  CHECK(call(page).status == 202);
}

TEST_CASE("a client that accepts neither JSON nor a stream gets 406") {
  harness call;
  call.problem(post(R"({"message": "hello"})", {{"accept", "text/html"}}), 406, "not_acceptable");
  CHECK(call.tasks.asked.empty());
}

TEST_CASE("a submission takes no query parameters") {
  harness call;
  auto what = post(R"({"message": "hello"})");
  what.query = "wait=5";
  CHECK(path_of(call.problem(what, 422, "invalid")) == "?wait");
}

TEST_CASE("what the port refuses keeps its code") {
  const std::pair<errc, int> cases[] = {
      {errc::not_found, 404},    {errc::queue_full, 429},  {errc::context_busy, 409},        {errc::unavailable, 503},
      {errc::storage_full, 503}, {errc::in_progress, 409}, {errc::idempotency_mismatch, 422}};
  for (const auto& [code, status] : cases) {
    harness call;
    call.tasks.failure = fail(code, "because");
    call.problem(post(R"({"message": "hello"})"), status, to_string(code));
    call.problem(post(R"({"message": "hello"})", {{"accept", "text/event-stream"}}), status, to_string(code));
  }
}

TEST_CASE("a further message is sent to its task") {
  harness call;
  ask what{.method = "POST",
           .pattern = "/api/v1/tasks/{id}/messages",
           .parameters = {{"id", some_id}},
           .body = R"({"message": {"message_id": "m-3", "parts": [{"text": "tomorrow"}]}})",
           .headers = {{"idempotency-key", "k-2"}}};
  const auto got = call(what);
  CHECK(got.status == 202);
  CHECK(header_of(got, "Location") == "/api/v1/tasks/" + some_id);
  CHECK(call.tasks.asked == std::vector<std::string>{"send " + some_id + " wait=0"});
  CHECK(call.tasks.sent->message.text() == "tomorrow");
  CHECK(call.tasks.sent->idempotency->operation == "POST /api/v1/tasks/" + some_id + "/messages");
  call.tasks.failure = fail(errc::task_terminal, "the task has ended");
  call.problem(what, 409, "task_terminal");
  what.body = R"({"text": "tomorrow"})";
  call.problem(what, 422, "invalid");
  what.parameters = {{"id", "nonsense"}};
  call.problem(what, 404, "not_found");
}

namespace {

ask message(http::header_list headers) {
  return {.method = "POST",
          .pattern = "/api/v1/tasks/{id}/messages",
          .parameters = {{"id", some_id}},
          .body = R"({"message": "tomorrow"})",
          .headers = std::move(headers)};
}

}  // namespace

TEST_CASE("a further message that prefers to wait tells a task that is settled again from one at work") {
  for (const auto& [state, status] :
       {std::pair{core::task_state::completed, 200}, std::pair{core::task_state::input_required, 200},
        std::pair{core::task_state::working, 202}}) {
    harness call;
    call.tasks.settled = some_task(state);
    const auto got = call(message({{"prefer", "wait=5"}}));
    CHECK(got.status == status);
    CHECK(header_of(got, "Preference-Applied") == "wait=5");
    CHECK(call.tasks.asked == std::vector<std::string>{"send " + some_id + " wait=100", "await " + some_id + " wait=4900"});
  }
}

TEST_CASE("a further message that accepts a stream gets the feed from the event that holds it on") {
  for (const auto& [number, after] : {std::pair{7, "6"}, std::pair{0, "0"}}) {
    harness call;
    call.tasks.message_seq = static_cast<std::uint64_t>(number);
    call.tasks.replayed = true;
    auto got = call(message({{"accept", "text/event-stream"}, {"prefer", "wait=5"}, {"idempotency-key", "k"}}));
    CHECK(got.status == 200);
    CHECK(got.content_type == "text/event-stream");
    CHECK(header_of(got, "Idempotency-Replayed") == "true");
    CHECK(call.tasks.asked == std::vector<std::string>{"send " + some_id + " wait=0"});
    REQUIRE(got.stream);
    got.stream->open(16, nullptr, [](const result<core::subscription_ptr>&) {});
    CHECK(call.tasks.asked.back() == "subscribe " + some_id + " after=" + after + " credit=16");
    CHECK(call.tasks.who.principal == "ada");
  }
  harness call;
  call.problem(message({{"accept", "image/png"}}), 406, "not_acceptable");
}

TEST_CASE("a question whose answer is yet to be decided is not settled: it is not asked any more") {
  harness call;
  auto undecided = std::make_shared<core::task>(*some_task(core::task_state::input_required));
  undecided->row.decided_seq = undecided->row.last_seq - 1;
  call.tasks.task = undecided;
  CHECK(call(message({{"prefer", "wait=5"}})).status == 202);
}

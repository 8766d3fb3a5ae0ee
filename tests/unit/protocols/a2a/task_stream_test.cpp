#include "protocols/a2a/task_stream.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace mofa;
using namespace mofa::a2a;
using core::json;
using core::task_state;
using state = http::feed_encoder::state;

namespace {

std::string some_id;
std::string call;

/// What is told of an event is remembered by its task and number: each case has a task of its own.
struct of_a_new_task {
  of_a_new_task() {
    some_id = task_id::make(time_point{milliseconds{1'700'000'000'000}}).str();
    call = some_id + "/3";
  }
};

core::task_ptr known_task(task_state reached = task_state::submitted, std::vector<std::string> speaking = {}) {
  auto out = std::make_shared<core::task>();
  out->row.id = *task_id::parse(some_id);
  out->row.agent = "echo";
  out->row.context_id = "c-1";
  out->row.status.state = reached;
  out->row.last_seq = 1;
  out->history = {core::text_message(core::role::user, "m-1", "hello")};
  out->speaking = std::move(speaking);
  return out;
}

core::event event(std::uint64_t seq, std::string kind, const json& data, const std::string& task = some_id) {
  core::event out;
  out.task = *task_id::parse(task);
  out.seq = seq;
  out.kind = std::move(kind);
  out.data = data.dump();
  return out;
}

core::live_frame delta(const std::string& effect, int attempt, std::size_t offset, const std::string& text) {
  return {"delta", json{{"effect_id", effect}, {"attempt", attempt}, {"offset", offset}, {"text", text}}.dump()};
}

json words_of(const std::string& said) { return core::to_json(core::text_message(core::role::agent, "a-1", said)); }

/// A stream over HTTP+JSON in 1.0, and what it has written since the last look.
struct listener {
  explicit listener(core::task_ptr known = known_task(), bool tell = true, std::vector<std::string> modes = {})
      : stream(codec_v1(), reply{rest_form(), {}}.frames(), std::move(modes), std::move(known), 100) {
    if (!tell) stream.resume();
  }

  static reply_form rest_form() {
    reply_form out;
    out.by = binding::rest;
    return out;
  }
  template <class What>
  listener& hear(const What& what) {
    stream.add(text, what);
    return *this;
  }
  /// The pieces so far, and no more of them afterwards.
  std::vector<json> pieces() {
    std::vector<json> out;
    std::string_view rest = text;
    for (auto at = rest.find("data: "); at != std::string_view::npos; at = rest.find("data: ")) {
      rest.remove_prefix(at + 6);
      out.push_back(json::parse(rest.substr(0, rest.find('\n'))));
    }
    text.clear();
    return out;
  }

  task_stream stream;
  std::string text;
};

json request_of_model() { return {{"effect_id", call}, {"type", "model"}}; }
json outcome(const std::string& text) { return {{"effect_id", call}, {"value", {{"text", text}}}}; }

std::string text_in(const json& piece) { return piece["artifactUpdate"]["artifact"]["parts"][0]["text"]; }
bool appends(const json& piece) { return piece["artifactUpdate"].value("append", false); }
bool is_last(const json& piece) { return piece["artifactUpdate"].value("lastChunk", false); }

}  // namespace

TEST_CASE_FIXTURE(
    of_a_new_task,
    "a stream begins with the task as it is known, then tells each status and artifact, and ends with the task") {
  listener one;
  one.stream.begin(one.text);
  CHECK(one.text.starts_with("id: 1\ndata: {\"task\":{"));
  auto first = one.pieces();
  REQUIRE(first.size() == 1);
  CHECK(first[0]["task"]["id"] == some_id);
  CHECK(first[0]["task"]["status"]["state"] == "TASK_STATE_SUBMITTED");

  one.hear(event(2, "status_changed", {{"state", "working"}, {"message", words_of("looking")}}));
  one.hear(event(3, "timer_set", {{"timer_id", "x"}}));
  one.hear(event(4, "artifact_updated",
                 {{"artifact", {{"artifact_id", "a"}, {"name", "A"}, {"parts", {{{"text", "one"}}}}}},
                  {"append", false},
                  {"last", false}}));
  one.hear(event(5, "message_added", {{"message", words_of("by the way")}}));
  CHECK(one.stream.now() == state::open);
  CHECK(one.text.find("id: 2\ndata: ") != std::string::npos);
  CHECK(one.text.find("id: 3\n") == std::string::npos);
  const auto got = one.pieces();
  REQUIRE(got.size() == 3);
  CHECK(got[0]["statusUpdate"]["status"]["state"] == "TASK_STATE_WORKING");
  CHECK(got[0]["statusUpdate"]["status"]["message"]["parts"][0]["text"] == "looking");
  CHECK(got[0]["statusUpdate"]["taskId"] == some_id);
  CHECK(got[0]["statusUpdate"]["contextId"] == "c-1");
  CHECK(got[1]["artifactUpdate"]["artifact"]["artifactId"] == "a");
  CHECK_FALSE(appends(got[1]));
  CHECK_FALSE(is_last(got[1]));
  CHECK(got[2]["statusUpdate"]["status"]["state"] == "TASK_STATE_WORKING");
  CHECK(got[2]["statusUpdate"]["status"]["message"]["parts"][0]["text"] == "by the way");

  one.hear(event(6, "status_changed", {{"state", "completed"}}));
  CHECK(one.stream.now() == state::complete);
  CHECK(one.pieces().at(0)["statusUpdate"]["status"]["state"] == "TASK_STATE_COMPLETED");
}

TEST_CASE_FIXTURE(of_a_new_task, "a question keeps the stream open") {
  listener one;
  one.hear(event(2, "status_changed", {{"state", "input_required"}, {"message", words_of("which?")}}));
  CHECK(one.stream.now() == state::open);
  CHECK(one.pieces().at(0)["statusUpdate"]["status"]["state"] == "TASK_STATE_INPUT_REQUIRED");
}

TEST_CASE_FIXTURE(of_a_new_task, "a reply of a task that has begun is its last word") {
  listener one;
  one.hear(event(2, "replied", {{"message", words_of("so be it")}}));
  CHECK(one.pieces().empty());
  one.hear(event(3, "status_changed", {{"state", "completed"}}));
  CHECK(one.pieces().at(0)["statusUpdate"]["status"]["message"]["parts"][0]["text"] == "so be it");
}

TEST_CASE_FIXTURE(of_a_new_task,
                  "who has heard all words of a model call gets the rest at its outcome, and the last chunk") {
  listener one;
  one.hear(event(3, "effect_requested", request_of_model()));
  one.hear(delta(call, 1, 0, "The ")).hear(delta(call, 1, 4, "result "));
  one.hear(event(4, "effect_resolved", outcome("The result is 4.")));
  const auto got = one.pieces();
  REQUIRE(got.size() == 3);
  CHECK(got[0]["artifactUpdate"]["artifact"]["artifactId"] == "spoken-text");
  CHECK_FALSE(appends(got[0]));
  CHECK(appends(got[1]));
  CHECK_FALSE(is_last(got[1]));
  CHECK(text_in(got[2]) == "is 4.");
  CHECK(appends(got[2]));
  CHECK(is_last(got[2]));
}

TEST_CASE_FIXTURE(of_a_new_task, "who has missed a word gets the whole at the outcome, and nothing in between") {
  listener one;
  one.hear(event(3, "effect_requested", request_of_model()));
  one.hear(delta(call, 1, 0, "The ")).hear(delta(call, 1, 11, "is ")).hear(delta(call, 1, 14, "4."));
  one.hear(event(4, "effect_resolved", outcome("The result is 4.")));
  const auto got = one.pieces();
  REQUIRE(got.size() == 2);
  CHECK(text_in(got[0]) == "The ");
  CHECK(text_in(got[1]) == "The result is 4.");
  CHECK_FALSE(appends(got[1]));
  CHECK(is_last(got[1]));
}

TEST_CASE_FIXTURE(of_a_new_task, "a further attempt of a call begins its words anew") {
  listener one;
  one.hear(event(3, "effect_requested", request_of_model()));
  one.hear(delta(call, 1, 0, "Wrong")).hear(delta(call, 2, 0, "Right"));
  one.hear(event(4, "effect_resolved", outcome("Right")));
  const auto got = one.pieces();
  REQUIRE(got.size() == 3);
  CHECK(text_in(got[1]) == "Right");
  CHECK_FALSE(appends(got[1]));
  CHECK(is_last(got[2]));
  CHECK(text_in(got[2]).empty());
}

TEST_CASE_FIXTURE(of_a_new_task,
                  "who joins in the middle of a call hears it too, also when no word comes before its outcome") {
  listener one{known_task(task_state::working, {call})};
  one.hear(event(4, "effect_resolved", outcome("The result is 4.")));
  const auto got = one.pieces();
  REQUIRE(got.size() == 1);
  CHECK(text_in(got[0]) == "The result is 4.");
  CHECK_FALSE(appends(got[0]));
}

TEST_CASE_FIXTURE(of_a_new_task, "the outcome of a tool, and words that must fit a schema, are no text to show") {
  listener one;
  one.hear(event(3, "effect_requested", {{"effect_id", call}, {"type", "tool"}}));
  one.hear(event(4, "effect_resolved", outcome("42")));
  one.hear(event(5, "effect_requested", {{"effect_id", call}, {"type", "model"}, {"output_schema", {{"type", "object"}}}}));
  one.hear(delta(call, 1, 0, "{\"a\""));
  one.hear(event(6, "effect_resolved", outcome("{\"a\":1}")));
  CHECK(one.pieces().empty());
}

TEST_CASE_FIXTURE(of_a_new_task,
                  "two streams of one task tell the same of an event, and one of another task tells its own") {
  const auto change = json{{"state", "working"}, {"message", words_of("on it")}};
  listener first, second;
  first.hear(event(2, "status_changed", change));
  second.hear(event(2, "status_changed", change));
  CHECK(first.text == second.text);
  // Neither another version nor another event is told in the same words.
  task_stream old{codec_v0_3(), reply{listener::rest_form(), {}}.frames(), {}, known_task(), 100};
  std::string said;
  old.add(said, event(2, "status_changed", change));
  CHECK(said.find("\"kind\":\"status-update\"") != std::string::npos);
  first.hear(event(3, "status_changed", {{"state", "completed"}}));
  second.hear(event(3, "status_changed", {{"state", "completed"}}));
  CHECK(first.text == second.text);
  CHECK(second.stream.now() == state::complete);
  CHECK(second.pieces().at(1)["statusUpdate"]["status"]["state"] == "TASK_STATE_COMPLETED");
  auto other_task = std::make_shared<core::task>(*known_task());
  other_task->row.id = *task_id::parse("0190163d-8694-739b-aea5-966c26f8ad92");
  listener other{other_task};
  other.hear(event(2, "status_changed", change, "0190163d-8694-739b-aea5-966c26f8ad92"));
  CHECK(other.pieces().at(0)["statusUpdate"]["taskId"] == "0190163d-8694-739b-aea5-966c26f8ad92");
}

TEST_CASE_FIXTURE(of_a_new_task,
                  "a resumed stream tells no task at its beginning, and the outcome of a call that it has not seen begin") {
  listener one{known_task(task_state::completed), false};
  one.stream.begin(one.text);
  CHECK(one.text.empty());
  auto heard = outcome("The result is 4.");
  one.hear(event(5, "effect_resolved", heard));
  CHECK(one.pieces().empty());
  heard["heard"] = true;
  one.hear(event(6, "effect_resolved", heard));
  one.hear(event(7, "message_added", {{"message", words_of("by the way")}}));
  const auto got = one.pieces();
  REQUIRE(got.size() == 2);
  CHECK(text_in(got[0]) == "The result is 4.");
  CHECK_FALSE(appends(got[0]));
  CHECK(is_last(got[0]));
  // It had not ended then.
  CHECK(got[1]["statusUpdate"]["status"]["state"] == "TASK_STATE_WORKING");
}

TEST_CASE_FIXTURE(of_a_new_task, "words of a call that failed in the end are taken back") {
  listener one;
  one.hear(event(3, "effect_requested", request_of_model()));
  one.hear(delta(call, 1, 0, "The "));
  one.hear(event(4, "effect_resolved", {{"effect_id", call}, {"error", {{"code", "timeout"}, {"detail", "x"}}}}));
  const auto got = one.pieces();
  REQUIRE(got.size() == 2);
  CHECK(text_in(got[1]).empty());
  CHECK_FALSE(appends(got[1]));
  CHECK(is_last(got[1]));
}

TEST_CASE_FIXTURE(of_a_new_task, "of two calls that speak at a time each is told whole in the end") {
  const auto other = some_id + "/4";
  listener one;
  one.hear(event(3, "effect_requested", request_of_model()));
  one.hear(event(4, "effect_requested", {{"effect_id", other}, {"type", "model"}}));
  one.hear(delta(call, 1, 0, "One ")).hear(delta(other, 1, 0, "Two ")).hear(delta(call, 1, 4, "more"));
  one.hear(event(5, "effect_resolved", outcome("One more")));
  const auto got = one.pieces();
  REQUIRE(got.size() == 3);
  CHECK(text_in(got[2]) == "One more");
  CHECK_FALSE(appends(got[2]));
}

TEST_CASE_FIXTURE(of_a_new_task, "parts that the client does not take are not in what it is told") {
  listener one{known_task(), true, {"text/plain"}};
  one.hear(event(2, "artifact_updated",
                 {{"artifact",
                   {{"artifact_id", "a"},
                    {"name", "A"},
                    {"parts", {{{"raw", "AAEC"}, {"media_type", "image/png"}}, {{"text", "a dot"}}}}}},
                  {"append", false},
                  {"last", true}}));
  const auto got = one.pieces();
  REQUIRE(got.at(0)["artifactUpdate"]["artifact"]["parts"].size() == 1);
  CHECK(text_in(got[0]) == "a dot");
}

TEST_CASE_FIXTURE(of_a_new_task, "an artifact or a word of which nothing is left is not told") {
  listener one{known_task(), true, {"image/png"}};
  one.hear(event(2, "message_added", {{"message", words_of("by the way")}}));
  one.hear(event(3, "artifact_updated",
                 {{"artifact", {{"artifact_id", "a"}, {"name", "A"}, {"parts", {{{"text", "one"}}}}}},
                  {"append", false},
                  {"last", true}}));
  one.hear(event(4, "effect_requested", request_of_model())).hear(delta(call, 1, 0, "The "));
  one.hear(event(5, "effect_resolved", outcome("The end")));
  CHECK(one.pieces().empty());
  one.hear(event(6, "status_changed", {{"state", "completed"}, {"message", words_of("done")}}));
  const auto got = one.pieces();
  REQUIRE(got.size() == 1);
  CHECK_FALSE(got[0]["statusUpdate"]["status"].contains("message"));
}

TEST_CASE_FIXTURE(of_a_new_task, "a large artifact comes in pieces, and its number with the last of them") {
  listener one;
  const std::string text(2'500'000, 'x');
  one.hear(event(2, "artifact_updated",
                 {{"artifact", {{"artifact_id", "a"}, {"name", "A"}, {"parts", {{{"text", text}}}}}},
                  {"append", false},
                  {"last", true}}));
  CHECK(one.text.find("id: 2\n") == one.text.rfind("\n\n", one.text.size() - 3) + 2);
  const auto got = one.pieces();
  REQUIRE(got.size() == 3);
  std::string all;
  for (const auto& piece : got) all += text_in(piece);
  CHECK(all == text);
  CHECK_FALSE(appends(got[0]));
  CHECK(appends(got[1]));
  CHECK(appends(got[2]));
  CHECK_FALSE(is_last(got[0]));
  CHECK_FALSE(is_last(got[1]));
  CHECK(is_last(got[2]));
}

TEST_CASE_FIXTURE(of_a_new_task, "words of a model call that are too many for one event come in pieces") {
  listener one;
  one.hear(event(3, "effect_requested", request_of_model()));
  const std::string text(1'500'000, 'x');
  one.hear(event(4, "effect_resolved", outcome(text)));
  const auto got = one.pieces();
  REQUIRE(got.size() == 2);
  CHECK(text_in(got[0]) + text_in(got[1]) == text);
  CHECK_FALSE(appends(got[0]));
  CHECK_FALSE(is_last(got[0]));
  CHECK(appends(got[1]));
  CHECK(is_last(got[1]));
}

TEST_CASE_FIXTURE(of_a_new_task, "a status too long for one event is told by its beginning, and says so") {
  listener one;
  const std::string text(4'000'000, 'x');
  one.hear(event(2, "message_added", {{"message", words_of(text)}}));
  one.hear(event(3, "status_changed", {{"state", "completed"}, {"message", words_of(text)}}));
  CHECK(one.text.size() < 3U * 1024 * 1024);
  const auto got = one.pieces();
  REQUIRE(got.size() == 2);
  for (const auto& each : got) {
    const auto& said = each["statusUpdate"]["status"]["message"];
    REQUIRE(said["parts"].size() == 2);
    CHECK(said["parts"][0]["text"].get<std::string>().size() == 1024U * 1024);
    CHECK(said["parts"][1]["text"].get<std::string>().find(some_id) != std::string::npos);
    CHECK(said["metadata"]["mofa.dev/cut"] == true);
  }
  CHECK(got[1]["statusUpdate"]["status"]["state"] == "TASK_STATE_COMPLETED");
  CHECK(one.stream.now() == state::complete);
}

TEST_CASE_FIXTURE(of_a_new_task,
                  "a task too large for one event begins a stream without its artifacts, which follow it, and its number") {
  auto known = std::make_shared<core::task>(*known_task(task_state::working));
  known->row.status.message = core::text_message(core::role::agent, "a-1", std::string(2'000'000, 's'));
  known->history.push_back(core::text_message(core::role::user, "m-2", std::string(1'048'570, 'u')));
  known->history.push_back(core::text_message(core::role::agent, "m-3", "yes"));
  known->artifacts = {{"a", "A", {}}};
  known->artifacts[0].parts.emplace_back().text = std::string(1'500'000, 'a');
  known->spoken = "so far";
  listener one{known};
  one.stream.begin(one.text);
  CHECK(one.text.find("id: 1\n") == one.text.rfind("\n\n", one.text.size() - 3) + 2);
  const auto got = one.pieces();
  REQUIRE(got.size() == 4);
  const auto& task = got[0]["task"];
  CHECK(task["id"] == some_id);
  CHECK(task["status"]["message"]["metadata"]["mofa.dev/cut"] == true);
  CHECK_FALSE(task.contains("artifacts"));
  // As many of the last messages as there is room for.
  REQUIRE(task["history"].size() == 2);
  CHECK(task["history"][0]["messageId"] == "m-2");
  CHECK(text_in(got[1]) + text_in(got[2]) == known->artifacts[0].parts[0].text);
  CHECK_FALSE(appends(got[1]));
  CHECK_FALSE(is_last(got[1]));
  CHECK(appends(got[2]));
  CHECK(is_last(got[2]));
  CHECK(text_in(got[3]) == "so far");
  CHECK_FALSE(appends(got[3]));
  // What comes then is told as ever.
  one.hear(event(2, "status_changed", {{"state", "completed"}}));
  CHECK(one.pieces().at(0)["statusUpdate"]["status"]["state"] == "TASK_STATE_COMPLETED");
}

TEST_CASE_FIXTURE(of_a_new_task, "a large message that begins a task is not repeated at the beginning of its stream") {
  auto known = std::make_shared<core::task>(*known_task());
  known->history = {core::text_message(core::role::user, "m-1", std::string(4'000'000, 'u'))};
  listener one{known};
  one.stream.begin(one.text);
  CHECK(one.text.starts_with("id: 1\n"));
  const auto got = one.pieces();
  REQUIRE(got.size() == 1);
  CHECK(got[0]["task"]["status"]["state"] == "TASK_STATE_SUBMITTED");
  CHECK_FALSE(got[0]["task"].contains("history"));
}

TEST_CASE_FIXTURE(
    of_a_new_task,
    "over JSON-RPC each piece is a response to the request; 0.3 says what ends the stream and has no numbers") {
  reply_form form;
  form.as = version::v0_3;
  form.id = "\"req-7\"";
  task_stream stream{codec_v0_3(), reply{form, {}}.frames(), {}, known_task(), 100};
  std::string text;
  stream.begin(text);
  stream.add(text, event(2, "status_changed", {{"state", "completed"}}));
  CHECK(text.find("id: ") == std::string::npos);
  const auto last = json::parse(text.substr(text.rfind("data: ") + 6));
  CHECK(last["jsonrpc"] == "2.0");
  CHECK(last["id"] == "req-7");
  CHECK(last["result"]["kind"] == "status-update");
  CHECK(last["result"]["final"] == true);
}

TEST_CASE_FIXTURE(
    of_a_new_task,
    "a feed that cannot go on ends the stream with an error of the protocol; a server that stops ends it cleanly") {
  listener one;
  one.stream.stop(one.text);
  CHECK(one.text.starts_with(": "));
  CHECK(one.stream.now() == state::open);
  one.text.clear();
  one.stream.fail(one.text, fail(errc::unavailable, "storage is restarting"));
  CHECK(one.text.starts_with("event: error\ndata: {"));
  CHECK(one.pieces().at(0)["error"]["code"] == 503);
  CHECK(one.stream.now() == state::failed);
}

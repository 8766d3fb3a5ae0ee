#include "protocols/a2a/push_words.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace mofa;
using namespace mofa::a2a;
using core::json;
using core::task_state;
using need = core::push_encoder::need;

namespace {

const std::string some_id = "0190163d-8694-739b-aea5-966c26f8ad91";

core::event event(std::string kind, const json& data) {
  core::event out;
  out.task = *task_id::parse(some_id);
  out.seq = 2;
  out.kind = std::move(kind);
  out.data = data.dump();
  return out;
}

core::task ended() {
  core::task out;
  out.row.id = *task_id::parse(some_id);
  out.row.context_id = "c-1";
  out.row.status.state = task_state::completed;
  return out;
}

const json artifact{{"artifact_id", "a"}, {"name", "A"}, {"parts", {{{"text", "one"}}}}};

}  // namespace

TEST_CASE("in 1.0 updates are told alone, and the end is told as the whole task") {
  const push_words words;
  const auto working = event("status_changed", {{"state", "working"}});
  CHECK(words.needed("a2a/1.0", working) == need::event);
  CHECK(words.needed("a2a/1.0", event("status_changed", {{"state", "input_required"}})) == need::event);
  CHECK(words.needed("a2a/1.0", event("status_changed", {{"state", "failed"}})) == need::task);
  CHECK(words.needed("a2a/1.0", event("artifact_updated", {{"artifact", artifact}})) == need::event);
  CHECK(words.needed("a2a/1.0", event("submitted", json::object())) == need::nothing);
  CHECK(words.needed("a2a/1.0", event("timer_set", json::object())) == need::nothing);

  const auto told = words.encode("a2a/1.0", "c-1", working);
  CHECK(told.content_type == "application/a2a+json");
  const auto update = json::parse(told.body)["statusUpdate"];
  CHECK(update["taskId"] == some_id);
  CHECK(update["contextId"] == "c-1");
  CHECK(update["status"]["state"] == "TASK_STATE_WORKING");

  const auto piece =
      words.encode("a2a/1.0", "c-1", event("artifact_updated", {{"artifact", artifact}, {"append", true}, {"last", false}}));
  const auto chunk = json::parse(piece.body)["artifactUpdate"];
  CHECK(chunk["append"] == true);
  CHECK_FALSE(chunk.value("lastChunk", false));
  CHECK(chunk["artifact"]["parts"][0]["text"] == "one");

  const auto whole = json::parse(words.encode("a2a/1.0", ended()).body);
  CHECK(whole["task"]["id"] == some_id);
  CHECK(whole["task"]["status"]["state"] == "TASK_STATE_COMPLETED");
}

TEST_CASE("in 1.0 a reply that came first is told as a message, with the task that it is of, and a later one as the task") {
  const push_words words;
  auto task = ended();
  task.reply = core::text_message(core::role::agent, "a-1", "hello");
  task.row.last_seq = 3;
  const auto told = json::parse(words.encode("a2a/1.0", task).body);
  CHECK(told["message"]["parts"][0]["text"] == "hello");
  CHECK(told["message"]["taskId"] == some_id);

  // Of one that replied later the receiver was told before: it waits for the end of a task.
  task.row.status.message = task.reply;
  task.row.last_seq = 6;
  const auto end = json::parse(words.encode("a2a/1.0", task).body);
  CHECK_FALSE(end.contains("message"));
  CHECK(end["task"]["status"]["state"] == "TASK_STATE_COMPLETED");
  CHECK(end["task"]["status"]["message"]["parts"][0]["text"] == "hello");
}

TEST_CASE("in 0.3 each change is told as the bare task") {
  const push_words words;
  CHECK(words.needed("a2a/0.3", event("status_changed", {{"state", "working"}})) == need::task);
  CHECK(words.needed("a2a/0.3", event("artifact_updated", {{"artifact", artifact}})) == need::task);
  CHECK(words.needed("a2a/0.3", event("submitted", json::object())) == need::nothing);
  const auto told = words.encode("a2a/0.3", ended());
  CHECK(told.content_type == "application/json");
  const auto body = json::parse(told.body);
  CHECK(body["kind"] == "task");
  CHECK(body["status"]["state"] == "completed");
}

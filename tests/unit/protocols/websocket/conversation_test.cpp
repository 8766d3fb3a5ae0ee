#include "protocols/websocket/conversation.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/protocols/websocket/harness.hpp"

using namespace mofa;
using namespace mofa::websocket;
using namespace mofa::websocket::testing;

namespace {

const std::string submit = R"({"type":"submit","id":1,"agent":"echo","message":"hi"})";

std::string subscribe(const std::string& task, int id = 1) {
  return R"({"type":"subscribe","id":)" + std::to_string(id) + R"(,"task_id":")" + task + "\"}";
}

std::string unsubscribe(const std::string& task, int id = 2) {
  return R"({"type":"unsubscribe","id":)" + std::to_string(id) + R"(,"task_id":")" + task + "\"}";
}

std::string numbered_id(int n) {
  auto out = some_id;
  out.replace(out.size() - 4, 4, std::to_string(1000 + n));
  return out;
}

}  // namespace

TEST_CASE("submit, message and cancel are acknowledged with the task") {
  harness call;
  for (const auto& frame : {submit, R"({"type":"message","id":1,"task_id":")" + some_id + R"(","message":"more"})",
                            R"({"type":"cancel","id":1,"task_id":")" + some_id + R"(","reason":"late"})"}) {
    CAPTURE(frame);
    const auto got = call.one(frame);
    CHECK(got["type"] == "ack");
    CHECK(got["id"] == 1);
    CHECK(got["task"]["id"] == some_id);
    CHECK(got["task"]["context_id"] == "c-1");
  }
  CHECK(call.tasks.asked ==
        std::vector<std::string>{"submit echo hi", "send " + some_id + " more", "cancel " + some_id + " late"});
}

TEST_CASE("a ping gets its pong") {
  harness call;
  CHECK(call.one(R"({"type":"ping","id":"x"})") == core::json{{"type", "pong"}, {"id", "x"}});
}

TEST_CASE("the port's error comes back as a problem with the id that it answers") {
  harness call;
  call.tasks.failure = fail(errc::not_found, "no agent 'ehco'; did you mean 'echo'?");
  const auto got = call.one(submit);
  CHECK(got["type"] == "error");
  CHECK(got["id"] == 1);
  CHECK(got["problem"]["status"] == 404);
  CHECK(got["problem"]["code"] == "not_found");
  CHECK(got["problem"]["detail"] == "no agent 'ehco'; did you mean 'echo'?");
  CHECK(got["problem"]["request_id"] == "r-1");
}

TEST_CASE("a frame that cannot be read is answered, and the conversation goes on") {
  harness call;
  const auto got = call.one("{nonsense");
  CHECK(got["type"] == "error");
  CHECK(got["id"].is_null());
  CHECK(got["problem"]["code"] == "invalid_syntax");
  const auto unknown = call.one(R"({"type":"sumbit","id":9})");
  CHECK(unknown["id"] == 9);
  CHECK(unknown["problem"]["errors"][0]["path"] == "/type");
  CHECK(call.one(submit)["type"] == "ack");
  CHECK(call.tasks.asked.size() == 1);
}

TEST_CASE("each type of frame needs its scope") {
  harness reader{{}, static_cast<unsigned>(core::scope::tasks_read)};
  for (const auto& frame : {submit, R"({"type":"message","id":1,"task_id":")" + some_id + R"(","message":"x"})",
                            R"({"type":"cancel","id":1,"task_id":")" + some_id + "\"}"}) {
    CAPTURE(frame);
    const auto got = reader.one(frame);
    CHECK(got["problem"]["code"] == "forbidden");
    CHECK(got["problem"]["detail"] == "the key 'ada' lacks the scope 'tasks:write'");
  }
  CHECK(reader.tasks.asked.empty());
  reader.follow();
  harness writer{{}, static_cast<unsigned>(core::scope::tasks_write)};
  CHECK(writer.one(subscribe(some_id))["problem"]["detail"] == "the key 'ada' lacks the scope 'tasks:read'");
  CHECK(writer.one(submit)["type"] == "ack");
  CHECK(writer.one(R"({"type":"ping","id":1})")["type"] == "pong");
}

TEST_CASE("events come with the id of their subscription, in order and as they were recorded") {
  harness call;
  const auto feed = call.follow(some_id, "\"s\"");
  CHECK(feed->after == 0);
  const auto event = some_event(1, R"({"z":1,"a":{"b":[1,2]}})");
  feed->event(event);
  const auto text = call.talk.say();
  REQUIRE(text);
  CHECK(*text == R"({"type":"event","id":"s","event":)" + core::to_json_text(*event) + "}");
  feed->event(some_event(2));
  feed->sink->on_frame({"delta", R"({"offset":0,"text":"a"})"});
  feed->event(some_event(3));
  feed->sink->on_frame({"progress", R"({"percent":5})"});
  const auto all = call.said();
  REQUIRE(all.size() == 4);
  CHECK(all[0]["event"]["seq"] == 2);
  CHECK(all[1] == core::json{{"type", "delta"}, {"id", "s"}, {"data", {{"offset", 0}, {"text", "a"}}}});
  CHECK(all[2]["event"]["seq"] == 3);
  CHECK(all[3]["type"] == "progress");
}

TEST_CASE("a subscription begins after the number that it names") {
  harness call;
  call.talk.hear(R"({"type":"subscribe","id":1,"task_id":")" + some_id + R"(","after":41})");
  CHECK(call.tasks.asked.back() == "subscribe " + some_id + " 41");
}

TEST_CASE("two subscriptions are told apart by their ids") {
  harness call;
  const auto first = call.follow(some_id, "1");
  const auto second = call.follow(other_id, "2");
  first->event(some_event(1));
  second->event(some_event(1));
  first->event(some_event(2));
  const auto all = call.said();
  REQUIRE(all.size() == 3);
  CHECK(all[0]["id"] == 1);
  CHECK(all[1]["id"] == 2);
  CHECK(all[2]["id"] == 1);
}

TEST_CASE("a subscription that the port refuses is an error, and may be tried again") {
  harness call;
  call.tasks.failure = fail(errc::task_terminal, "the task has ended");
  const auto got = call.one(subscribe(some_id));
  CHECK(got["problem"]["code"] == "task_terminal");
  call.tasks.failure.reset();
  call.follow();
}

TEST_CASE("a task is followed once by a connection") {
  harness call;
  call.follow();
  const auto again = call.one(subscribe(some_id, 7));
  CHECK(again["id"] == 7);
  CHECK(again["problem"]["code"] == "conflict");
  CHECK(call.tasks.asked.size() == 1);
}

TEST_CASE("the end of the task ends the subscription without a further word, and frees its place") {
  harness call{{.subscriptions = 1}};
  const auto feed = call.follow();
  feed->event(some_event(1));
  feed->sink->on_end();
  const auto all = call.said();
  REQUIRE(all.size() == 1);
  CHECK(all[0]["type"] == "event");
  CHECK(feed->left);
  CHECK(call.one(unsubscribe(some_id))["problem"]["code"] == "not_found");
  call.follow();
}

TEST_CASE("a feed that fails is an error with the subscription's id, after the events before it") {
  harness call;
  const auto feed = call.follow(some_id, "5");
  feed->event(some_event(1));
  feed->sink->on_failure(fail(errc::unavailable, "the room restarts"));
  const auto all = call.said();
  REQUIRE(all.size() == 2);
  CHECK(all[0]["type"] == "event");
  CHECK(all[1]["type"] == "error");
  CHECK(all[1]["id"] == 5);
  CHECK(all[1]["problem"]["code"] == "unavailable");
  CHECK(feed->left);
  call.follow();
}

TEST_CASE("after unsubscribe nothing of it comes any more, not even what waits") {
  harness call;
  const auto feed = call.follow();
  feed->event(some_event(1));
  feed->sink->on_frame({"delta", "{}"});
  CHECK(call.one(unsubscribe(some_id)) == core::json{{"type", "ack"}, {"id", 2}});
  CHECK(feed->left);
  feed->sink->on_event(some_event(2));
  feed->sink->on_frame({"delta", "{}"});
  feed->sink->on_failure(fail(errc::io, "x"));
  feed->sink->on_end();
  CHECK(call.said().empty());
  call.follow();
}

TEST_CASE("unsubscribing before the subscription is open answers both frames and lets go of the feed") {
  harness call;
  call.talk.hear(subscribe(some_id, 1));
  CHECK(call.one(unsubscribe(some_id, 2))["type"] == "ack");
  const auto feed = call.tasks.feeds.at(some_id);
  feed->open(feed);
  const auto all = call.said();
  REQUIRE(all.size() == 1);
  CHECK(all[0]["id"] == 1);
  CHECK(all[0]["problem"]["code"] == "conflict");
  CHECK(feed->left);
}

TEST_CASE("a connection follows at most so many tasks") {
  harness call;
  for (int i = 0; i < 256; ++i) call.follow(numbered_id(i));
  const auto got = call.one(subscribe(numbered_id(256)));
  CHECK(got["problem"]["code"] == "limit_exceeded");
  CHECK(call.one(unsubscribe(numbered_id(7)))["type"] == "ack");
  call.follow(numbered_id(256));
}

TEST_CASE("a feed is granted more only as its events are taken") {
  harness call{{.credit = 4}};
  const auto feed = call.follow();
  CHECK(feed->credit == 4);
  for (std::uint64_t i = 1; i <= 4; ++i) feed->event(some_event(i));
  CHECK(feed->credit == 0);
  CHECK(call.talk.say());
  CHECK(feed->credit == 0);
  CHECK(call.talk.say());
  CHECK(feed->credit == 2);
  CHECK(call.said().size() == 2);
  CHECK(feed->credit == 4);
}

TEST_CASE("live frames beyond the credit are dropped and counted") {
  harness call{{.credit = 2}};
  const auto feed = call.follow();
  for (int i = 0; i < 5; ++i) feed->sink->on_frame({"delta", "{}"});
  CHECK(call.talk.frames_dropped() == 3);
  CHECK(call.talk.frames_dropped() == 0);
  CHECK(call.said().size() == 2);
  feed->sink->on_frame({"delta", "{}"});
  CHECK(call.said().size() == 1);
}

TEST_CASE("nothing more is read while too many answers are owed") {
  harness call{{.unanswered = 3}};
  call.tasks.held = true;
  for (int i = 0; i < 3; ++i) {
    CHECK(call.talk.listens());
    call.talk.hear(submit);
  }
  CHECK_FALSE(call.talk.listens());
  const int before = call.rings;
  call.tasks.later.front()();
  CHECK(call.talk.listens());
  CHECK(call.rings == before + 1);
  CHECK(call.said().size() == 1);
}

TEST_CASE("nothing more is read while the outbox is half full, and beyond its room the connection is too slow") {
  harness call{{.outbox_bytes = 4096}};
  const auto feed = call.follow();
  feed->event(some_event(1, '"' + std::string(3000, 'x') + '"'));
  CHECK_FALSE(call.talk.listens());
  CHECK_FALSE(call.talk.overrun());
  CHECK(call.said().size() == 1);
  CHECK(call.talk.listens());
  for (std::uint64_t i = 2; i <= 3; ++i) feed->event(some_event(i, '"' + std::string(3000, 'x') + '"'));
  CHECK_FALSE(call.talk.overrun());
  feed->event(some_event(4));
  CHECK(call.talk.overrun());
}

TEST_CASE("the bell rings when something comes, once until it is taken") {
  harness call;
  const auto feed = call.follow();
  const int before = call.rings;
  for (std::uint64_t i = 1; i <= 3; ++i) feed->event(some_event(i));
  CHECK(call.rings == before + 1);
  CHECK(call.said().size() == 3);
  feed->event(some_event(4));
  CHECK(call.rings == before + 2);
}

TEST_CASE("a question that is dropped without an answer is an internal error") {
  harness call;
  call.tasks.dropped = true;
  CHECK(call.one(submit)["problem"]["code"] == "internal");
  CHECK(call.one(subscribe(some_id))["problem"]["code"] == "internal");
  CHECK(call.talk.listens());
}

TEST_CASE("the end drops subscriptions, answers that come late and subscriptions that open late") {
  harness call;
  const auto feed = call.follow();
  feed->event(some_event(1));
  call.talk.hear(subscribe(other_id, 2));
  call.tasks.held = true;
  call.talk.hear(submit);
  call.talk.end();
  CHECK(feed->left);
  const int before = call.rings;
  call.tasks.later.front()();
  feed->sink->on_event(some_event(2));
  const auto late = call.tasks.feeds.at(other_id);
  late->open(late);
  CHECK(late->left);
  CHECK(call.rings == before);
  CHECK(call.said().empty());
}

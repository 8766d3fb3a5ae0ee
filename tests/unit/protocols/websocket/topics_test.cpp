#include <doctest/doctest.h>

#include <string>

#include "tests/unit/protocols/websocket/harness.hpp"

using namespace mofa;
using namespace mofa::websocket;
using namespace mofa::websocket::testing;

TEST_CASE("messages of a topic come with the id of their subscription, in order and as they were published") {
  harness call;
  const auto feed = call.listen("orders.*", "\"s\"");
  CHECK(call.topics.asked == std::vector<std::string>{"ada subscribe orders.* from now on"});
  const auto kept = some_message(7, R"({"z":1,"a":[1.0]})");
  feed->message(kept);
  const auto text = call.talk.say();
  REQUIRE(text);
  CHECK(*text == R"({"type":"event","id":"s","event":)" + core::to_json_text(*kept) + "}");
  feed->message(some_message(0, "5"));
  feed->message(some_message(9));
  const auto all = call.said();
  REQUIRE(all.size() == 2);
  CHECK(all[0]["event"]["topic"] == "orders.eu");
  CHECK(all[0]["event"]["publisher"] == "bob");
  CHECK(all[0]["event"]["data"] == 5);
  CHECK(all[0]["event"]["seq"].is_null());
  CHECK_FALSE(all[0].contains("dropped"));
  CHECK(all[1]["event"]["seq"] == 9);
}

TEST_CASE("a topic is followed from now on, or after the number that the frame names, also after 0") {
  harness call;
  call.talk.hear(R"({"type":"subscribe","id":1,"topic":"a","after":41})");
  call.talk.hear(R"({"type":"subscribe","id":2,"topic":"b","after":0})");
  call.talk.hear(R"({"type":"subscribe","id":3,"topic":"c"})");
  CHECK(call.topics.asked ==
        std::vector<std::string>{"ada subscribe a after 41", "ada subscribe b after 0", "ada subscribe c from now on"});
  CHECK(call.tasks.asked.empty());
}

TEST_CASE("messages that were lost are counted beside the next one") {
  harness call;
  const auto feed = call.listen();
  feed->message(some_message(0), 12);
  feed->message(some_message(0));
  const auto all = call.said();
  REQUIRE(all.size() == 2);
  CHECK(all[0]["dropped"] == 12);
  CHECK_FALSE(all[1].contains("dropped"));
}

TEST_CASE("a topic is granted more only as its messages are taken, and holds no other subscription up") {
  harness call{{.credit = 4}};
  const auto slow = call.listen("a", "1");
  const auto task = call.follow(some_id, "2");
  CHECK(slow->credit == 4);
  for (std::uint64_t i = 1; i <= 4; ++i) slow->message(some_message(i));
  CHECK(slow->credit == 0);
  task->event(some_event(1));
  CHECK(call.talk.say());
  CHECK(slow->credit == 0);
  CHECK(call.talk.say());
  CHECK(slow->credit == 2);
  CHECK(call.said().size() == 3);
  CHECK(slow->credit == 4);
}

TEST_CASE("a pattern is followed once by a connection, beside another one and beside tasks") {
  harness call;
  call.listen("orders.*", "5");
  call.listen("orders.#", "6");
  call.follow(some_id, "7");
  const auto again = call.one(R"({"type":"subscribe","id":8,"topic":"orders.*"})");
  CHECK(again["id"] == 8);
  CHECK(again["problem"]["code"] == "conflict");
  CHECK(again["problem"]["detail"] == "this connection follows the topic already, since frame 5; unsubscribe first");
  CHECK(call.topics.asked.size() == 2);
}

TEST_CASE("after unsubscribe nothing of a topic comes any more, and it may be followed again") {
  harness call;
  const auto feed = call.listen();
  feed->message(some_message(1));
  CHECK(call.one(R"({"type":"unsubscribe","id":2,"topic":"orders.*"})") == core::json{{"type", "ack"}, {"id", 2}});
  CHECK(feed->left);
  feed->sink->on_message(some_message(2), 3);
  feed->sink->on_failure(fail(errc::io, "x"));
  CHECK(call.said().empty());
  const auto unknown = call.one(R"({"type":"unsubscribe","id":3,"topic":"orders.*"})");
  CHECK(unknown["problem"]["code"] == "not_found");
  CHECK(unknown["problem"]["detail"] == "this connection does not follow that topic");
  call.listen();
}

TEST_CASE("a bus that fails or refuses is an error with the subscription's id, and it may be tried again") {
  harness call;
  const auto feed = call.listen("orders.*", "5");
  feed->message(some_message(1));
  feed->sink->on_failure(fail(errc::unavailable, "the bus restarts"));
  const auto all = call.said();
  REQUIRE(all.size() == 2);
  CHECK(all[0]["type"] == "event");
  CHECK(all[1]["type"] == "error");
  CHECK(all[1]["id"] == 5);
  CHECK(all[1]["problem"]["code"] == "unavailable");
  CHECK(feed->left);
  call.topics.failure = fail(errc::unavailable, "still");
  CHECK(call.one(R"({"type":"subscribe","id":6,"topic":"orders.*"})")["problem"]["detail"] == "still");
  call.topics.failure.reset();
  call.topics.dropped = true;
  CHECK(call.one(R"({"type":"subscribe","id":7,"topic":"orders.*"})")["problem"]["code"] == "internal");
  call.topics.dropped = false;
  call.listen();
}

TEST_CASE("topics need the scope that reads tasks") {
  harness writer{{}, static_cast<unsigned>(core::scope::tasks_write)};
  CHECK(writer.one(R"({"type":"subscribe","id":1,"topic":"a"})")["problem"]["detail"] ==
        "the key 'ada' lacks the scope 'tasks:read'");
  CHECK(writer.topics.asked.empty());
  harness reader{{}, static_cast<unsigned>(core::scope::tasks_read)};
  reader.listen();
}

TEST_CASE("topics count among the subscriptions of a connection") {
  harness call{{.subscriptions = 2}};
  call.follow();
  const auto feed = call.listen("a");
  CHECK(call.one(R"({"type":"subscribe","id":3,"topic":"b"})")["problem"]["code"] == "limit_exceeded");
  feed->sink->on_failure(fail(errc::unavailable, "x"));
  CHECK(call.said().size() == 1);
  call.listen("b");
}

TEST_CASE("the end of the conversation leaves its topics") {
  harness call;
  const auto feed = call.listen("a");
  feed->message(some_message(1));
  call.talk.hear(R"({"type":"subscribe","id":2,"topic":"b"})");
  call.talk.end();
  CHECK(feed->left);
  const int before = call.rings;
  feed->sink->on_message(some_message(2), 0);
  const auto late = call.topics.feeds.at("b");
  late->open(late);
  CHECK(late->left);
  CHECK(call.rings == before);
  CHECK(call.said().empty());
}

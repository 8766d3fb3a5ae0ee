#include <doctest/doctest.h>

#include "tests/unit/protocols/a2a/binding_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using core::task_state;

namespace {

const std::pair<std::string, std::string> with_ids{"a2a-extensions", "https://mofa.dev/a2a/extensions/event-ids/v1"};

/// Subscribes to the task of the harness; what the stream begins with.
struct subscriber {
  harness at;

  http::response ask(http::header_list headers = {}, const std::string& version = "1.0") {
    at.headers = std::move(headers);
    const std::string method = version.empty() ? "tasks/resubscribe" : "SubscribeToTask";
    return at.post(R"({"jsonrpc": "2.0", "id": 1, "method": ")" + method + R"(", "params": {"id": ")" + some_id + "\"}}",
                   version);
  }
  std::string beginning(http::header_list headers = {}, const std::string& version = "1.0") {
    auto got = ask(std::move(headers), version);
    REQUIRE(got.stream);
    std::string out;
    got.stream->encoder->begin(out);
    got.stream->open(8, nullptr, [](result<core::subscription_ptr>) {});
    return out;
  }
  std::string feed() const { return at.tasks.asked.back(); }
};

const std::string behind_all = "subscribe " + some_id + " after=7 credit=8";
const std::string behind_the_third = "subscribe " + some_id + " after=3 credit=8";

}  // namespace

TEST_CASE("SubscribeToTask shows the task, then what comes; an ended task has nothing to come") {
  subscriber one;
  one.at.tasks.task = ended_task(task_state::working);
  CHECK(one.beginning().starts_with("id: 7\ndata: "));
  CHECK(one.feed() == behind_all);

  one.at.tasks.task = ended_task();
  CHECK(json::parse(one.ask().body)["error"]["code"] == -32004);
}

TEST_CASE("with the extension of event ids a subscription goes on behind the last one, also when the task has ended") {
  subscriber one;
  for (const auto state : {task_state::working, task_state::completed}) {
    one.at.tasks.task = ended_task(state);
    CHECK(one.beginning({with_ids, {"last-event-id", "3"}}).empty());
    CHECK(one.feed() == behind_the_third);
  }
  CHECK(json::parse(one.ask({with_ids, {"last-event-id", "7"}}).body)["error"]["code"] == -32004);
}

TEST_CASE("without it Last-Event-ID, which any reader of events may send, changes nothing") {
  subscriber one;
  one.at.tasks.task = ended_task(task_state::working);
  CHECK(one.beginning({{"last-event-id", "3"}}).starts_with("id: 7\ndata: "));
  CHECK(one.feed() == behind_all);
  one.at.tasks.task = ended_task();
  CHECK(json::parse(one.ask({{"last-event-id", "3"}}).body)["error"]["code"] == -32004);
}

TEST_CASE("a number that the task has not reached is none of its own, and 0.3 has no numbers") {
  subscriber one;
  one.at.tasks.task = ended_task(task_state::working);
  CHECK(one.beginning({with_ids, {"last-event-id", "400"}}).starts_with("id: 7\n"));
  CHECK(one.beginning({{"x-a2a-extensions", with_ids.second}, {"last-event-id", "3"}}, "").starts_with("data: "));
  CHECK(one.feed() == behind_all);
}

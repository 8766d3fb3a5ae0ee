#include "protocols/websocket/frame.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace mofa;
using namespace mofa::websocket;

namespace {

const std::string some_id = "0190163d-8694-739b-aea5-966c26f8ad91";

template <class Order>
Order read_as(const std::string& text) {
  auto got = read_frame(text);
  REQUIRE_MESSAGE(got.what, got.what.error().detail);
  REQUIRE(std::holds_alternative<Order>(*got.what));
  return std::get<Order>(std::move(*got.what));
}

/// The first fault as "path: message".
std::string fault_of(const std::string& text) {
  const auto got = read_frame(text);
  REQUIRE_FALSE(got.what);
  CHECK(got.what.error().code == errc::invalid);
  REQUIRE_FALSE(got.what.error().fields.empty());
  const auto& first = got.what.error().fields.front();
  return first.path + ": " + first.message;
}

}  // namespace

TEST_CASE("a submit frame is the body of the POST with the agent's name") {
  const auto got = read_as<submit_order>(
      R"({"type":"submit","id":1,"agent":"echo","message":"hi","context_id":"c","priority":"high","timeout_ms":50,)"
      R"("labels":{"a":"b"},"budget":{"max_tokens":7}})");
  CHECK(got.what.agent == "echo");
  CHECK(got.what.message.text() == "hi");
  CHECK(got.what.context_id == "c");
  CHECK(got.what.priority == core::priority::high);
  CHECK(got.what.timeout == milliseconds{50});
  CHECK(got.what.labels.at("a") == "b");
  CHECK(got.what.budget.max_tokens == 7);
  CHECK(got.what.wait == milliseconds{0});
}

TEST_CASE("messages, cancellations, subscriptions and pings are read with their members") {
  const auto message = read_as<message_order>(R"({"type":"message","id":"m","task_id":")" + some_id + R"(","message":"x"})");
  CHECK(message.to.str() == some_id);
  CHECK(message.what.text() == "x");
  const auto cancel = read_as<cancel_order>(R"({"type":"cancel","id":1,"task_id":")" + some_id + R"(","reason":"late"})");
  CHECK(cancel.which.str() == some_id);
  CHECK(cancel.reason == "late");
  CHECK(read_as<cancel_order>(R"({"type":"cancel","id":1,"task_id":")" + some_id + R"("})").reason.empty());
  const auto subscribe = read_as<subscribe_order>(R"({"type":"subscribe","id":1,"task_id":")" + some_id + R"(","after":9})");
  CHECK(subscribe.to.task->str() == some_id);
  CHECK(subscribe.after == 9);
  const auto topic = read_as<subscribe_order>(R"({"type":"subscribe","id":1,"topic":"news.*"})");
  CHECK_FALSE(topic.to.task);
  CHECK(topic.to.topic == "news.*");
  CHECK_FALSE(topic.after);
  CHECK(read_as<subscribe_order>(R"({"type":"subscribe","id":1,"topic":"news.#","after":0})").after == 0);
  CHECK(
      read_as<subscribe_order>(R"({"type":"subscribe","id":1,"topic":")" + std::string(256, 'x') + "\"}").to.topic.size() ==
      256);
  CHECK(read_as<unsubscribe_order>(R"({"type":"unsubscribe","id":1,"topic":"t"})").from.topic == "t");
  read_as<ping_order>(R"({"type":"ping","id":1})");
}

TEST_CASE("an id is a string or an integer and is given back as it was written") {
  CHECK(read_frame(R"({"type":"ping","id":-7})").id == "-7");
  CHECK(read_frame(R"({"type":"ping","id":18446744073709551615})").id == "18446744073709551615");
  CHECK(read_frame(R"({"type":"ping","id":"a\"b"})").id == R"("a\"b")");
  CHECK(fault_of(R"({"type":"ping"})").starts_with("/id: missing member 'id'"));
  for (const std::string wrong : {"1.5", "null", "true", "[]", "{}"}) {
    CAPTURE(wrong);
    const auto text = R"({"type":"ping","id":)" + wrong + "}";
    CHECK(fault_of(text) == "/id: must be an integer, or a string of at most 128 bytes");
    CHECK(read_frame(text).id == "null");
  }
  CHECK(fault_of(R"({"type":"ping","id":")" + std::string(129, 'x') + "\"}").starts_with("/id: "));
}

TEST_CASE("a frame that is wrong still tells the id that the error answers") {
  const auto got = read_frame(R"({"type":"sumbit","id":"q"})");
  CHECK_FALSE(got.what);
  CHECK(got.id == "\"q\"");
}

TEST_CASE("unknown types and members name the nearest known one") {
  CHECK(fault_of(R"({"type":"sumbit","id":1})") == "/type: unknown type; did you mean 'submit'?");
  CHECK(fault_of(R"({"type":"x","id":1})") ==
        "/type: unknown type; known: submit, message, cancel, subscribe, unsubscribe, ping");
  CHECK(fault_of(R"({"type":"ping","id":1,"tpye":2})") == "/tpye: unknown member 'tpye'; did you mean 'type'?");
  CHECK(fault_of(R"({"type":"subscribe","id":1,"task_id":")" + some_id + R"(","aftr":2})") ==
        "/aftr: unknown member 'aftr'; did you mean 'after'?");
  CHECK(fault_of(R"({"type":"submit","id":1,"agent":"echo","message":"x","reason":"y"})").starts_with("/reason: unknown"));
}

TEST_CASE("every wrong value is named by its JSON pointer") {
  const std::pair<std::string, std::string> cases[] = {
      {R"([])", ""},
      {R"("ping")", ""},
      {R"({"id":1})", "/type"},
      {R"({"id":1,"type":5})", "/type"},
      {R"({"id":1,"type":"submit","message":"x"})", "/agent"},
      {R"({"id":1,"type":"submit","agent":1,"message":"x"})", "/agent"},
      {R"({"id":1,"type":"submit","agent":"echo"})", "/message"},
      {R"({"id":1,"type":"submit","agent":"echo","message":{"parts":[{"text":1}]}})", "/message/parts/0/text"},
      {R"({"id":1,"type":"message","message":"x"})", "/task_id"},
      {R"({"id":1,"type":"message","task_id":"abc","message":"x"})", "/task_id"},
      {R"({"id":1,"type":"cancel","task_id":5})", "/task_id"},
      {R"({"id":1,"type":"cancel","task_id":")" + some_id + R"(","reason":5})", "/reason"},
      {R"({"id":1,"type":"subscribe"})", ""},
      {R"({"id":1,"type":"subscribe","topic":"t","task_id":")" + some_id + "\"}", ""},
      {R"({"id":1,"type":"subscribe","topic":""})", "/topic"},
      {R"({"id":1,"type":"subscribe","topic":5})", "/topic"},
      {R"({"id":1,"type":"subscribe","topic":"a..b"})", "/topic"},
      {R"({"id":1,"type":"subscribe","topic":"#.a"})", "/topic"},
      {R"({"id":1,"type":"subscribe","topic":"a\u0000"})", "/topic"},
      {R"({"id":1,"type":"subscribe","topic":")" + std::string(257, 'x') + "\"}", "/topic"},
      {R"({"id":1,"type":"unsubscribe","topic":"a b"})", "/topic"},
      {R"({"id":1,"type":"subscribe","topic":"t","after":-1})", "/after"},
      {R"({"id":1,"type":"unsubscribe","topic":"t","after":1})", "/after"},
  };
  for (const auto& [text, path] : cases) {
    CAPTURE(text);
    const auto found = fault_of(text);
    CHECK(found.substr(0, found.find(": ")) == path);
  }
}

TEST_CASE("what is not JSON is told with its place") {
  for (const std::string text : {"", "{", "{\"id\":1,\"id\":2}", "nonsense", "\xff"}) {
    CAPTURE(text);
    const auto got = read_frame(text);
    REQUIRE_FALSE(got.what);
    CHECK(got.what.error().code == errc::invalid_syntax);
    CHECK(got.id == "null");
  }
}

TEST_CASE("what changes tasks needs another scope than what follows them") {
  CHECK(scope_of(submit_order{}) == core::scope::tasks_write);
  CHECK(scope_of(message_order{}) == core::scope::tasks_write);
  CHECK(scope_of(cancel_order{}) == core::scope::tasks_write);
  CHECK(scope_of(subscribe_order{}) == core::scope::tasks_read);
  CHECK(scope_of(unsubscribe_order{}) == core::scope::tasks_read);
  CHECK_FALSE(scope_of(ping_order{}));
}

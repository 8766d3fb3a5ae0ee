#include <doctest/doctest.h>

#include <string>

#include "tests/integration/live_bytes.hpp"
#include "tests/integration/websocket_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

const task_id one = numbered_task(1);
const task_id two = numbered_task(2);

std::string quoted(std::size_t bytes) { return '"' + std::string(bytes, 'x') + '"'; }

gateway::key key_of(std::string_view secret, unsigned scopes) {
  gateway::key out;
  out.name = "ci";
  out.hash = sha256(secret);
  out.scopes = scopes;
  return out;
}

/// The status of a handshake with these headers.
int status_of(const websocket_fixture& at, std::string_view headers) {
  const websocket_client client{at.port(), headers};
  REQUIRE(client.answer());
  return client.answer()->status;
}

}  // namespace

TEST_CASE("a handshake opens a WebSocket with a request id, and frames are answered") {
  websocket_fixture house;
  websocket_client client{house.port(), "X-Request-Id: r-7\r\n"};
  REQUIRE(client.is_open());
  CHECK(client.answer()->headers.at("x-request-id") == "r-7");
  CHECK(client.answer()->headers.at("server") == "mofa");
  CHECK_FALSE(client.answer()->headers.contains("sec-websocket-extensions"));
  REQUIRE(client.say(R"({"type":"ping","id":1})"));
  CHECK(client.hear() == nlohmann::json{{"type", "pong"}, {"id", 1}});
  CHECK(house.at.probe.of("websocket opened") == 1);
  CHECK(house.at.probe.of("finished GET /api/v1/ws 101") == 1);
}

TEST_CASE("a task is submitted, followed with its deltas, answered and canceled over one connection") {
  websocket_fixture house;
  websocket_client client{house.port()};
  REQUIRE(client.say(R"({"type":"submit","id":"s","agent":"echo","message":"hello"})"));
  const auto made = client.hear();
  CHECK(made["type"] == "ack");
  CHECK(made["id"] == "s");
  const auto task = *task_id::parse(made["task"]["id"].get<std::string>());
  REQUIRE(client.say(subscribe_frame(task, 2)));
  CHECK(client.hear() == nlohmann::json{{"type", "ack"}, {"id", 2}});
  REQUIRE(house.tasks.has_followers(task, 1));
  house.tasks.publish(task, R"({"n":1})");
  house.tasks.show(task, {"delta", R"({"effect_id":"e","attempt":1,"offset":0,"text":"hel"})"});
  house.tasks.publish(task, R"({"n":2})");
  const auto first = client.next();
  REQUIRE(first);
  CHECK(first->payload == R"({"type":"event","id":2,"event":)" + house.tasks.event_text(task, 1) + "}");
  const auto delta = client.hear();
  CHECK(delta["type"] == "delta");
  CHECK(delta["id"] == 2);
  CHECK(delta["data"]["text"] == "hel");
  CHECK(client.hear()["event"]["data"]["n"] == 2);
  REQUIRE(client.say(R"({"type":"message","id":3,"task_id":")" + task.str() + R"(","message":"more"})"));
  CHECK(client.hear()["id"] == 3);
  REQUIRE(client.say(R"({"type":"cancel","id":4,"task_id":")" + task.str() + R"(","reason":"enough"})"));
  CHECK(client.hear()["id"] == 4);
  CHECK(house.tasks.asked() == std::vector<std::string>{"submit echo by local: hello", "send more", "cancel enough"});
}

TEST_CASE("a topic is followed over the connection, as far as its client reads, until the client goes") {
  websocket_fixture house;
  {
    websocket_client client{house.port()};
    REQUIRE(client.say(R"({"type":"subscribe","id":"t","topic":"orders.*","after":5})"));
    CHECK(client.hear() == nlohmann::json{{"type", "ack"}, {"id", "t"}});
    CHECK(house.topics.asked() == "default orders.* after 5");
    for (int i = 1; i <= 100; ++i) {
      core::topic_message what;
      what.seq = static_cast<std::uint64_t>(i);
      what.topic = "orders.eu";
      what.data = std::to_string(i);
      REQUIRE(house.topics.publish(std::make_shared<const core::topic_message>(std::move(what)), i == 50 ? 7 : 0));
      const auto got = client.hear();
      CHECK(got["id"] == "t");
      CHECK(got["event"]["data"] == i);
      CHECK(got.value("dropped", 0) == (i == 50 ? 7 : 0));
    }
  }
  CHECK(house.topics.is_left());
}

TEST_CASE("errors carry the id that they answer, and the connection goes on") {
  websocket_fixture house;
  websocket_client client{house.port()};
  REQUIRE(client.say(R"({"type":"submit","id":1,"agent":"nobody","message":"x"})"));
  const auto unknown = client.hear();
  CHECK(unknown["type"] == "error");
  CHECK(unknown["id"] == 1);
  CHECK(unknown["problem"]["status"] == 404);
  REQUIRE(client.say("{\"type\":"));
  const auto broken = client.hear();
  CHECK(broken["id"].is_null());
  CHECK(broken["problem"]["code"] == "invalid_syntax");
  REQUIRE(client.say(R"({"type":"ping","id":3})"));
  CHECK(client.hear()["type"] == "pong");
}

TEST_CASE("a subscription after a number misses nothing and repeats nothing") {
  websocket_fixture house;
  for (int i = 1; i <= 500; ++i) house.tasks.publish(one, std::to_string(i));
  websocket_client client{house.port()};
  REQUIRE(client.say(subscribe_frame(one, 1, 123)));
  CHECK(client.hear()["type"] == "ack");
  for (int i = 124; i <= 500; ++i) {
    const auto got = client.hear();
    REQUIRE(got["event"]["seq"] == i);
    REQUIRE(got["event"]["data"] == i);
  }
  house.tasks.publish(one, "501");
  CHECK(client.hear()["event"]["seq"] == 501);
  house.tasks.end(one);
  CHECK(house.tasks.has_followers(one, 0));
  REQUIRE(client.say(subscribe_frame(one, 2, 501)));
  CHECK(client.hear()["problem"]["code"] == "task_terminal");
}

TEST_CASE("two subscriptions interleave on one connection, each in its own order") {
  websocket_fixture house;
  websocket_client client{house.port()};
  REQUIRE(client.say(subscribe_frame(one, 1)));
  REQUIRE(client.say(subscribe_frame(two, 2)));
  REQUIRE(client.hear()["id"] == 1);
  REQUIRE(client.hear()["id"] == 2);
  REQUIRE(house.tasks.has_followers(two, 1));
  for (int i = 1; i <= 300; ++i) {
    house.tasks.publish(one, "1");
    house.tasks.publish(two, "2");
  }
  int seen[3] = {0, 0, 0};
  while (seen[1] < 300 || seen[2] < 300) {
    const auto got = client.hear();
    REQUIRE(got.is_object());
    const int id = got["id"].get<int>();
    REQUIRE(got["event"]["seq"] == ++seen[id]);
    REQUIRE(got["event"]["data"] == id);
  }
}

TEST_CASE("many connections on several threads all get every event in order") {
  websocket_fixture house;
  std::vector<std::unique_ptr<websocket_client>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<websocket_client>(house.port()));
    REQUIRE(clients.back()->say(subscribe_frame(one, i)));
  }
  for (int i = 1; i <= 200; ++i) house.tasks.publish(one, "0");
  for (int i = 0; i < 40; ++i) {
    REQUIRE(clients[static_cast<std::size_t>(i)]->hear()["type"] == "ack");
    for (int seq = 1; seq <= 200; ++seq) {
      const auto got = clients[static_cast<std::size_t>(i)]->hear();
      REQUIRE(got["id"] == i);
      REQUIRE(got["event"]["seq"] == seq);
    }
  }
}

TEST_CASE("large messages arrive whole in both directions, in frames of any size") {
  websocket_fixture house;
  house.tasks.publish(one, quoted(300'000));
  websocket_client client{house.port()};
  REQUIRE(client.say(subscribe_frame(one, 1)));
  CHECK(client.hear()["type"] == "ack");
  CHECK(client.hear()["event"]["data"].get<std::string>().size() == 300'000);
  const auto text = R"({"type":"submit","id":2,"agent":"echo","message":)" + quoted(200'000) + "}";
  REQUIRE(client.frame(websocket_message::text, std::string_view{text}.substr(0, 10), false));
  REQUIRE(client.frame(websocket_message::ping, "still there?"));
  REQUIRE(client.frame(0, std::string_view{text}.substr(10, 100'000), false));
  REQUIRE(client.frame(0, std::string_view{text}.substr(100'010)));
  const auto pong = client.next();
  REQUIRE(pong);
  CHECK(pong->opcode == websocket_message::pong);
  CHECK(pong->payload == "still there?");
  CHECK(client.hear()["type"] == "ack");
}

TEST_CASE("a WebSocket that stays open keeps nothing of the large message that it has said") {
  websocket_fixture house;
  constexpr std::size_t pieces = 256, piece_bytes = 64 * 1024;
  house.tasks.publish(one, '"' + std::string(pieces * piece_bytes, 'x') + "END\"");
  websocket_client client{house.port()};
  REQUIRE(client.say(R"({"type":"ping","id":1})"));
  CHECK(client.hear()["type"] == "pong");
  const auto before = live_bytes();
  REQUIRE(client.say(subscribe_frame(one, 1)));
  for (std::size_t i = 0; i < pieces; ++i) REQUIRE(client.connection().take(piece_bytes));
  REQUIRE(client.connection().until("END"));
  CHECK(live_bytes_fall_to(before + pieces * piece_bytes / 16));
}

TEST_CASE("what is too large, binary, not UTF-8 or against the protocol closes with its own code") {
  websocket_fixture house{[](auto& settings) { settings.body_bytes = 1000; }};
  websocket_client large{house.port()};
  REQUIRE(large.say(R"({"type":"submit","id":1,"agent":"echo","message":)" + quoted(1000) + "}"));
  CHECK(large.goodbye() == 1009);
  large.connection().close();
  CHECK(house.at.probe.reaches("websocket closed too_big"));
  websocket_client binary{house.port()};
  REQUIRE(binary.frame(websocket_message::binary, R"({"type":"ping","id":1})"));
  CHECK(binary.goodbye() == 1003);
  CHECK(house.at.probe.reaches("websocket closed binary"));
  websocket_client garbled{house.port()};
  REQUIRE(garbled.say("\"\xc3\x28\""));
  CHECK(garbled.goodbye() == 1007);
  garbled.connection().close();
  websocket_client unmasked{house.port()};
  REQUIRE(unmasked.frame(websocket_message::text, "{}", true, false));
  CHECK(unmasked.goodbye() == 1002);
  unmasked.connection().close();
  CHECK(house.at.probe.reaches("websocket closed protocol", 2));
  CHECK(house.tasks.asked().empty());
}

TEST_CASE("a client that says goodbye gets it back, and one that leaves is forgotten") {
  websocket_fixture house;
  websocket_client polite{house.port()};
  REQUIRE(polite.say(subscribe_frame(one, 1)));
  REQUIRE(polite.hear()["type"] == "ack");
  REQUIRE(polite.frame(websocket_message::close, "\x03\xe8"));
  CHECK(polite.goodbye() == 1000);
  polite.connection().close();
  CHECK(house.at.probe.reaches("websocket closed client"));
  CHECK(house.tasks.has_followers(one, 0));
  websocket_client rude{house.port()};
  REQUIRE(rude.say(subscribe_frame(one, 1)));
  REQUIRE(house.tasks.has_followers(one, 1));
  rude.connection().close();
  CHECK(house.at.probe.reaches("websocket closed gone"));
  CHECK(house.tasks.has_followers(one, 0));
  CHECK(house.at.probe.reaches("closed", 2));
}

TEST_CASE("a client that does not read is closed with 1013 and resumes after what it has") {
  websocket_fixture house{[](auto& settings) { settings.write_timeout = milliseconds{100}; }};
  for (int i = 0; i < 400; ++i) house.tasks.publish(one, quoted(60'000));
  websocket_client client{house.port(), {}, 4096};
  REQUIRE(client.say(subscribe_frame(one, 1)));
  CHECK(house.at.probe.reaches("websocket closed slow"));
  CHECK(house.tasks.has_followers(one, 0));
  CHECK(client.hear()["type"] == "ack");
  int last = 0;
  std::optional<websocket_message> got;
  while ((got = client.next()) && got->opcode == websocket_message::text) {
    const auto event = nlohmann::json::parse(got->payload)["event"];
    REQUIRE(event["seq"] == ++last);
  }
  REQUIRE(got);
  CHECK(got->opcode == websocket_message::close);
  CHECK(got->payload.substr(0, 2) == "\x03\xf5");
  CHECK(last < 400);
  websocket_client again{house.port()};
  REQUIRE(again.say(subscribe_frame(one, 1, static_cast<std::uint64_t>(last))));
  CHECK(again.hear()["type"] == "ack");
  while (last < 400) REQUIRE(again.hear()["event"]["seq"] == ++last);
}

TEST_CASE("a reader that is only slow holds its feed back and loses nothing") {
  websocket_fixture house;
  for (int i = 0; i < 300; ++i) house.tasks.publish(one, quoted(20'000));
  websocket_client client{house.port(), {}, 4096};
  REQUIRE(client.say(subscribe_frame(one, 1)));
  CHECK(client.hear()["type"] == "ack");
  for (int i = 1; i <= 300; ++i) REQUIRE(client.hear()["event"]["seq"] == i);
  CHECK(house.at.probe.of("websocket closed slow") == 0);
}

TEST_CASE("more than may wait for a client closes it at once with 1013") {
  websocket_fixture house;
  for (int i = 0; i < 40; ++i) house.tasks.publish(one, quoted(500'000));
  websocket_client client{house.port(), {}, 4096};
  REQUIRE(client.say(subscribe_frame(one, 1)));
  CHECK(house.at.probe.reaches("websocket closed slow"));
  CHECK(client.goodbye() == 1013);
}

TEST_CASE("a peer that answers no ping is dropped, one that does stays") {
  websocket_fixture house{[](auto& settings) { settings.idle_timeout = milliseconds{400}; }};
  websocket_client silent{house.port()};
  REQUIRE(silent.next()->opcode == websocket_message::ping);
  CHECK_FALSE(silent.next());
  CHECK(house.at.probe.reaches("websocket closed idle"));
  websocket_client alive{house.port()};
  for (int i = 0; i < 4; ++i) {
    const auto got = alive.next();
    REQUIRE(got);
    REQUIRE(got->opcode == websocket_message::ping);
    REQUIRE(alive.frame(websocket_message::pong, got->payload));
  }
  REQUIRE(alive.say(R"({"type":"ping","id":1})"));
  CHECK(alive.hear()["type"] == "pong");
}

TEST_CASE("draining says 1001, also to one that follows a task") {
  websocket_fixture house;
  websocket_client quiet{house.port()};
  REQUIRE(quiet.is_open());
  websocket_client busy{house.port()};
  REQUIRE(busy.say(subscribe_frame(one, 1)));
  REQUIRE(house.tasks.has_followers(one, 1));
  REQUIRE(house.at.probe.reaches("websocket opened", 2));
  CHECK_FALSE(house.at.server->drain(milliseconds{0}));
  CHECK(quiet.goodbye() == 1001);
  CHECK(busy.goodbye() == 1001);
  quiet.connection().close();
  busy.connection().close();
  CHECK(house.at.server->drain(milliseconds{10'000}));
  CHECK(house.at.probe.of("websocket closed draining") == 2);
  CHECK(house.tasks.has_followers(one, 0));
}

TEST_CASE("stopping cuts off what does not say goodbye") {
  websocket_fixture house;
  websocket_client client{house.port()};
  REQUIRE(client.say(subscribe_frame(one, 1)));
  REQUIRE(house.tasks.has_followers(one, 1));
  house.at.server->stop();
  CHECK(house.at.probe.of("websocket closed stopped") == 1);
  CHECK(house.tasks.has_followers(one, 0));
}

TEST_CASE("without keys a page of another origin may not open one") {
  websocket_fixture house{[](auto& settings) { settings.cors_origins = {"https://friend.example"}; }};
  CHECK(status_of(house, "Origin: https://evil.example\r\n") == 403);
  CHECK(status_of(house, "Origin: null\r\n") == 403);
  CHECK(status_of(house, "Origin: https://friend.example\r\n") == 101);
  CHECK(status_of(house, "Origin: http://localhost\r\n") == 101);
  raw_client other{house.port()};
  auto text = handshake();
  text.replace(text.find("localhost"), 9, "evil.example");
  REQUIRE(other.send(text));
  CHECK(other.answer()->status == 421);
}

TEST_CASE("with keys one is required, with the scope to read tasks, and frames need theirs") {
  const auto reads = static_cast<unsigned>(core::scope::tasks_read);
  const auto writes = static_cast<unsigned>(core::scope::tasks_write);
  websocket_fixture house{[&](auto& settings) { settings.keys = {key_of("reader", reads), key_of("writer", writes)}; }};
  CHECK(status_of(house, {}) == 401);
  CHECK(status_of(house, "Authorization: Bearer wrong\r\n") == 401);
  CHECK(status_of(house, "Authorization: Bearer writer\r\n") == 403);
  websocket_client reader{house.port(), "Authorization: Bearer reader\r\n"};
  REQUIRE(reader.is_open());
  REQUIRE(reader.say(R"({"type":"submit","id":1,"agent":"echo","message":"x"})"));
  CHECK(reader.hear()["problem"]["code"] == "forbidden");
  REQUIRE(reader.say(subscribe_frame(one, 2)));
  CHECK(reader.hear()["type"] == "ack");
}

TEST_CASE("what is no handshake is refused in words, and the connection stays usable") {
  websocket_fixture house;
  raw_client client{house.port()};
  REQUIRE(client.send(get_text("/api/v1/ws") + get_text("/livez")));
  const auto plain = client.answer();
  REQUIRE(plain);
  CHECK(plain->status == 426);
  CHECK(plain->headers.at("upgrade") == "websocket");
  CHECK(client.answer()->body == "ok");
  raw_client old{house.port()};
  auto text = handshake();
  text.replace(text.find("HTTP/1.1"), 8, "HTTP/1.0");
  REQUIRE(old.send(text));
  CHECK(old.answer()->status == 400);
  raw_client hasty{house.port()};
  REQUIRE(hasty.send(handshake() + "\x81\x80" + "1234"));
  CHECK(hasty.answer()->status == 400);
  CHECK(house.at.probe.of("websocket opened") == 0);
}

TEST_CASE("open WebSockets do not count as requests in flight") {
  websocket_fixture house{[](auto& settings) { settings.in_flight = 1; }};
  const websocket_client client{house.port()};
  REQUIRE(client.is_open());
  CHECK(get(house.port(), "/large/1")->status == 200);
}

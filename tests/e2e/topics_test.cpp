#include <doctest/doctest.h>

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "server/base/digest.hpp"
#include "tests/integration/websocket_client.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

struct house {
  test_server server;
  explicit house(server_plan plan = {}) : server(std::move(plan)) {
    const bool started = server.start();
    REQUIRE_MESSAGE(started, server.errors());
  }
};

std::string subscribe_frame(const std::string& pattern, int id = 1) {
  return json{{"type", "subscribe"}, {"id", id}, {"topic", pattern}}.dump();
}

std::string resume_frame(const std::string& pattern, std::uint64_t after, int id = 1) {
  return json{{"type", "subscribe"}, {"id", id}, {"topic", pattern}, {"after", after}}.dump();
}

void follow(websocket_client& with, const std::string& frame) {
  REQUIRE(with.say(frame));
  const auto got = with.hear();
  REQUIRE_MESSAGE(got.value("type", "") == "ack", got.dump());
}

/// What a publication answers; must be 200.
json publish(conversation& with, const std::string& topic, const json& data, bool durable = false,
             const header_pairs& headers = {}) {
  json body{{"data", data}};
  if (durable) body["durable"] = true;
  const auto got = with.post("/api/v1/topics/" + topic, body.dump(), headers);
  REQUIRE_MESSAGE(got.status == 200, got.body);
  return body_of(got);
}

json line_of(const json& topics, const std::string& topic) {
  for (const auto& each : topics["items"])
    if (each["topic"] == topic) return each;
  return nullptr;
}

/// Makes the messages of the topic two days older, behind the server's back.
void age(const test_server& server, const std::string& topic) {
  sqlite3* handle = nullptr;
  const auto file = (server.folder() / "data" / "mofa.db").string();
  const auto sql = "UPDATE topic_messages SET at = at - 2*24*3600*1000 WHERE topic = '" + topic + "'";
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(sqlite3_changes(handle) == 1);
  sqlite3_close(handle);
}

struct person {
  std::string name, tenant, scopes;

  std::string secret() const { return "mofa_secret_of_" + name; }
  std::string line() const {
    return "    - {name: " + name + ", tenant: " + tenant + ", hash: 'sha256:" + sha256_hex(secret()) + "', scopes: [" +
           scopes + "]}\n";
  }
  header_pairs headers() const { return {{"Authorization", "Bearer " + secret()}}; }
  std::string handshake() const { return "Authorization: Bearer " + secret() + "\r\n"; }
};

}  // namespace

TEST_CASE("a message reaches those whose pattern matches, and the answer and the list say how many") {
  house at;
  conversation with{at.server.port()};
  CHECK(publish(with, "orders.eu", 0) == json{{"delivered", 0}, {"seq", nullptr}});

  websocket_client client{at.server.port()};
  follow(client, subscribe_frame("orders.*", 7));
  CHECK(publish(with, "orders.eu", {{"n", 1}}) == json{{"delivered", 1}, {"seq", nullptr}});
  CHECK(publish(with, "orders.eu.new", 2)["delivered"] == 0);
  CHECK(publish(with, "orders.us", "three", true) == json{{"delivered", 1}, {"seq", 1}});

  const auto first = client.hear();
  CHECK(first["type"] == "event");
  CHECK(first["id"] == 7);
  CHECK(first["event"]["topic"] == "orders.eu");
  CHECK(first["event"]["seq"].is_null());
  CHECK(first["event"]["publisher"] == "local");
  CHECK(first["event"]["data"] == json{{"n", 1}});
  CHECK(first["event"].size() == 5);
  const auto second = client.hear();
  CHECK(second["event"]["data"] == "three");
  CHECK(second["event"]["seq"] == 1);

  const auto all = with.read("/api/v1/topics");
  CHECK(all["next_cursor"].is_null());
  const auto eu = line_of(all, "orders.eu");
  CHECK(eu["subscribers"] == 1);
  CHECK(eu["published"] == 2);
  CHECK(eu["unheard"] == 1);
  CHECK(eu["dropped"] == 0);
  CHECK(eu["depth"] == 0);
  CHECK(eu["kept"] == 0);
  CHECK(eu["last_seq"].is_null());
  const auto us = line_of(all, "orders.us");
  CHECK(us["kept"] == 1);
  CHECK(us["last_seq"] == 1);
  CHECK(line_of(all, "orders.*")["subscribers"] == 1);
  const auto page = with.read("/api/v1/topics?limit=1");
  CHECK(page["items"].size() == 1);
  const auto next = with.read("/api/v1/topics?limit=200&cursor=" + page["next_cursor"].get<std::string>());
  CHECK(next["items"].size() == all["items"].size() - 1);
  CHECK(next["items"][0] == all["items"][1]);

  REQUIRE(client.say(R"({"type":"unsubscribe","id":8,"topic":"orders.*"})"));
  CHECK(client.hear() == json{{"type", "ack"}, {"id", 8}});
  CHECK(
      with.eventually("/api/v1/topics", [](const http_answer& got) { return line_of(body_of(got), "orders.*").is_null(); }));
  CHECK(publish(with, "orders.eu", 4)["delivered"] == 0);
}

TEST_CASE("a topic or a pattern that is none is refused with its place") {
  house at;
  conversation with{at.server.port()};
  const auto got = with.post("/api/v1/topics/a..b", R"({"data":1})");
  CHECK(got.status == 422);
  CHECK(body_of(got)["errors"][0]["path"] == "{topic}");
  CHECK(with.post("/api/v1/topics/a", R"({"durable":true})").status == 422);
  CHECK(with.post("/api/v1/topics/a", R"({"data":1})", {{"Idempotency-Key", "k"}}).status == 422);
  websocket_client client{at.server.port()};
  REQUIRE(client.say(subscribe_frame("#.a")));
  const auto refused = client.hear();
  CHECK(refused["type"] == "error");
  CHECK(refused["problem"]["errors"][0]["path"] == "/topic");
}

TEST_CASE("after a kill a subscription is resumed by its last number without a hole, and nothing acknowledged is lost") {
  house at;
  std::atomic<int> acknowledged{0};
  std::vector<int> heard;
  std::uint64_t last = 0;
  {
    websocket_client client{at.server.port()};
    follow(client, subscribe_frame("log.#"));
    std::thread publisher{[&] {
      conversation with{at.server.port()};
      try {
        for (int i = 1; i < 100'000; ++i) {
          const auto got = with.post("/api/v1/topics/log.line", json{{"data", i}, {"durable", true}}.dump());
          if (got.status != 200) return;
          acknowledged = i;
        }
      } catch (const unexpected_answer&) {
      }
    }};
    while (heard.size() < 50) {
      const auto got = client.hear();
      if (!got.is_object() || got["type"] != "event") break;
      heard.push_back(got["event"]["data"].get<int>());
      last = got["event"]["seq"].get<std::uint64_t>();
    }
    at.server.kill();
    publisher.join();
  }
  REQUIRE(heard.size() == 50);
  REQUIRE(at.server.start());
  conversation with{at.server.port()};
  publish(with, "log.end", 0, true);
  websocket_client client{at.server.port()};
  follow(client, resume_frame("log.#", last));
  while (true) {
    const auto got = client.hear();
    REQUIRE(got.is_object());
    CHECK_FALSE(got.contains("dropped"));
    CHECK(got["event"]["seq"].get<std::uint64_t>() > last);
    last = got["event"]["seq"].get<std::uint64_t>();
    if (got["event"]["topic"] == "log.end") break;
    heard.push_back(got["event"]["data"].get<int>());
  }
  for (std::size_t i = 0; i < heard.size(); ++i) REQUIRE(heard[i] == static_cast<int>(i) + 1);
  // One may have been committed whose answer the kill cut off.
  const auto count = static_cast<int>(heard.size());
  CHECK(count >= acknowledged);
  CHECK(count <= acknowledged + 1);
}

TEST_CASE("a durable message is published once under its key, also when the server was killed in between") {
  house at;
  const header_pairs key{{"Idempotency-Key", "k-1"}};
  std::uint64_t seq = 0;
  {
    conversation with{at.server.port()};
    seq = publish(with, "orders", 1, true, key)["seq"].get<std::uint64_t>();
  }
  at.server.kill();
  REQUIRE(at.server.start());
  conversation with{at.server.port()};
  websocket_client client{at.server.port()};
  follow(client, resume_frame("orders", 0));
  const auto again = with.post("/api/v1/topics/orders", R"({"data":1,"durable":true})", key);
  CHECK(again.status == 200);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(body_of(again) == json{{"delivered", 0}, {"seq", seq}});
  const auto other = with.post("/api/v1/topics/orders", R"({"data":2,"durable":true})", key);
  CHECK(other.status == 422);
  CHECK(body_of(other)["code"] == "idempotency_mismatch");
  const auto next = publish(with, "orders", 3, true)["seq"].get<std::uint64_t>();
  CHECK(next > seq);
  CHECK(client.hear()["event"]["seq"] == seq);
  CHECK(client.hear()["event"]["seq"] == next);
}

TEST_CASE("durable messages go when they are older than the retention says") {
  house at{{.settings = "retention: {topic_messages_days: 1}\n"}};
  {
    conversation with{at.server.port()};
    publish(with, "old", 1, true);
    publish(with, "new", 2, true);
  }
  at.server.kill();
  age(at.server, "old");
  REQUIRE(at.server.start());
  conversation with{at.server.port()};
  CHECK(with.eventually("/api/v1/topics", [](const http_answer& got) { return line_of(body_of(got), "old").is_null(); }));
  CHECK(line_of(with.read("/api/v1/topics"), "new")["kept"] == 1);
  websocket_client client{at.server.port()};
  follow(client, resume_frame("#", 0));
  CHECK(client.hear()["event"]["topic"] == "new");
}

TEST_CASE("a client that does not read delays nobody, and learns how many messages it lost") {
  house at;
  conversation with{at.server.port()};
  websocket_client stuck{at.server.port(), {}, 4096}, quick{at.server.port()};
  follow(stuck, subscribe_frame("load"));
  follow(quick, subscribe_frame("load"));
  // More than the sockets, the credit and the queue of the stuck one can hold together.
  constexpr int total = 800;
  const std::string filling(64 * 1024, 'x');
  for (int i = 1; i <= total; ++i) {
    publish(with, "load", {{"n", i}, {"filling", filling}});
    const auto got = quick.hear();
    REQUIRE(got.is_object());
    REQUIRE(got["event"]["data"]["n"] == i);
    REQUIRE_FALSE(got.contains("dropped"));
  }
  const auto load = line_of(with.read("/api/v1/topics"), "load");
  const auto dropped = load["dropped"].get<int>();
  CHECK(dropped > 0);
  CHECK(load["subscribers"] == 2);
  CHECK(load["depth"].get<int>() > 0);

  int received = 0, lost = 0, last = 0;
  bool ended = false;
  std::thread reader{[&] {
    while (!ended) {
      const auto got = stuck.hear();
      if (!got.is_object()) return;
      lost += got.value("dropped", 0);
      const auto n = got["event"]["data"]["n"].get<int>();
      ended = n == 0;
      if (ended) return;
      if (n <= last) return;
      last = n;
      ++received;
    }
  }};
  const bool drained =
      with.eventually("/api/v1/topics", [](const http_answer& got) { return line_of(body_of(got), "load")["depth"] == 0; });
  publish(with, "load", {{"n", 0}});
  reader.join();
  CHECK(drained);
  CHECK(ended);
  CHECK(lost == dropped);
  CHECK(received + lost == total);
}

TEST_CASE("two tenants never see each other's topics") {
  const person alice{"alice", "north", "tasks:read, tasks:write"}, carol{"carol", "south", "tasks:read, tasks:write"};
  const person reader{"reader", "north", "tasks:read"}, writer{"writer", "north", "tasks:write"};
  house at{{.settings = "auth:\n  keys:\n" + alice.line() + carol.line() + reader.line() + writer.line()}};
  conversation with{at.server.port()};
  publish(with, "orders", "old of carol", true, carol.headers());
  websocket_client hers{at.server.port(), alice.handshake()}, other{at.server.port(), carol.handshake()};
  websocket_client same{at.server.port(), reader.handshake()};
  follow(hers, resume_frame("#", 0));
  follow(other, resume_frame("#", 0));
  follow(same, subscribe_frame("orders"));
  CHECK(other.hear()["event"]["data"] == "old of carol");

  CHECK(publish(with, "orders", "fleeting of carol", false, carol.headers())["delivered"] == 1);
  CHECK(publish(with, "orders", "durable of carol", true, carol.headers())["delivered"] == 1);
  CHECK(publish(with, "orders", "of alice", true, alice.headers())["delivered"] == 2);
  for (auto* north : {&hers, &same}) {
    const auto got = north->hear();
    CHECK(got["event"]["data"] == "of alice");
    CHECK(got["event"]["publisher"] == "alice");
  }
  std::vector<std::string> heard{other.hear()["event"]["data"], other.hear()["event"]["data"]};
  std::sort(heard.begin(), heard.end());
  CHECK(heard == std::vector<std::string>{"durable of carol", "fleeting of carol"});

  const auto north = line_of(body_of(with.get("/api/v1/topics", reader.headers())), "orders");
  CHECK(north["kept"] == 1);
  CHECK(north["published"] == 1);
  CHECK(north["subscribers"] == 2);
  const auto south = body_of(with.get("/api/v1/topics", carol.headers()));
  CHECK(line_of(south, "orders")["kept"] == 2);
  CHECK(line_of(south, "orders")["subscribers"] == 1);

  CHECK(with.post("/api/v1/topics/orders", R"({"data":1})", reader.headers()).status == 403);
  CHECK(with.get("/api/v1/topics", writer.headers()).status == 403);
  CHECK(with.post("/api/v1/topics/orders", R"({"data":1})").status == 401);
}

}  // namespace mofa::test

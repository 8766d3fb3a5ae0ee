#include <doctest/doctest.h>

#include "server/base/digest.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

namespace {

ask post(std::string body, http::header_list headers = {}, std::string topic = "orders.eu", std::string query = {}) {
  return {.method = "POST",
          .pattern = "/api/v1/topics/{topic}",
          .parameters = {{"topic", std::move(topic)}},
          .query = std::move(query),
          .body = std::move(body),
          .headers = std::move(headers)};
}

ask list(std::string query = {}) { return {.method = "GET", .pattern = "/api/v1/topics", .query = std::move(query)}; }

}  // namespace

TEST_CASE("a message is published, and the answer says how many have it") {
  harness call;
  CHECK(call.json(post(R"({"data":{"z":1,"a":[true]}})")) == core::json{{"delivered", 2}, {"seq", nullptr}});
  REQUIRE(call.topics.published);
  CHECK(call.topics.published->topic == "orders.eu");
  CHECK(call.topics.published->data == core::json{{"z", 1}, {"a", {true}}});
  CHECK_FALSE(call.topics.published->durable);
  CHECK(call.topics.published->hops == 0);
  CHECK_FALSE(call.topics.published->once);
  CHECK(call.topics.who.principal == "ada");
}

TEST_CASE("zero receivers are an answer, and a durable message has a number") {
  harness call;
  call.topics.answer = {.delivered = 0, .seq = 41, .replayed = false};
  const auto got = call(post(R"({"data":1,"durable":true})"));
  CHECK(got.status == 200);
  CHECK(got.body == R"({"delivered":0,"seq":41})");
  CHECK(header_of(got, "Idempotency-Replayed").empty());
  CHECK(call.topics.published->durable);
}

TEST_CASE("the data is any JSON, also null") {
  for (const std::string data : {"null", "false", "0", R"("text")", "[]", "{}"}) {
    CAPTURE(data);
    harness call;
    call.json(post(R"({"data":)" + data + "}"));
    REQUIRE(call.topics.published);
    CHECK(call.topics.published->data.dump() == data);
  }
}

TEST_CASE("a body that is wrong is told by its place, and nothing is published") {
  harness call;
  const std::pair<std::string, std::string> cases[] = {
      {R"({})", "/data"},
      {R"({"durable":true})", "/data"},
      {R"({"data":1,"durable":1})", "/durable"},
      {R"({"data":1,"durable":null})", "/durable"},
      {R"({"data":1,"dureble":true})", "/dureble"},
      {R"({"data":1,"topic":"x"})", "/topic"},
      {R"([])", ""},
      {R"("text")", ""},
  };
  for (const auto& [body, place] : cases) {
    CAPTURE(body);
    CHECK(call.problem(post(body), 422, "invalid")["errors"][0]["path"] == place);
  }
  const auto near = call.problem(post(R"({"data":1,"dureble":true})"), 422, "invalid");
  CHECK(near["errors"][0]["message"] == "unknown member 'dureble'; did you mean 'durable'?");
  call.problem(post(""), 400, "invalid_syntax");
  call.problem(post("{nonsense"), 400, "invalid_syntax");
  auto from_page = post(R"({"data":1})", {{"content-type", "text/plain"}});
  from_page.from_browser = true;
  call.problem(std::move(from_page), 415, "unsupported_media_type");
  CHECK(call.problem(post(R"({"data":1})", {}, "orders.eu", "durable=true"), 422, "invalid")["errors"][0]["path"] ==
        "?durable");
  CHECK(call.topics.asked.empty());
}

TEST_CASE("a topic that is none is refused at its place in the path") {
  harness call;
  for (const auto& topic : std::vector<std::string>{"a..b", "a.", "a b", "a.*", "#", "a/b", std::string(257, 'x')}) {
    CAPTURE(topic);
    const auto got = call.problem(post(R"({"data":1})", {}, topic), 422, "invalid");
    CHECK(got["errors"][0]["path"] == "{topic}");
    CHECK_FALSE(got["errors"][0]["message"].get<std::string>().empty());
  }
  CHECK(call.topics.asked.empty());
}

TEST_CASE("an Idempotency-Key makes the repetition of a durable message harmless") {
  harness call;
  const std::string body = R"({"data":1,"durable":true})";
  call.topics.answer = {.delivered = 0, .seq = 7, .replayed = true};
  const auto got = call(post(body, {{"idempotency-key", "k-1"}}));
  CHECK(got.status == 200);
  CHECK(header_of(got, "Idempotency-Replayed") == "true");
  REQUIRE(call.topics.published->once);
  CHECK(call.topics.published->once->key == "k-1");
  CHECK(call.topics.published->once->operation == "POST /api/v1/topics/orders.eu");
  CHECK(call.topics.published->once->body_hash == sha256_hex(body));
}

TEST_CASE("an Idempotency-Key without durable is refused with what to add") {
  harness call;
  for (const std::string body : {R"({"data":1})", R"({"data":1,"durable":false})"}) {
    const auto got = call.problem(post(body, {{"idempotency-key", "k-1"}}), 422, "invalid");
    CHECK(got["errors"][0]["path"] == "Idempotency-Key");
    CHECK(got["errors"][0]["message"] == "needs a message that is kept; add \"durable\": true");
  }
  call.problem(post(R"({"data":1,"durable":true})", {{"idempotency-key", ""}}), 422, "invalid");
  CHECK(call.topics.asked.empty());
}

TEST_CASE("what the bus refuses is a problem") {
  harness call;
  call.topics.failure = fail(errc::idempotency_mismatch, "another body");
  call.problem(post(R"({"data":1,"durable":true})", {{"idempotency-key", "k-1"}}), 422, "idempotency_mismatch");
  call.topics.failure = fail(errc::unavailable, "the bus restarts");
  call.problem(post(R"({"data":1})"), 503, "unavailable");
  call.problem(list(), 503, "unavailable");
}

TEST_CASE("topics are listed in pages with what is known of them") {
  harness call;
  call.topics.topics = {{.topic = "orders.*",
                         .subscribers = 2,
                         .depth = 3,
                         .published = 0,
                         .dropped = 4,
                         .unheard = 0,
                         .kept = 0,
                         .last_seq = 0},
                        {.topic = "orders.eu",
                         .subscribers = 2,
                         .depth = 5,
                         .published = 6,
                         .dropped = 7,
                         .unheard = 8,
                         .kept = 9,
                         .last_seq = 10}};
  call.topics.next_cursor = "next-page";
  const auto got = call(list("limit=2&cursor=x"));
  CHECK(got.body ==
        R"({"items":[{"topic":"orders.*","subscribers":2,"depth":3,"published":0,"dropped":4,"unheard":0,"kept":0,)"
        R"("last_seq":null},{"topic":"orders.eu","subscribers":2,"depth":5,"published":6,"dropped":7,"unheard":8,"kept":9,)"
        R"("last_seq":10}],"next_cursor":"next-page"})");
  CHECK(call.topics.want.limit == 2);
  CHECK(call.topics.want.cursor == "x");
  CHECK(call.topics.who.principal == "ada");
  call.json(list());
  CHECK(call.topics.want.limit == 50);
  call.problem(list("limit=201"), 422, "invalid");
  call.problem(list("topic=a"), 422, "invalid");
}

TEST_CASE("publishing needs the scope that writes tasks, listing the one that reads them") {
  harness call;
  for (const auto& route : call.table) {
    if (route.pattern == "/api/v1/topics/{topic}") CHECK(route.scope == core::scope::tasks_write);
    if (route.pattern == "/api/v1/topics") CHECK(route.scope == core::scope::tasks_read);
  }
}

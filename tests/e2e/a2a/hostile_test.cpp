// Bad input and load: refused in the protocol's own form, and the server stays as small as it was.
#include <memory>

#include "tests/e2e/a2a/shipped_server.hpp"

namespace mofa::test::a2a {
namespace {

const std::string url = "/a2a/a2a_player";

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

void check_well(const with_a2a& at) {
  CHECK(!at.server.life().wait(milliseconds{0}));
  CHECK(status_text(at.player().settle("well")) == "well");
}

TEST_CASE_FIXTURE(with_a2a, "a body beyond the limit is 413, as an error of JSON-RPC without an id or of REST") {
  for (const auto how : all_ways) {
    const std::string path = !is_rest(how) ? "" : is_v1(how) ? "/message:send" : "/v1/message:send";
    wire announced{server.port()};
    REQUIRE(announced.send("POST " + url + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
                           (is_v1(how) ? "A2A-Version: 1.0\r\n" : "") + "Content-Length: 99999999999\r\n\r\n"));
    const auto got = announced.answer();
    REQUIRE(got);
    CHECK(got->status == 413);
    const auto body = body_of(*got);
    REQUIRE_MESSAGE(body.is_object(), got->body);
    if (path.empty()) {
      CHECK(body.at("jsonrpc") == "2.0");
      CHECK(body.at("id").is_null());
      CHECK(body.contains("error"));
    } else if (path.starts_with("/v1")) {
      CHECK(body.at("code").is_number());
    } else {
      CHECK(body.at("error").at("code") == 413);
    }
  }
  check_well(*this);
}

TEST_CASE("megabytes of parts are taken or refused, and the server does not grow") {
  shipped_server server;
  const auto part = R"({"text": ")" + std::string(1000, 'x') + "\"},";
  const auto message = [](const std::string& parts) {
    return R"({"message": {"messageId": "big", "role": "ROLE_USER", "parts": [)" + parts + R"({"text": "x"}]}})";
  };
  const std::vector<std::string> bodies{
      message(repeated(R"({"text": "a"},)", 200'000)),  // more values than a document may have
      message(repeated(part, 9'000)),                   // more bytes than a body may have
      message(R"({"raw": ")" + std::string(7 * megabyte, '!') + "\"},"),
      message(R"({"data": )" + repeated("[", 100'000) + repeated("]", 100'000) + "},"),
      message(R"({"hologram": ")" + std::string(6 * megabyte, 'h') + "\"},"),
      message(repeated(R"({"hologram": "x"},)", 20'000)),
  };
  for (int round = 0; round < 3; ++round) {
    for (const auto& body : bodies) {
      const auto rest = http_client(server.port()).post(url + "/message:send", body, rest_headers());
      REQUIRE(rest);
      CHECK_MESSAGE((rest->status == 400 || rest->status == 413), rest->body.substr(0, 300));
      CHECK(rest->body.size() < 64 * 1024);
      const auto envelope = R"({"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": )" + body + "}";
      const auto rpc = http_client(server.port()).post(url, envelope, rpc_headers());
      REQUIRE(rpc);
      CHECK_MESSAGE(body_of(*rpc).contains("error"), rpc->body.substr(0, 300));
      CHECK(rpc->body.size() < 64 * 1024);
    }
  }
  server.check_not_grown();
}

TEST_CASE("endless uploads are cut off, and the server does not grow") {
  shipped_server server;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto how = all_ways.at(i % all_ways.size());
    CAPTURE(name_of(how));
    const std::string path = !is_rest(how) ? "" : is_v1(how) ? "/message:send" : "/v1/message:send";
    wire growing{server.port()};
    REQUIRE(growing.send("POST " + url + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
                         (is_v1(how) ? "A2A-Version: 1.0\r\n" : "") + "Transfer-Encoding: chunked\r\n\r\n"));
    const auto chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
    for (int sent = 0; sent < 140; ++sent)  // 8.75 MiB
      if (!growing.send(chunk)) break;
    const auto stopped = growing.answer();
    REQUIRE(stopped);
    CHECK(stopped->status == 413);
  }
  server.check_not_grown();
}

TEST_CASE_FIXTURE(with_a2a, "nesting without end, doubled members and broken texts are parse errors") {
  for (const auto& body :
       {repeated("[", megabyte), repeated("{\"a\":", megabyte / 5),
        std::string{R"({"jsonrpc": "2.0", "jsonrpc": "2.0", "id": 1, "method": "GetTask", "params": {"id": "x"}})"},
        "{\"jsonrpc\": \"" + repeated("\xc0\xaf", 1000) + "\"}", std::string{"{\"jsonrpc\": \"\\ud800\"}"},
        std::string(megabyte, '\0')}) {
    for (const std::string version : {"1.0", ""}) {
      const auto rpc = with.post(url, body, rpc_headers(version));
      CHECK_MESSAGE(rpc.status == 400, rpc.body.substr(0, 300));
      CHECK(body_of(rpc).at("error").at("code") == -32700);
    }
    const auto rest = with.post(url + "/message:send", body, rest_headers());
    CHECK(rest.status == 400);
    CHECK(body_of(rest).at("error").at("code") == 400);
    const auto old = with.post(url + "/v1/message:send", body, rest_headers(""));
    CHECK(old.status == 400);
    CHECK_MESSAGE(body_of(old).at("code") == -32700, old.body.substr(0, 300));
  }
  check_well(*this);
}

TEST_CASE_FIXTURE(with_a2a, "a context that is busy or a queue that is full is refused in the protocol's own form") {
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    auto one = speak("narrow", how);
    std::vector<std::string> made;
    std::optional<answer> refused;
    for (int i = 0; i < 4 && !refused; ++i) {
      auto got = one.send(say("wait"), {{"returnImmediately", true}});
      if (got.ok()) {
        made.push_back(got.result.at("task").at("id"));
      } else {
        refused = std::move(got);
      }
    }
    REQUIRE(refused);
    // One is at work, one waits, and there is no place for a third.
    CHECK(made.size() == 2);
    CHECK_MESSAGE(refused->http.status == 429, refused->text());
    CHECK_MESSAGE(refused->code == -32000, refused->text());
    if (is_v1(how)) CHECK_MESSAGE(refused->reason == "QUEUE_FULL", refused->text());
    if (how == way::v1_rest) CHECK(refused->body.at("error").at("status") == "RESOURCE_EXHAUSTED");
    for (const auto& each : made) CHECK(one.cancel(each).ok());
  }
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    auto one = speak("rejecting", how);
    auto message = say("long: one at a time");
    message["contextId"] = "busy-" + name_of(how);
    const std::string first = one.task(message, {{"returnImmediately", true}}).at("id");
    message["messageId"] = "the-second-" + name_of(how);
    const auto second = one.send(message);
    CHECK_MESSAGE(second.code == -32004, second.text());
    CHECK_MESSAGE(second.text().find(first) != std::string::npos, second.text());
    if (is_v1(how)) CHECK_MESSAGE(second.reason == "UNSUPPORTED_OPERATION", second.text());
    CHECK(second.http.status == (is_rest(how) ? 400 : 200));
    CHECK(one.cancel(first).ok());
  }
}

TEST_CASE_FIXTURE(with_a2a, "clients that leave in the middle of anything cost nothing") {
  for (int i = 0; i < 20; ++i) {
    wire half{server.port()};
    CHECK(half.send("POST " + url +
                    " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"j"));
    wire rude{server.port()};
    CHECK(rude.send(request_text("POST", url, rpc_body("SendMessage", send_params("late")), rpc_headers())));
    auto stream = std::make_unique<item_stream>(player().stream(say("late")));
    CHECK(stream->status() == 200);
  }
  check_well(*this);
}

}  // namespace
}  // namespace mofa::test::a2a

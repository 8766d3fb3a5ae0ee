// What messages of the largest size cost while they are read, kept and answered.
#include <thread>

#include "tests/e2e/a2a/shipped_server.hpp"

namespace mofa::test::a2a {
namespace {

const std::string url = "/a2a/a2a_player";
constexpr std::size_t largest = 8 * megabyte;  // limits.body_bytes
/// Besides what a message takes: buffers of the connection, and pages that the allocator has begun.
constexpr std::size_t margin = megabyte;

/// `head` and `tail` with as many `piece` between them as a body may have.
std::string filled(const std::string& head, const std::string& piece, const std::string& tail) {
  std::string out;
  out.reserve(largest);
  out += head;
  while (out.size() + piece.size() + tail.size() <= largest) out += piece;
  return out + tail;
}

/// A request of JSON-RPC with that method, of one message whose parts are filled up.
std::string call_with(const std::string& before, const std::string& piece, const std::string& after,
                      const std::string& method = "SendMessage") {
  return filled(R"({"jsonrpc": "2.0", "id": 1, "method": ")" + method +
                    R"(", "params": {"message": {"messageId": "m-large", "role": "ROLE_USER", "parts": [)" + before,
                piece, after + "]}}}");
}

struct attempt {
  std::string name;
  std::string body;
  int status = 0;
  std::string content_type = "application/json";
  std::size_t most = 16 * megabyte + margin;  ///< that memory may rise
};

std::vector<attempt> bad_attempts() {
  const auto text = call_with(R"({"text": ")", "x", "\"}");
  return {
      {"of another content type", text, 400, "text/plain"},
      {"of an unknown method", call_with(R"({"text": ")", "x", "\"}", "NoSuchMethod"), 200},
      {"a batch", "[" + text.substr(0, text.size() - 10) + "\"}]}}}]", 200},
      {"a part of an unknown kind", call_with(R"({"hologram": ")", "x", "\"}"), 200},
      {"parts of an unknown kind",
       call_with(R"({"hologram": "x"})", R"(, {"hologram": ")" + std::string(10'000, 'x') + "\"}", ""), 200},
      {"more parts than there may be", call_with(R"({"text": "x"})", R"(,          {"text": "xxxxxxxxxxxxxxxxxxxx"})", ""),
       400},
      {"what is not base64", call_with(R"({"raw": ")", "!", "\"}"), 200},
      {"another's tenant",
       filled(R"({"jsonrpc": "2.0", "id": 1, "method": "GetTask", "params": {"id": "x", "tenant": ")", "x", "\"}}"), 200},
      {"a text that is not closed", filled(R"({"jsonrpc": ")", "x", ""), 400},
      {"a broken end", text.substr(0, text.size() - 2) + "]}", 400},
      {"a broken text", call_with(R"({"text": ")", "x", "\x01\"}"), 400},
      {"more values than there may be", filled("[1", ",1", "]"), 400},
      {"more members than there may be", filled(R"({"a": 1)", R"(, "a": {"b": {}})", "}"), 400},
      {"nested too deep", filled("", "[", ""), 400},
      {"more than a body may have", std::string(largest + megabyte, 'x'), 413},
  };
}

/// The status of the answer; 0: there was none.
int post(const shipped_server& server, const attempt& what) {
  const auto got =
      http_client(server.port()).post(url, what.body, {{"Content-Type", what.content_type}, {"A2A-Version", "1.0"}});
  return got ? got->status : 0;
}

TEST_CASE("a body of megabytes that is refused costs no more than 16 MB while it is read") {
  shipped_server server;
  for (const auto& each : bad_attempts()) {
    int status = 0;
    const auto rise = server.rise_during([&] { status = post(server, each); });
    CHECK_MESSAGE(status == each.status, each.name);
    CHECK_MESSAGE(rise <= each.most, each.name, ": ", rise);
  }
  const auto endless = server.rise_during([&] {
    wire growing{server.port()};
    REQUIRE(growing.send("POST " + url + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
                         "A2A-Version: 1.0\r\nTransfer-Encoding: chunked\r\n\r\n"));
    const auto chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
    for (int sent = 0; sent < 140; ++sent)
      if (!growing.send(chunk)) break;
    const auto stopped = growing.answer();
    REQUIRE(stopped);
    CHECK(stopped->status == 413);
  });
  CHECK(endless <= 16 * megabyte + margin);
}

std::vector<attempt> good_attempts() {
  std::vector<attempt> out{
      {"a text", call_with(R"({"text": "reply )", "x", "\"}"), 200},
      {"a text of escapes", call_with(R"({"text": "reply )", "\\n", "\"}"), 200},
      {"a file", call_with(R"({"raw": ")", "AAAA", "\"}"), 200},
      {"many texts", call_with(R"({"text": "reply"})", R"(, {"text": ")" + std::string(10'000, 'x') + "\"}", ""), 200},
  };
  for (auto& each : out) each.most = 40 * megabyte;
  // Small blocks go back a second after they were freed.
  out.back().most = 60 * megabyte;
  return out;
}

TEST_CASE("a message of megabytes that is taken costs a few times its size, and nothing once it is answered") {
  shipped_server server;
  for (const auto& each : good_attempts()) {
    int status = 0;
    const auto rise = server.rise_during([&] { status = post(server, each); });
    CHECK_MESSAGE(status == each.status, each.name);
    CHECK_MESSAGE(rise <= each.most, each.name, ": ", rise);
  }
  server.check_not_grown();
}

TEST_CASE("messages of megabytes, many at a time and one after the other, leave the server as small as it was") {
  shipped_server server;
  const auto all = good_attempts();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::thread> clients;
    for (const auto& each : all) clients.emplace_back([&server, &each] { CHECK(post(server, each) == each.status); });
    for (auto& one : clients) one.join();
    for (const auto& each : all) CHECK(post(server, each) == each.status);
  }
  server.check_not_grown();
}

}  // namespace
}  // namespace mofa::test::a2a

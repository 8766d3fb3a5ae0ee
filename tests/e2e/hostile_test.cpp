#include <memory>

#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

// Whatever came before: the server answers at once, and works.
void check_well(test_server& server) {
  CHECK(!server.life().wait(milliseconds{0}));
  conversation with{server.port()};
  CHECK(with.get("/livez").status == 200);
  CHECK(text_of(with.ask("echo", "well")) == "well");
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST_CASE_FIXTURE(with_server, "what is not HTTP is 400 and the connection ends") {
  for (const std::string& bytes :
       {std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"}, std::string{"GET\r\n\r\n"},
        std::string{"GET / HTTP/9.9\r\n\r\n"}, std::string{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string{"GET nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n"},
        std::string{"POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n"},
        std::string{"POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: "
                    "2\r\n\r\nxx"},
        std::string{"POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip, "
                    "chunked\r\n\r\n0\r\n\r\n"},
        std::string{"POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: "
                    "chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n"}}) {
    wire peer{server.port()};
    REQUIRE(peer.send(bytes));
    const auto answer = peer.answer();
    REQUIRE_MESSAGE(answer, bytes);
    CHECK_MESSAGE(answer->status == 400, bytes);
    CHECK(answer->header("connection") == "close");
    peer.finish_sending();
    CHECK(peer.ends());
  }
  check_well(server);
}

TEST_CASE_FIXTURE(with_server, "a length and chunks together are not taken for two requests") {
  wire peer{server.port()};
  REQUIRE(peer.send(
      "POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\nGET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
  const auto answer = peer.answer();
  REQUIRE(answer);
  CHECK(answer->status == 400);
  check_well(server);
}

TEST_CASE_FIXTURE(with_server, "a header beyond the limit is 431, in one line or in many, and whether or not it ends") {
  for (const auto& header : {"X-Long: " + std::string(64 * 1024, 'x') + "\r\n\r\n",
                             repeated("X-Many: y\r\n", 8 * 1024) + "\r\n", "X-Endless: " + std::string(128 * 1024, 'x')}) {
    wire peer{server.port()};
    (void)peer.send("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header);
    const auto answer = peer.answer();
    REQUIRE(answer);
    CHECK(answer->status == 431);
  }
  check_well(server);
}

TEST_CASE_FIXTURE(with_server, "a body that is announced or grows beyond the limit is 413") {
  wire announced{server.port()};
  REQUIRE(
      announced.send("POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n"));
  const auto refused = announced.answer();
  REQUIRE(refused);
  CHECK(refused->status == 413);

  wire growing{server.port()};
  REQUIRE(growing.send("POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const auto chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 140; ++i)  // 8.75 MiB
    if (!growing.send(chunk)) break;
  const auto stopped = growing.answer();
  REQUIRE(stopped);
  CHECK(stopped->status == 413);
  check_well(server);
}

TEST_CASE_FIXTURE(with_server, "a megabyte of nesting, endless lists and broken texts are refused while they are read") {
  constexpr std::size_t megabyte = 1024 * 1024;
  const std::string open = R"({"message": {"parts": [{"data": )";
  for (const auto& body :
       {repeated("[", megabyte), repeated("{\"a\":", megabyte / 5),
        open + repeated("[", megabyte / 2) + repeated("]", megabyte / 2) + "}]}}",
        open + "[" + repeated("1,", megabyte / 2) + "1]}]}}", "{\"message\": \"" + repeated("\xc0\xaf", 1000) + "\"}",
        std::string{"{\"message\": \"\\ud800\"}"}, "{\"message\": 1" + repeated("0", 10000) + "}",
        std::string(megabyte, '\0')}) {
    const auto got = with.post("/api/v1/agents/echo/tasks", body);
    CHECK_MESSAGE((got.status == 400 || got.status == 422), got.body.substr(0, 300));
    CHECK(got.body.size() < 4096);
  }
  check_well(server);
}

TEST_CASE_FIXTURE(with_server, "a slow header is cut off with 408 and takes no place from others") {
  test_server strict{{.settings = "timeouts: {header_ms: 2000}\n"}};
  REQUIRE(strict.start());
  std::vector<std::unique_ptr<wire>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<wire>(strict.port()));
    REQUIRE(slow.back()->send("GET /livez HTTP/1.1\r\nHost: 127.0"));
  }
  check_well(strict);
  for (auto& peer : slow) {
    const auto answer = peer->answer();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    peer->finish_sending();
    CHECK(peer->ends());
  }
  check_well(strict);
}

TEST_CASE_FIXTURE(with_server, "a client that half-closes after its request still gets its answer") {
  wire peer{server.port()};
  REQUIRE(peer.send(request_text("POST", "/api/v1/agents/napper/tasks", message_body("one way"), {{"Prefer", "wait=10"}})));
  peer.finish_sending();
  const auto answer = peer.answer();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(text_of(body_of(*answer)) == "one way");
}

TEST_CASE_FIXTURE(with_server, "clients that leave in the middle of anything cost nothing") {
  for (int i = 0; i < 50; ++i) {
    wire silent{server.port()};
    CHECK(silent.connected());
    wire half{server.port()};
    CHECK(half.send("POST /api/v1/agents/echo/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{\"mess"));
    wire rude{server.port()};
    CHECK(rude.send(request_text("POST", "/api/v1/agents/napper/tasks", message_body("gone"), {{"Prefer", "wait=10"}})));
    const event_stream stream{server.port(), "POST", "/api/v1/agents/napper/tasks", message_body("gone")};
    // The queue of the agent has an end.
    CHECK((stream.status() == 200 || stream.status() == 429));
  }
  check_well(server);
  // The one that asks is the only one left.
  CHECK(with.eventually("/metrics",
                        [](const auto& got) { return got.body.find("\nmofa_http_connections 1\n") != std::string::npos; }));
  CHECK(with.eventually("/metrics",
                        [](const auto& got) { return got.body.find("\nmofa_http_streams 0\n") != std::string::npos; }));
}

TEST_CASE_FIXTURE(with_server, "pipelined requests are answered in their order") {
  wire peer{server.port()};
  std::string all;
  for (int i = 0; i < 20; ++i)
    all += request_text("POST", "/api/v1/agents/echo/tasks", message_body(std::to_string(i)), {{"Prefer", "wait=10"}});
  REQUIRE(peer.send(all));
  for (int i = 0; i < 20; ++i) {
    const auto answer = peer.answer();
    REQUIRE(answer);
    CHECK(text_of(body_of(*answer)) == std::to_string(i));
  }
}

TEST_CASE_FIXTURE(with_server, "paths and ids that mean mischief find nothing") {
  for (const std::string path : {"/../../etc/passwd", "/api/v1/agents/..%2f..%2fetc%2fpasswd", "/api/v1/tasks/%00",
                                 "/api/v1/agents/echo%", "/api/v1//agents", "/api/v1/contexts/%ff%fe", "/%2e%2e/livez"}) {
    const auto got = with.get(path);
    CHECK_MESSAGE((got.status == 404 || got.status == 400), path, " ", got.status);
  }
  check_well(server);
}

}  // namespace
}  // namespace mofa::test

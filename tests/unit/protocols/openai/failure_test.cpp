#include "protocols/openai/failure.hpp"

#include <doctest/doctest.h>

using namespace mofa;

TEST_CASE("the reason is found in every form of an error body") {
  CHECK(openai::failure_message(
            R"({"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}})") ==
        "Rate limit reached (rate_limit_exceeded)");
  CHECK(openai::failure_message(R"({"error":{"message":"Overloaded","type":"server_error","code":null}})") ==
        "Overloaded (server_error)");
  CHECK(openai::failure_message(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})") ==
        "Overloaded (overloaded_error)");
  CHECK(openai::failure_message(R"({"error":{"message":"bad","code":400}})") == "bad (400)");
  CHECK(openai::failure_message(R"({"error":"model not found"})") == "model not found");
  CHECK(openai::failure_message(R"({"message":"no such route"})") == "no such route");
  CHECK(openai::failure_message("upstream\r\nconnect error ") == "upstream  connect error");
  for (const auto* empty : {"", "{}", "[]", R"({"error":{}})", R"({"error":null})"}) {
    CHECK(openai::failure_message(empty) == "no reason was given");
  }
}

TEST_CASE("a reason is one bounded line of UTF-8") {
  CHECK(openai::failure_message(std::string(9'000, 'x')).size() == 500);
  CHECK(openai::failure_message("a\xff\x01z") == "a? z");
  // 499 bytes and a character of two: the half that would be left goes.
  CHECK(openai::failure_message(std::string(499, 'x') + "\xC3\xA9") == std::string(499, 'x'));
}

#include "server/gateway/response_head.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using gateway::framing;
using gateway::head_facts;

namespace {

std::string head(const http::response& answer, const head_facts& facts = {}) {
  std::string out;
  gateway::append_head(out, answer, facts);
  return out;
}

http::response text_answer(int status, std::string body) {
  http::response out;
  out.status = status;
  out.content_type = body.empty() ? "" : "text/plain";
  out.body = std::move(body);
  return out;
}

}  // namespace

TEST_CASE("a head says how long the body is and who asked") {
  head_facts facts;
  facts.constant = "Server: mofa\r\n";
  facts.request_id = "r-1";
  CHECK(head(text_answer(200, "ok"), facts) ==
        "HTTP/1.1 200 OK\r\nServer: mofa\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nX-Request-Id: r-1\r\n\r\n");
}

TEST_CASE("an answer without content has no length, an empty one has") {
  CHECK(head(text_answer(204, "")) == "HTTP/1.1 204 No Content\r\n\r\n");
  CHECK(head(text_answer(304, "")) == "HTTP/1.1 304 Not Modified\r\n\r\n");
  CHECK(head(text_answer(200, "")) == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a stream is chunked, or ends with the connection") {
  head_facts facts;
  facts.body = framing::chunked;
  CHECK(head(text_answer(200, ""), facts) == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  facts.body = framing::until_close;
  facts.close = true;
  CHECK(head(text_answer(200, ""), facts) == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_CASE("HTTP/1.0 is told that the connection stays") {
  head_facts facts;
  facts.keep_alive_said = true;
  CHECK(head(text_answer(204, ""), facts) == "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("a header value cannot begin another header") {
  auto answer = text_answer(204, "");
  answer.headers.emplace_back("Location", "/x\r\nSet-Cookie: a=b");
  CHECK(head(answer) == "HTTP/1.1 204 No Content\r\nLocation: /x  Set-Cookie: a=b\r\n\r\n");
}

TEST_CASE("the date is that of RFC 9110") {
  CHECK(gateway::date_line(time_point{milliseconds{784'111'777'999}}) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

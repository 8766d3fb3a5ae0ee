#include "server/gateway/request_reader.hpp"

#include <doctest/doctest.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

using namespace mofa;
using gateway::request_reader;

namespace {

struct outcome {
  http::request request;
  bool done = false;
  std::optional<error> failure;
};

// Feeds the text in pieces of `step` bytes, as a socket may deliver it.
outcome read(std::string_view text, std::size_t step, std::size_t header_bytes = 1024, std::size_t body_bytes = 64) {
  request_reader reader{header_bytes, body_bytes};
  std::string held;
  outcome out;
  while (!text.empty() && !reader.is_done()) {
    held += text.substr(0, step);
    text.remove_prefix(std::min(step, text.size()));
    boost::system::error_code why;
    while (!held.empty() && !reader.is_done() && !why) {
      const auto used = reader.put(boost::asio::buffer(held), why);
      held.erase(0, used);
      if (used == 0) break;
    }
    if (why && why != boost::beast::http::error::need_more) {
      out.failure = reader.explain(why);
      return out;
    }
  }
  out.done = reader.is_done();
  out.request = reader.value();
  return out;
}

errc failure_of(std::string_view text, std::size_t step = 4096) {
  const auto got = read(text, step);
  REQUIRE(got.failure);
  return got.failure->code;
}

}  // namespace

TEST_CASE("a request is the same, however it arrives in pieces") {
  const std::string_view text =
      "POST /a%20b?x=1&y HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nORIGIN: o\r\nx-two:  2 \r\nContent-Length: 5\r\n\r\nhello";
  for (const std::size_t step : {1U, 2U, 3U, 7U, 50U, 4096U}) {
    CAPTURE(step);
    const auto got = read(text, step);
    REQUIRE(got.done);
    CHECK(got.request.method == "POST");
    CHECK(got.request.path == "/a%20b");
    CHECK(got.request.query == "x=1&y");
    CHECK(got.request.headers ==
          http::header_list{{"host", "h"}, {"x-two", "1"}, {"origin", "o"}, {"x-two", "2"}, {"content-length", "5"}});
    CHECK(got.request.body == "hello");
    CHECK(got.request.from_browser);
  }
}

TEST_CASE("a chunked body is put together, and trailers are not headers") {
  const std::string_view text =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nAuthorization: "
      "Bearer x\r\n\r\n";
  for (const std::size_t step : {1U, 5U, 4096U}) {
    CAPTURE(step);
    const auto got = read(text, step);
    REQUIRE(got.done);
    CHECK(got.request.body == "abcde");
    CHECK_FALSE(got.request.header("authorization").has_value());
  }
}

TEST_CASE("a target in absolute form is taken apart, and names the host") {
  const auto got = read("GET http://other:1/p?q HTTP/1.1\r\nHost: h\r\n\r\n", 4096);
  REQUIRE(got.done);
  CHECK(got.request.path == "/p");
  CHECK(got.request.query == "q");
  CHECK(got.request.header("host") == "other:1");
  CHECK(read("GET http://other HTTP/1.1\r\nHost: h\r\n\r\n", 4096).request.path == "/");
}

TEST_CASE("what is not HTTP is a syntax error") {
  CHECK(failure_of("\x16\x03\x01\x02 not http\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("GET / HTTP/2.0\r\nHost: h\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("GET x HTTP/1.1\r\nHost: h\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("CONNECT a:1 HTTP/1.1\r\nHost: h\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n") == errc::invalid_syntax);
}

TEST_CASE("a request has exactly one Host, except an HTTP/1.0 one") {
  CHECK(failure_of("GET / HTTP/1.1\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == errc::invalid_syntax);
  CHECK(read("GET / HTTP/1.0\r\n\r\n", 4096).done);
}

TEST_CASE("a body whose end could be read in two ways is refused") {
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") ==
        errc::invalid_syntax);
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n") ==
        errc::invalid_syntax);
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n") == errc::invalid_syntax);
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") == errc::invalid_syntax);
}

TEST_CASE("a body beyond its limit is refused by its length, and by its chunks") {
  const auto sized = read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65\r\n\r\n", 4096);
  REQUIRE(sized.failure);
  CHECK(sized.failure->code == errc::payload_too_large);
  CHECK(sized.failure->detail == "the body is larger than 64 bytes (limits.body_bytes)");
  CHECK(failure_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n" + std::string(40, 'x') +
                   "\r\n28\r\n") == errc::payload_too_large);
  CHECK(read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 64\r\n\r\n" + std::string(64, 'x'), 4096).done);
}

TEST_CASE("a header beyond its limit is refused, at once or in drops") {
  const auto line = "X: " + std::string(2000, 'x') + "\r\n";
  CHECK(failure_of("GET / HTTP/1.1\r\nHost: h\r\n" + line + "\r\n") == errc::header_too_large);
  CHECK(failure_of("GET /" + std::string(2000, 'x') + " HTTP/1.1\r\n") == errc::header_too_large);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100; ++i) many += "X-Number: 0123456789\r\n";
  for (const std::size_t step : {1U, 22U, 4096U}) {
    CAPTURE(step);
    CHECK(failure_of(many, step) == errc::header_too_large);
  }
}

TEST_CASE("Expect: 100-continue is noticed") {
  request_reader reader{1024, 64};
  const std::string text = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n";
  boost::system::error_code why;
  reader.put(boost::asio::buffer(text), why);
  CHECK(reader.is_header_done());
  CHECK_FALSE(reader.is_done());
  CHECK(reader.expects_continue());
  CHECK(reader.at_most_left(5));
  CHECK_FALSE(reader.at_most_left(4));
}

#include "protocols/sse/decoder.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

using events = std::vector<std::pair<std::string, std::string>>;

void take(events& into, sse::decoder& from, std::string_view bytes) {
  std::vector<sse::received_event> got;
  REQUIRE(from.feed(bytes, got));
  for (auto& each : got) into.emplace_back(std::move(each.type), std::move(each.data));
}

events decoded(std::string_view text) {
  events whole;
  sse::decoder once;
  take(whole, once, text);
  // The same bytes, cut in two at every place, and each byte by itself.
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    events parts;
    sse::decoder twice;
    take(parts, twice, text.substr(0, cut));
    take(parts, twice, text.substr(cut));
    CHECK(parts == whole);
  }
  events single;
  sse::decoder slow;
  for (std::size_t i = 0; i < text.size(); ++i) take(single, slow, text.substr(i, 1));
  CHECK(single == whole);
  return whole;
}

}  // namespace

TEST_CASE("events are dispatched at their empty line, wherever the bytes are cut") {
  CHECK(decoded("data: a\n\ndata: b\n\n") == events{{"message", "a"}, {"message", "b"}});
  CHECK(decoded("event: ping\ndata: {}\n\n") == events{{"ping", "{}"}});
}

TEST_CASE("lines end in LF, CR or CRLF") {
  CHECK(decoded("data: a\r\n\r\ndata: b\r\rdata: c\n\n") == events{{"message", "a"}, {"message", "b"}, {"message", "c"}});
  CHECK(decoded("event: x\r\ndata: a\r\ndata: b\r\n\r\n") == events{{"x", "a\nb"}});
}

TEST_CASE("comments, unknown fields, ids and events without data are skipped") {
  CHECK(decoded(": hi\n\nid: 7\nretry: 5\nfoo: x\ndata: a\n: in the middle\n\nevent: lost\n\ndata: b\n\n") ==
        events{{"message", "a"}, {"message", "b"}});
}

TEST_CASE("one space after the colon is not part of the value, and the colon may be missing") {
  CHECK(decoded("data:a\ndata:  b\ndata\n\n") == events{{"message", "a\n b\n"}});
  CHECK(decoded("data: a:b\n\n") == events{{"message", "a:b"}});
}

TEST_CASE("an event that the end cuts off is not dispatched") {
  CHECK(decoded("data: a\n\ndata: b\n") == events{{"message", "a"}});
  CHECK(decoded("data: a") == events{});
}

TEST_CASE("a byte order mark is skipped at the begin only") {
  CHECK(decoded("\xEF\xBB\xBF"
                "data: a\n\n"
                "\xEF\xBB\xBF"
                "data: b\n\n") == events{{"message", "a"}});
}

TEST_CASE("an event beyond the bound is refused, in one line or in many; those before it are there") {
  std::vector<sse::received_event> got;
  sse::decoder small{16};
  REQUIRE(small.feed("data: 0123456789\n\n", got));
  CHECK(small.feed("data: b\n\ndata: 0123456789a", got).error().code == errc::payload_too_large);
  REQUIRE(got.size() == 2);
  CHECK(got[1].data == "b");
  sse::decoder lines{16};
  CHECK(lines.feed("data: 01234\ndata: 567890\n\n", got).error().code == errc::payload_too_large);
}

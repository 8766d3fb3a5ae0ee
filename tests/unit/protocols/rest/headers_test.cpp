#include "protocols/rest/headers.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

http::request with(http::header_list headers) {
  http::request out;
  out.headers = std::move(headers);
  return out;
}

std::optional<std::int64_t> wait(std::string value) {
  const auto found = rest::preferred_wait(with({{"prefer", std::move(value)}}));
  return found ? std::optional{found->count()} : std::nullopt;
}

/// 1: a stream, 0: JSON, -1: neither.
int choice(std::string value) {
  const auto found = rest::wants_stream(with({{"accept", std::move(value)}}));
  return found ? static_cast<int>(*found) : -1;
}

}  // namespace

TEST_CASE("the preference to wait is found among others, as RFC 7240 writes it") {
  CHECK(wait("wait=10") == 10);
  CHECK(wait("WAIT = \"10\"; x=y") == 10);
  CHECK(wait("respond-async, wait=10, wait=20") == 10);
  CHECK(wait("wait=0") == 0);
  CHECK(wait("wait=61") == 60);
  CHECK(wait("wait=18446744073709551615") == 60);
  CHECK_FALSE(rest::preferred_wait(with({})));
  CHECK(rest::preferred_wait(with({{"prefer", "return=minimal"}, {"prefer", "wait=3"}}))->count() == 3);
}

TEST_CASE("a preference to wait that is not well-formed is ignored") {
  for (const auto* value :
       {"wait", "wait=", "wait=-1", "wait=1.5", "wait=ten", "await=1", "", ",,;;", "wait=18446744073709551616"})
    CHECK_FALSE(wait(value));
}

TEST_CASE("Accept chooses between JSON and a stream") {
  CHECK_FALSE(*rest::wants_stream(with({})));
  CHECK(choice("*/*") == 0);
  CHECK(choice("application/json") == 0);
  CHECK(choice("application/*;q=0.1") == 0);
  CHECK(choice("text/event-stream") == 1);
  CHECK(choice("Text/Event-Stream; charset=utf-8") == 1);
  CHECK(choice("application/json, text/event-stream") == 1);
  CHECK(choice("application/json, text/event-stream;q=0.9") == 0);
  CHECK(choice("text/event-stream;q=0.5, */*;q=0.1") == 1);
  CHECK(choice("text/*") == 1);
  CHECK(choice("text/event-stream;q=0, */*") == 0);
  CHECK(choice("text/html, */*;q=0.8") == 0);
}

TEST_CASE("Accept that allows neither is an error") {
  for (const auto* value : {"text/html", "application/json;q=0", "*/*;q=0", "image/*", "application/json;q=x"})
    CHECK(choice(value) == -1);
}

TEST_CASE("the last event's number is a number or an error") {
  CHECK_FALSE(*rest::last_event_id(with({})));
  CHECK(**rest::last_event_id(with({{"last-event-id", "42"}})) == 42);
  CHECK(**rest::last_event_id(with({{"last-event-id", "9223372036854775807"}})) == 9223372036854775807);
  for (const auto* value : {"", "-1", "1x", " 1", "9223372036854775808", "18446744073709551615", "18446744073709551616"})
    CHECK(rest::last_event_id(with({{"last-event-id", value}})).error().code == errc::invalid);
}

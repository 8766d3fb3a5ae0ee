#include "protocols/sse/encoder.hpp"

#include <doctest/doctest.h>

using namespace mofa;

namespace {

core::event sample() {
  core::event out;
  out.task = *task_id::parse("0190163d-8694-739b-aea5-966c26f8ad91");
  out.seq = 12;
  out.kind = "replied";
  out.at = time_point{milliseconds{1'700'000'000'123}};
  out.data = R"({"message":{"text":"hi"}})";
  return out;
}

}  // namespace

TEST_CASE("a durable event is its number, its kind and the bytes of its JSON text") {
  std::string out;
  sse::append_event(out, sample());
  CHECK(out == "id: 12\nevent: replied\ndata: " + core::to_json_text(sample()) + "\n\n");
}

TEST_CASE("events are appended one after the other") {
  std::string out;
  auto next = sample();
  sse::append_event(out, next);
  const auto first = out.size();
  next.seq = 13;
  sse::append_event(out, next);
  CHECK(out.substr(first, 7) == "id: 13\n");
}

TEST_CASE("a live frame has no id") {
  std::string out;
  sse::append_frame(out, {"delta", R"({"text":"a"})"});
  CHECK(out == "event: delta\ndata: {\"text\":\"a\"}\n\n");
}

TEST_CASE("data with line breaks stays in its own frame") {
  std::string out;
  sse::append_frame(out, {"progress", "a\nid: 9\r\nb\rc"});
  CHECK(out == "event: progress\ndata: a\ndata: id: 9\ndata: b\ndata: c\n\n");
}

TEST_CASE("a comment is one line") {
  std::string out;
  sse::append_comment(out, "bye\nid: 9");
  CHECK(out == ": bye id: 9\n\n");
}

#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

std::string lines_of(const std::vector<stream_event>& events) {
  std::string out;
  for (const auto& one : events) out += one.text + "\n";
  return out;
}

TEST_CASE_FIXTURE(with_server, "a stream that is resumed after any number gives the same bytes as the first one") {
  event_stream first{server.port(), "POST", "/api/v1/agents/short_haul/tasks", message_body("go")};
  const auto whole = first.rest();
  REQUIRE(first.complete());
  const auto events_path = first.answer().header("location") + "/events";
  for (std::size_t after = 0; after < whole.size(); ++after) {
    const std::vector<stream_event> expected(whole.begin() + static_cast<std::ptrdiff_t>(after), whole.end());
    event_stream by_query{server.port(), "GET", events_path + "?after=" + std::to_string(after)};
    CHECK(lines_of(by_query.rest()) == lines_of(expected));
    CHECK(by_query.complete());
    event_stream by_header{server.port(), "GET", events_path, "", {{"Last-Event-ID", std::to_string(after)}}};
    CHECK(lines_of(by_header.rest()) == lines_of(expected));
  }
}

TEST_CASE_FIXTURE(with_server, "a resume at the end or after it gets 204") {
  const auto task = with.ask("echo", "done");
  const auto path = "/api/v1/tasks/" + id_of(task) + "/events?after=";
  const auto last = task.at("last_event").get<int>();
  CHECK(event_stream{server.port(), "GET", path + std::to_string(last)}.status() == 204);
  CHECK(event_stream{server.port(), "GET", path + std::to_string(last + 5)}.status() == 204);
  CHECK(event_stream{server.port(), "GET", path + std::to_string(last - 1)}.status() == 200);
}

TEST_CASE_FIXTURE(with_server, "the JSON pages of events hold the same bytes as the stream, and their cursors go on") {
  const auto task = with.ask("phoenix", "rise");
  const auto events = with.events(id_of(task));
  const auto path = "/api/v1/tasks/" + id_of(task) + "/events";
  std::string items;
  for (const auto& one : events) items += (items.empty() ? "" : ",") + one.data;
  CHECK(with.get(path).body == "{\"items\":[" + items + "],\"next_cursor\":null}");

  std::vector<std::string> paged;
  std::string cursor;
  do {
    const auto page = with.read(path + "?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& one : page.at("items")) paged.push_back(one.at("kind"));
    cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
  } while (!cursor.empty());
  std::vector<std::string> streamed;
  for (const auto& one : events) streamed.push_back(one.event);
  CHECK(paged == streamed);
}

TEST_CASE_FIXTURE(with_server, "two streams that join at different times see the same events") {
  event_stream early{server.port(), "POST", "/api/v1/agents/short_haul/tasks", message_body("go")};
  REQUIRE(early.next());
  REQUIRE(early.next());
  event_stream late{server.port(), "GET", early.answer().header("location") + "/events"};
  const auto seen_late = late.rest();
  const auto seen_early = early.rest();
  REQUIRE(seen_late.size() == seen_early.size() + 2);
  CHECK(lines_of({seen_late.begin() + 2, seen_late.end()}) == lines_of(seen_early));
}

TEST_CASE_FIXTURE(with_server, "a client that leaves its stream does not cancel the task") {
  std::string path;
  {
    event_stream stream{server.port(), "POST", "/api/v1/agents/short_haul/tasks", message_body("go")};
    REQUIRE(stream.next());
    path = stream.answer().header("location");
  }
  CHECK(state_of(with.ended(path.substr(path.rfind('/') + 1))) == "completed");
}

TEST_CASE_FIXTURE(with_server, "a stream of a task that waits for a person stays open and goes on with the answer") {
  event_stream stream{server.port(), "POST", "/api/v1/agents/weather/tasks", message_body("weather in Rome")};
  bool asked = false;
  while (!asked) {
    const auto one = stream.next();
    REQUIRE(one);
    asked = one->event == "status_changed" && json::parse(one->data).at("data").at("state") == "input_required";
  }
  const auto path = stream.answer().header("location");
  with.tell(path.substr(path.rfind('/') + 1), "Sunday");
  const auto rest = stream.rest();
  CHECK(stream.complete());
  REQUIRE(!rest.empty());
  CHECK(json::parse(rest.back().data).at("data").at("state") == "completed");
}

TEST_CASE_FIXTURE(with_server, "what a stream cannot give is refused before it begins") {
  CHECK(event_stream{server.port(), "GET", "/api/v1/tasks/0190163d-8694-739b-aea5-966c26f8ad91/events"}.status() == 404);
  CHECK(event_stream{server.port(), "POST", "/api/v1/agents/ecko/tasks", message_body("x")}.status() == 404);
  const auto task = with.ask("echo", "x");
  event_stream odd{server.port(), "GET", "/api/v1/tasks/" + id_of(task) + "/events", "", {{"Last-Event-ID", "three"}}};
  CHECK(odd.status() == 422);
  CHECK(body_of(odd.refusal()).at("errors").at(0).at("path") == "Last-Event-ID");
}

}  // namespace
}  // namespace mofa::test

#include "actors/service/merged_page.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mofa;

namespace {

/// A task that was the n-th one made, with a status of that time.
core::task_row row(int nr, int status_at = 0) {
  uuid_bytes bytes{};
  bytes[15] = static_cast<std::uint8_t>(nr);
  core::task_row out;
  out.id = task_id{bytes};
  out.status.timestamp = time_point{milliseconds{status_at}};
  return out;
}

using page = core::page<core::task_row>;

/// "3 2 1": which tasks, in order.
std::string numbers(const page& of) {
  std::string out;
  for (const auto& each : of.items) out += (out.empty() ? "" : " ") + std::to_string(each.id.bytes()[15]);
  return out;
}

core::task_filter by_status() {
  core::task_filter out;
  out.by_status = true;
  out.counted = true;
  return out;
}

}  // namespace

TEST_CASE("two pages are one, the newest task first, and not counted") {
  const auto out = service::merged({{row(5), row(2)}, ""}, {{row(4), row(1)}, ""}, {}, 4);
  CHECK(numbers(out) == "5 4 2 1");
  CHECK(out.next_cursor.empty());
  CHECK(out.total == -1);
}

TEST_CASE("what does not fit is on the next page, behind the last one shown") {
  const auto out = service::merged({{row(5), row(2)}, ""}, {{row(4), row(1)}, ""}, {}, 3);
  CHECK(numbers(out) == "5 4 2");
  CHECK(out.next_cursor == core::id_cursor(core::cursor_of::tasks, row(2).id));
}

TEST_CASE("a next page of either is one of both") {
  for (const bool of_store : {true, false}) {
    const page full{{row(5), row(2)}, "more"}, none;
    const auto out = of_store ? service::merged(full, none, {}, 2) : service::merged(none, full, {}, 2);
    CHECK(numbers(out) == "5 2");
    CHECK(out.next_cursor == core::id_cursor(core::cursor_of::tasks, row(2).id));
  }
  CHECK(service::merged({}, {}, {}, 2).next_cursor.empty());
}

TEST_CASE("by status: the newest status first, ties by id, and all of both are counted") {
  const page stored{{row(1, 30), row(2, 20)}, "more", 5}, memory{{row(3, 20), row(9, 10)}, "", 2};
  const auto out = service::merged(stored, memory, by_status(), 2);
  CHECK(numbers(out) == "1 3");
  CHECK(out.total == 7);
  CHECK(out.next_cursor == core::status_cursor({time_point{milliseconds{20}}, row(3).id}));
  CHECK(numbers(service::merged(stored, memory, by_status(), 4)) == "1 3 2 9");
  auto not_counted = by_status();
  not_counted.counted = false;
  CHECK(service::merged({{row(1, 30)}, "", -1}, {{row(3, 20)}, "", -1}, not_counted, 2).total == -1);
}

TEST_CASE("by status, nothing in memory") {
  const auto out = service::merged({{row(1, 30)}, "", 1}, {{}, "", 0}, by_status(), 2);
  CHECK(numbers(out) == "1");
  CHECK(out.total == 1);
}

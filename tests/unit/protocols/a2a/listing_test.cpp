#include <doctest/doctest.h>

#include "protocols/core/cursor.hpp"
#include "tests/unit/protocols/a2a/binding_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using core::task_state;

namespace {

/// Many tasks, each with so many bytes to say, in pages as the store gives them.
struct tasks_list {
  tasks_list(std::size_t count, std::size_t bytes) {
    auto one = *ended_task();
    one.row.status.message->parts.front().text = std::string(bytes, 'x');
    for (std::size_t i = 0; i < count; ++i) {
      one.row.id = make_uuid7_like(i);
      one.row.status.timestamp -= milliseconds{1};
      tasks.push_back(one);
    }
    at.tasks.pages = [this](const core::page_request& want) { return page(want); };
    at.tasks.found = [this](task_id which) -> result<core::task_ptr> {
      if (failure) return *failure;
      for (const auto& each : tasks)
        if (each.row.id == which) return std::make_shared<const core::task>(each);
      return fail(errc::not_found, "no task");
    };
  }

  static task_id make_uuid7_like(std::size_t number) {
    auto text = some_id;
    const auto digits = std::to_string(number);
    text.replace(text.size() - digits.size(), digits.size(), digits);
    return *task_id::parse(text);
  }
  core::page<core::task_row> page(const core::page_request& want) {
    asked.push_back(want.limit);
    counted += at.tasks.filter->counted ? 1 : 0;
    core::page<core::task_row> out;
    if (at.tasks.filter->counted) out.total = static_cast<std::int64_t>(tasks.size());
    auto next = std::size_t{0};
    for (std::size_t i = 0; i < tasks.size(); ++i)
      if (cursor_behind(i) == want.cursor) next = i + 1;
    while (next < tasks.size() && out.items.size() < static_cast<std::size_t>(want.limit))
      out.items.push_back(tasks[next++].row);
    if (next < tasks.size()) out.next_cursor = cursor_behind(next - 1);
    return out;
  }
  std::string cursor_behind(std::size_t i) const {
    return core::status_cursor({tasks[i].row.status.timestamp, tasks[i].row.id});
  }
  json list(json params) { return at.rpc("ListTasks", params)["result"]; }
  /// All pages, one after the other: the ids in the order in which they come. Each page must have a task.
  std::vector<std::string> ids(json params, std::size_t& pages) {
    std::vector<std::string> out;
    pages = 0;
    do {
      const auto got = list(params);
      REQUIRE_FALSE(got["tasks"].empty());
      CHECK(got["totalSize"] == tasks.size());
      for (const auto& each : got["tasks"]) out.push_back(each["id"]);
      params["pageToken"] = got["nextPageToken"];
      ++pages;
    } while (params["pageToken"] != "");
    return out;
  }
  std::vector<std::string> all_ids() const {
    std::vector<std::string> out;
    for (const auto& each : tasks) out.push_back(each.row.id.str());
    return out;
  }

  harness at;
  std::vector<core::task> tasks;
  std::vector<int> asked;  ///< limits of the pages that were read
  int counted = 0;         ///< how often the tasks were to be counted
  std::optional<error> failure;
};

}  // namespace

TEST_CASE("a page of tasks is read a few rows at a time, and all tasks are counted once for it") {
  tasks_list of{64, 10};
  const auto got = of.list({{"pageSize", 25}});
  CHECK(of.asked == std::vector<int>{3, 10, 10, 2});
  CHECK(of.counted == 1);
  CHECK(got["tasks"].size() == 25);
  CHECK(got["pageSize"] == 25);
  CHECK(got["totalSize"] == 64);
  CHECK(got["nextPageToken"] == of.cursor_behind(24));
  std::size_t pages = 0;
  CHECK(of.ids({{"pageSize", 25}}, pages) == of.all_ids());
  CHECK(pages == 3);
  CHECK(of.ids({{"pageSize", 25}, {"includeArtifacts", true}}, pages) == of.all_ids());
  CHECK(pages == 3);
}

TEST_CASE("a page of tasks that is long enough ends early, and the next one goes on behind it") {
  constexpr std::size_t mib = 1024 * 1024;
  tasks_list of{9, 3 * mib};
  const auto rows = of.list(json::object());
  CHECK(rows["tasks"].size() == 3);
  CHECK(rows["pageSize"] == 50);
  CHECK(rows["nextPageToken"] == of.cursor_behind(2));
  std::size_t pages = 0;
  CHECK(of.ids(json::object(), pages) == of.all_ids());
  CHECK(pages == 3);

  // With artifacts and history they are read one by one, and no further than they are shown.
  of.at.tasks.asked.clear();
  const auto whole = of.list({{"includeArtifacts", true}, {"historyLength", 1}});
  CHECK(whole["tasks"].size() == 3);
  CHECK(whole["tasks"][0]["artifacts"].size() == 1);
  CHECK(whole["nextPageToken"] == of.cursor_behind(2));
  CHECK(of.at.tasks.asked.size() == 4);
  CHECK(of.ids({{"includeArtifacts", true}}, pages) == of.all_ids());

  tasks_list huge{2, 9 * mib};
  CHECK(huge.ids(json::object(), pages) == huge.all_ids());
  CHECK(pages == 2);
}

TEST_CASE("a task that has been deleted meanwhile is shown as it was in the list; any other failure fails the call") {
  tasks_list of{2, 10};
  of.failure = fail(errc::not_found, "no task");
  const auto got = of.list({{"includeArtifacts", true}});
  REQUIRE(got["tasks"].size() == 2);
  CHECK(got["tasks"][1]["status"]["message"]["parts"][0]["text"] == "xxxxxxxxxx");
  CHECK(got["tasks"][1]["artifacts"].empty());
  for (const auto code : {errc::unavailable, errc::corrupt}) {
    of.failure = fail(code, "storage");
    const auto answer = of.at.post(R"({"jsonrpc":"2.0","id":1,"method":"ListTasks","params":{"includeArtifacts":true}})");
    CHECK_FALSE(json::parse(answer.body).contains("result"));
    CHECK(json::parse(answer.body)["error"]["code"] == (code == errc::unavailable ? -32000 : -32603));
  }
}

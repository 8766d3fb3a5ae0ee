// ListTasks: filters, order, paging, and what each task shows.
#include "tests/e2e/a2a/world.hpp"

#include <algorithm>

namespace mofa::test::a2a {
namespace {

std::vector<std::string> ids_of(const json& page) {
  std::vector<std::string> out;
  for (const auto& each : page.at("tasks")) out.push_back(each.at("id"));
  return out;
}

// Tasks of one context: three that completed, one that waits, one that failed; oldest first.
std::vector<std::string> fill(client& one, const std::string& context) {
  std::vector<std::string> out;
  for (const std::string text : {"chunks", "hello", "ask", "fail", "hello"}) {
    auto message = say(text);
    message["contextId"] = context;
    out.push_back(one.task(message).at("id"));
  }
  return out;
}

// Statuses have milliseconds, and those of the same one go by the ids of their tasks: what has its status from now on has a
// later one than that task.
void outlast(client& one, const json& task) {
  const auto at = task.at("status").at("timestamp").get<std::string>();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline)
    if (one.settle("hello").at("status").at("timestamp").get<std::string>() > at) return;
  FAIL("no status is later than " << at);
}

std::string context_of(const client& one, const std::string& name) { return "list-" + name + "-" + name_of(one.how()); }

TEST_CASE_FIXTURE(with_a2a, "tasks are listed with the newest status first, all of the caller's and of this agent only") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "order");
    auto made = fill(one, context);
    auto other = say("hello");
    other["contextId"] = context;
    const auto foreign = speak("a2a_recluse", one.how()).task(other).at("id").get<std::string>();
    const auto got = one.list({{"contextId", context}});
    REQUIRE_MESSAGE(got.ok(), got.text());
    std::reverse(made.begin(), made.end());
    CHECK(ids_of(got.result) == made);
    CHECK(got.result.at("totalSize") == 5);
    CHECK(got.result.at("nextPageToken") == "");
    std::string last = "9";
    for (const auto& each : got.result.at("tasks")) {
      const auto at = each.at("status").at("timestamp").get<std::string>();
      CHECK(at <= last);
      last = at;
    }
    const auto all = ids_of(one.list({{"pageSize", 100}}).result);
    CHECK(std::find(all.begin(), all.end(), foreign) == all.end());
    CHECK(std::find(all.begin(), all.end(), made.front()) != all.end());
  });
}

TEST_CASE_FIXTURE(with_a2a, "an answer to a question moves its task to the front of the list") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "moves");
    const auto made = fill(one, context);
    const auto before = one.list({{"contextId", context}}).result;
    CHECK(ids_of(before).front() == made.back());
    outlast(one, before.at("tasks").front());
    auto reply = say("the red one");
    reply["taskId"] = made.at(2);
    (void)one.task(reply);
    CHECK(ids_of(one.list({{"contextId", context}}).result) ==
          std::vector{made.at(2), made.at(4), made.at(3), made.at(1), made.at(0)});
  });
}

TEST_CASE_FIXTURE(with_a2a, "tasks are listed by their state, alone and with their context") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "state");
    const auto made = fill(one, context);
    const auto of = [&](const std::string& state) {
      return ids_of(one.list({{"contextId", context}, {"status", state}}).result);
    };
    CHECK(of("TASK_STATE_INPUT_REQUIRED") == std::vector{made.at(2)});
    CHECK(of("TASK_STATE_FAILED") == std::vector{made.at(3)});
    CHECK(of("TASK_STATE_COMPLETED").size() == 3);
    CHECK(of("TASK_STATE_REJECTED").empty());
    const auto failed = one.list({{"status", "TASK_STATE_FAILED"}});
    for (const auto& each : failed.result.at("tasks")) CHECK(state_of(each) == "TASK_STATE_FAILED");
  });
}

TEST_CASE_FIXTURE(with_a2a, "tasks are listed whose status is of that time or later") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "since");
    (void)fill(one, context);
    const auto all = one.list({{"contextId", context}}).result.at("tasks");
    const auto at = all.at(1).at("status").at("timestamp").get<std::string>();
    const auto got = one.list({{"contextId", context}, {"statusTimestampAfter", at}});
    REQUIRE_MESSAGE(got.ok(), got.text());
    const auto expected = std::count_if(all.begin(), all.end(), [&](const json& each) {
      return each.at("status").at("timestamp").get<std::string>() >= at;
    });
    CHECK(got.result.at("tasks").size() == static_cast<std::size_t>(expected));
    CHECK(got.result.at("totalSize") == expected);
    CHECK(one.list({{"contextId", context}, {"statusTimestampAfter", "2999-01-01T00:00:00Z"}}).result.at("tasks").empty());
    CHECK(one.list({{"statusTimestampAfter", "last week"}}).code == -32602);
  });
}

TEST_CASE_FIXTURE(with_a2a,
                  "artifacts are left out of a list unless they are asked for, and then are there even when empty") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "artifacts");
    const auto made = fill(one, context);
    for (const auto& query : {json{{"contextId", context}}, json{{"contextId", context}, {"includeArtifacts", false}}}) {
      const auto got = one.list(query);
      CHECK(got.result.at("tasks").size() == made.size());
      for (const auto& each : got.result.at("tasks")) CHECK_FALSE(each.contains("artifacts"));
    }
    const auto whole = one.list({{"contextId", context}, {"includeArtifacts", true}});
    CHECK(whole.result.at("tasks").size() == made.size());
    for (const auto& each : whole.result.at("tasks")) {
      REQUIRE(each.contains("artifacts"));
      CHECK(each.at("artifacts").size() == (each.at("id") == made.front() ? 1 : 0));
    }
  });
}

TEST_CASE_FIXTURE(with_a2a, "the history in a list is as long as was asked for at most") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "history");
    (void)fill(one, context);
    const auto none = one.list({{"contextId", context}, {"historyLength", 0}});
    for (const auto& each : none.result.at("tasks")) CHECK_FALSE(each.contains("history"));
    const auto last = one.list({{"contextId", context}, {"historyLength", 1}});
    CHECK(last.result.at("tasks").size() == 5);
    for (const auto& each : last.result.at("tasks")) CHECK(each.at("history").size() == 1);
    CHECK(one.list({{"historyLength", -1}}).code == -32602);
  });
}

TEST_CASE_FIXTURE(with_a2a, "pages follow each other without a gap or a repeat, also when tasks come in between") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "pages");
    auto made = fill(one, context);
    std::vector<std::string> seen;
    json query{{"contextId", context}, {"pageSize", 2}};
    for (int pages = 0; pages < 10; ++pages) {
      const auto got = one.list(query);
      REQUIRE_MESSAGE(got.ok(), got.text());
      CHECK(got.result.at("pageSize") == 2);
      REQUIRE(got.result.at("nextPageToken").is_string());
      for (const auto& each : ids_of(got.result)) seen.push_back(each);
      const auto token = got.result.at("nextPageToken").get<std::string>();
      if (token.empty()) break;
      if (pages == 0) {
        auto late = say("hello");
        late["contextId"] = context;
        (void)one.task(late);
      }
      query["pageToken"] = token;
    }
    std::reverse(made.begin(), made.end());
    CHECK(seen == made);
  });
}

TEST_CASE_FIXTURE(with_a2a, "a page has 50 tasks unless it is told otherwise, from 1 to 100") {
  each_v1([&](client& one) {
    const auto context = context_of(one, "many");
    for (int i = 0; i < 51; ++i) {
      auto message = say("hello");
      message["contextId"] = context;
      (void)one.task(message);
    }
    const auto got = one.list({{"contextId", context}});
    REQUIRE_MESSAGE(got.ok(), got.text());
    CHECK(got.result.at("pageSize") == 50);
    CHECK(got.result.at("tasks").size() == 50);
    CHECK(got.result.at("totalSize") == 51);
    CHECK(got.result.at("nextPageToken") != "");
    const auto single = one.list({{"contextId", context}, {"pageSize", 1}});
    CHECK(single.result.at("tasks").size() == 1);
    CHECK(single.result.at("pageSize") == 1);
    const auto all = one.list({{"contextId", context}, {"pageSize", 100}});
    CHECK(all.result.at("tasks").size() == 51);
    CHECK(all.result.at("pageSize") == 100);
    CHECK(all.result.at("nextPageToken") == "");
    for (const int size : {0, -1, 101, 100000}) {
      const auto refused = one.list({{"pageSize", size}});
      CHECK(refused.code == -32602);
      CHECK_MESSAGE(refused.text().find("100") != std::string::npos, refused.text());
    }
  });
}

TEST_CASE_FIXTURE(with_a2a, "0.3 has no list of tasks, and says so") {
  const auto rpc = with.post("/a2a/a2a_player", rpc_body("tasks/list"), rpc_headers(""));
  CHECK(body_of(rpc).at("error").at("code") == -32601);
  const auto rest = player(way::v03_rest).rest("GET", "/tasks");
  CHECK_MESSAGE(rest.code == -32004, rest.text());
}

TEST_CASE_FIXTURE(with_a2a, "a list refuses a token that is not its own and a state that there is not") {
  each_v1([&](client& one) {
    CHECK(one.list({{"pageToken", "not-a-token"}}).code == -32602);
    CHECK(one.list({{"status", "TASK_STATE_RUNNING"}}).code == -32602);
    CHECK(one.list({{"contextId", "no such context"}}).result.at("tasks").empty());
    CHECK(one.list({{"contextId", "no such context"}}).result.at("totalSize") == 0);
    CHECK(one.list({{"contextId", "no such context"}}).result.at("nextPageToken") == "");
  });
}

}  // namespace
}  // namespace mofa::test::a2a

// Push notifications: their configurations, and what a webhook is told of a task.
#include "tests/e2e/a2a/webhook.hpp"
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string hook = "https://example.org/hook";

TEST_CASE_FIXTURE(with_a2a, "a push configuration is made, read, listed and removed") {
  each([&](client& one) {
    const std::string task = one.settle("ask").at("id");
    const auto made = one.push_set(task, {{"id", "first"}, {"url", hook}, {"token", "t-1"}});
    REQUIRE_MESSAGE(made.ok(), made.text());
    CHECK(made.result.at("id") == "first");
    CHECK(made.result.at("taskId") == task);
    CHECK(made.result.at("url") == hook);
    REQUIRE(one.push_set(task, {{"id", "second"}, {"url", hook + "/2"}}).ok());
    const auto got = one.push_get(task, "second");
    REQUIRE_MESSAGE(got.ok(), got.text());
    CHECK(got.result.at("url") == hook + "/2");
    const auto listed = one.push_list(task);
    REQUIRE_MESSAGE(listed.ok(), listed.text());
    CHECK(listed.result.at("configs").size() == 2);
    const auto gone = one.push_delete(task, "first");
    CHECK_MESSAGE(gone.ok(), gone.text());
    CHECK(one.push_get(task, "first").code == -32001);
    CHECK(one.push_list(task).result.at("configs").size() == 1);
    CHECK(one.cancel(task).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a push configuration without an id gets one, and one with a known id takes its place") {
  each([&](client& one) {
    const std::string task = one.settle("ask").at("id");
    if (one.how() != way::v03_rest) {
      const auto made = one.push_set(task, {{"url", hook}});
      REQUIRE_MESSAGE(made.ok(), made.text());
      CHECK(!made.result.at("id").get<std::string>().empty());
      CHECK(one.push_get(task, made.result.at("id")).ok());
    }
    REQUIRE(one.push_set(task, {{"id", "same"}, {"url", hook}}).ok());
    REQUIRE(one.push_set(task, {{"id", "same"}, {"url", hook + "/new"}}).ok());
    CHECK(one.push_get(task, "same").result.at("url") == hook + "/new");
    CHECK(one.cancel(task).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a, "the removal of a push configuration may be repeated") {
  each([&](client& one) {
    const std::string task = one.settle("ask").at("id");
    REQUIRE(one.push_set(task, {{"id", "a"}, {"url", hook}}).ok());
    CHECK(one.push_delete(task, "a").ok());
    CHECK(one.push_delete(task, "a").ok());
    CHECK(one.cancel(task).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a,
                  "a push configuration may be made for a task that has ended, and in the send that makes the task") {
  each([&](client& one) {
    const std::string ended = one.settle("hello").at("id");
    CHECK(one.push_set(ended, {{"id", "a"}, {"url", hook}}).ok());
    const auto task = one.task(say("ask"), {{"taskPushNotificationConfig", {{"id", "sent"}, {"url", hook}}}});
    const auto got = one.push_get(task.at("id"), "sent");
    CHECK_MESSAGE(got.ok(), got.text());
    CHECK(one.cancel(task.at("id")).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a push configuration without a URL, or with one that cannot be called, is refused") {
  each([&](client& one) {
    const std::string task = one.settle("hello").at("id");
    for (const auto& config : {json{{"id", "a"}}, json{{"id", "a"}, {"url", ""}}, json{{"id", "a"}, {"url", "hook"}},
                               json{{"id", "a"}, {"url", "ftp://example.org/"}}, json{{"id", "a"}, {"url", 7}}}) {
      const auto got = one.push_set(task, config);
      CHECK_MESSAGE(got.code == -32602, config.dump(), " ", got.text());
    }
    const auto sent = one.send(say("hello"), {{"taskPushNotificationConfig", {{"url", "nowhere"}}}});
    CHECK_MESSAGE(sent.code == -32602, sent.text());
  });
}

TEST_CASE_FIXTURE(with_a2a, "the credentials of a push configuration are shown to nobody again, nor logged") {
  each([&](client& one) {
    const auto secret = "secret-of-" + std::string{is_rest(one.how()) ? "rest" : "rpc"} + (is_v1(one.how()) ? "-1" : "-0");
    const std::string task = one.settle("ask").at("id");
    const json config{{"id", "a"}, {"url", hook}, {"authentication", {{"scheme", "Bearer"}, {"credentials", secret}}}};
    REQUIRE(one.push_set(task, config).ok());
    const auto got = one.push_get(task, "a"), listed = one.push_list(task);
    CHECK(got.result.at("authentication").at("scheme") == "Bearer");
    CHECK(got.http.body.find(secret) == std::string::npos);
    CHECK(listed.http.body.find(secret) == std::string::npos);
    CHECK(one.cancel(task).ok());
    CHECK(with.get("/metrics").body.find(secret) == std::string::npos);
    CHECK(server.errors().find(secret) == std::string::npos);
  });
}

TEST_CASE_FIXTURE(with_a2a, "the list of push configurations comes in pages") {
  each_v1([&](client& one) {
    const std::string task = one.settle("ask").at("id");
    for (const std::string id : {"a", "b", "c"}) REQUIRE(one.push_set(task, {{"id", id}, {"url", hook}}).ok());
    std::vector<std::string> seen;
    std::string token;
    do {
      const auto query = "?pageSize=2" + (token.empty() ? "" : "&pageToken=" + token);
      const json params = token.empty() ? json{{"taskId", task}, {"pageSize", 2}}
                                        : json{{"taskId", task}, {"pageSize", 2}, {"pageToken", token}};
      const auto page = is_rest(one.how()) ? one.rest("GET", "/tasks/" + task + "/pushNotificationConfigs" + query)
                                           : one.call("ListTaskPushNotificationConfigs", params);
      REQUIRE_MESSAGE(page.ok(), page.text());
      CHECK(page.result.at("configs").size() <= 2);
      for (const auto& each : page.result.at("configs")) seen.push_back(each.at("id"));
      token = page.result.value("nextPageToken", "");
    } while (!token.empty() && seen.size() < 10);
    CHECK(seen == std::vector<std::string>{"a", "b", "c"});
    CHECK(one.cancel(task).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a webhook of 1.0 is told each change in order, and the whole task at its end") {
  for (const auto how : v1_ways) {
    CAPTURE(name_of(how));
    webhook listener;
    auto one = player(how);
    const json config{
        {"url", listener.url()}, {"token", "t-77"}, {"authentication", {{"scheme", "Bearer"}, {"credentials", "c-77"}}}};
    const auto task = one.task(say("chunks"), {{"taskPushNotificationConfig", config}});
    const auto told = listener.until(
        [](const std::vector<mock_request>& all) { return !all.empty() && json::parse(all.back().body).contains("task"); });
    std::vector<std::string> names;
    for (const auto& each : told) {
      CHECK(each.method == "POST");
      CHECK(each.header("content-type").starts_with("application/a2a+json"));
      CHECK(each.header("authorization") == "Bearer c-77");
      CHECK(each.header("x-a2a-notification-token") == "t-77");
      const auto body = read_item(way::v1_rest, json::parse(each.body));
      names.push_back(body.begin().key());
    }
    CHECK(names == std::vector<std::string>{"statusUpdate", "artifactUpdate", "artifactUpdate", "artifactUpdate", "task"});
    const auto last = json::parse(told.back().body).at("task");
    CHECK(last.at("id") == task.at("id"));
    CHECK(state_of(last) == "TASK_STATE_COMPLETED");
    CHECK(last.at("artifacts").at(0).at("artifactId") == "report");
  }
}

TEST_CASE_FIXTURE(with_a2a, "a webhook of 0.3 is told the task alone, as application/json") {
  for (const auto how : {way::v03_rpc, way::v03_rest}) {
    CAPTURE(name_of(how));
    webhook listener;
    auto one = player(how);
    const json config{
        {"url", listener.url()}, {"token", "t-3"}, {"authentication", {{"scheme", "Bearer"}, {"credentials", "c-3"}}}};
    const auto task = one.task(say("chunks"), {{"taskPushNotificationConfig", config}});
    const auto told = listener.until([](const std::vector<mock_request>& all) {
      return !all.empty() && json::parse(all.back().body).at("status").at("state") == "completed";
    });
    for (const auto& each : told) {
      CHECK(each.header("content-type").starts_with("application/json"));
      CHECK(each.header("authorization") == "Bearer c-3");
      CHECK(each.header("x-a2a-notification-token") == "t-3");
      CHECK(read_task(way::v03_rpc, json::parse(each.body)).at("id") == task.at("id"));
    }
  }
}

TEST_CASE_FIXTURE(with_a2a,
                  "a webhook is told in the words of the version that registered it, whoever asks the task meanwhile") {
  webhook old_one, new_one;
  const std::string task = player().settle("ask").at("id");
  REQUIRE(player(way::v03_rpc).push_set(task, {{"id", "old"}, {"url", old_one.url()}}).ok());
  REQUIRE(player(way::v1_rpc).push_set(task, {{"id", "new"}, {"url", new_one.url()}}).ok());
  auto reply = say("the red one");
  reply["taskId"] = task;
  CHECK(status_text(player(way::v1_rest).task(reply)) == "the red one");
  const auto any = [](const std::vector<mock_request>& all) {
    return !all.empty() && all.back().body.find("the red one") != std::string::npos;
  };
  CHECK(json::parse(old_one.until(any).back().body).at("kind") == "task");
  CHECK(json::parse(new_one.until(any).back().body).contains("task"));
}

TEST_CASE_FIXTURE(with_a2a, "a task that answers with a message tells its webhook that message") {
  webhook listener;
  auto one = player();
  REQUIRE(one.send(say("reply"), {{"taskPushNotificationConfig", {{"url", listener.url()}}}}).ok());
  const auto told = listener.until([](const std::vector<mock_request>& all) { return !all.empty(); });
  const auto body = read_item(way::v1_rpc, json::parse(told.front().body));
  CHECK(body.contains("message"));
}

TEST_CASE_FIXTURE(with_a2a, "a webhook that is removed is told nothing more, and the others are") {
  webhook removed, kept;
  auto one = player();
  const std::string task = one.settle("ask").at("id");
  REQUIRE(one.push_set(task, {{"id", "removed"}, {"url", removed.url()}}).ok());
  REQUIRE(one.push_set(task, {{"id", "kept"}, {"url", kept.url()}}).ok());
  REQUIRE(one.push_delete(task, "removed").ok());
  auto reply = say("the red one");
  reply["taskId"] = task;
  (void)one.task(reply);
  (void)kept.until([](const auto& all) { return !all.empty() && json::parse(all.back().body).contains("task"); });
  CHECK(removed.requests().empty());
}

TEST_CASE_FIXTURE(with_a2a, "deliveries are tried again until they are taken, in order, and leave no trace in the task") {
  webhook listener{{503, 500, 200}};
  auto one = player();
  const auto task = one.task(say("chunks"), {{"taskPushNotificationConfig", {{"url", listener.url()}}}});
  const auto before = with.events(task.at("id")).size();
  const auto told = listener.until(
      [](const std::vector<mock_request>& all) { return !all.empty() && json::parse(all.back().body).contains("task"); });
  REQUIRE(told.size() >= 3);
  CHECK(told[0].body == told[1].body);
  CHECK(told[1].body == told[2].body);
  CHECK(with.events(task.at("id")).size() == before);
}

}  // namespace
}  // namespace mofa::test::a2a

// Push notifications: their configurations, and what a webhook is told of a task.
#include <map>
#include <memory>
#include <set>

#include "tests/e2e/a2a/webhook.hpp"
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

// A name that there never is (RFC 6761): nobody is told.
const std::string hook = "https://hook.invalid/hook";

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
    std::set<std::string> ids;
    for (const auto& each : listed.result.at("configs")) ids.insert(each.at("id"));
    CHECK(listed.result.at("configs").size() == 2);
    CHECK(ids == std::set<std::string>{"first", "second"});
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
    for (int times = 0; times < 2; ++times) {
      const auto got = one.push_delete(task, "a");
      REQUIRE_MESSAGE(got.ok(), got.text());
      if (is_rest(one.how())) {
        CHECK(got.http.status == 204);
        CHECK(got.http.body.empty());
      } else {
        CHECK_MESSAGE(got.result == (is_v1(one.how()) ? json::object() : json(nullptr)), got.text());
      }
    }
    CHECK(one.push_get(task, "a").code == -32001);
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

TEST_CASE_FIXTURE(with_a2a, "a push configuration whose receiver would never be told is refused, and the answer says why") {
  each([&](client& one) {
    const std::string task = one.settle("ask").at("id");
    for (const std::string url :
         {"http://example.org/hook", "https://10.0.0.7/", "https://169.254.169.254/", "https://[fd00::1]/"}) {
      CAPTURE(url);
      const auto got = one.push_set(task, {{"id", "a"}, {"url", url}});
      CHECK_MESSAGE(got.code == -32602, got.text());
      CHECK(got.text().find(url.starts_with("http:") ? "must be https" : "public address") != std::string::npos);
      const auto sent = one.send(say("hello"), {{"taskPushNotificationConfig", {{"url", url}}}});
      CHECK_MESSAGE(sent.code == -32602, sent.text());
    }
    CHECK(one.push_get(task, "a").code == -32001);
    CHECK(one.cancel(task).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a push configuration that comes with a message to a task is made when the message is taken") {
  each([&](client& one) {
    webhook listener;
    const std::string task = one.settle("ask").at("id");
    auto reply = say("the red one");
    reply["taskId"] = task;
    reply["contextId"] = "another";
    const json config{{"taskPushNotificationConfig", {{"id", "late"}, {"url", listener.url()}}}};
    CHECK(one.send(reply, config).code == -32602);
    CHECK(one.push_get(task, "late").code == -32001);
    reply.erase("contextId");
    CHECK(status_text(one.task(reply, config)) == "the red one");
    CHECK(one.push_get(task, "late").ok());
    const auto ended = [](const auto& all) {
      return !all.empty() && all.back().body.find("the red one") != std::string::npos;
    };
    CHECK(listener.until(ended).size() >= 1);
    CHECK(one.send(reply, {{"taskPushNotificationConfig", {{"id", "later"}, {"url", listener.url()}}}}).code == -32004);
    CHECK(one.push_get(task, "later").code == -32001);
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
    for (const std::string odd : {"a", "garbage"}) {
      const auto refused =
          is_rest(one.how())
              ? one.rest("GET", "/tasks/" + task + "/pushNotificationConfigs?pageToken=" + odd)
              : one.call("ListTaskPushNotificationConfigs", {{"taskId", task}, {"pageSize", 2}, {"pageToken", odd}});
      CHECK_MESSAGE(refused.code == -32602, refused.text());
    }
    CHECK(one.cancel(task).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a webhook of 1.0 is told each change in order, and the whole task at its end") {
  // To wait or not is no question of a webhook.
  for (const bool at_once : {false, true}) {
    for (const auto how : v1_ways) {
      CAPTURE(name_of(how));
      webhook listener;
      auto one = player(how);
      const json config{
          {"url", listener.url()}, {"token", "t-77"}, {"authentication", {{"scheme", "Bearer"}, {"credentials", "c-77"}}}};
      const auto task = one.task(say("chunks"), {{"taskPushNotificationConfig", config}, {"returnImmediately", at_once}});
      const auto told = listener.until([](const std::vector<mock_request>& all) {
        return !all.empty() && json::parse(all.back().body).contains("task");
      });
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
}

TEST_CASE_FIXTURE(with_a2a, "a webhook of 0.3 is told the task alone, as application/json") {
  // To wait or not is no question of a webhook.
  for (const bool at_once : {false, true}) {
    for (const auto how : {way::v03_rpc, way::v03_rest}) {
      CAPTURE(name_of(how));
      webhook listener;
      auto one = player(how);
      const json config{
          {"url", listener.url()}, {"token", "t-3"}, {"authentication", {{"scheme", "Bearer"}, {"credentials", "c-3"}}}};
      const auto task = one.task(say("chunks"), {{"taskPushNotificationConfig", config}, {"returnImmediately", at_once}});
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
  each_v1([&](client& one) {
    webhook listener;
    REQUIRE(one.send(say("reply"), {{"taskPushNotificationConfig", {{"url", listener.url()}}}}).ok());
    const auto told = listener.until([](const std::vector<mock_request>& all) { return !all.empty(); });
    const auto body = read_item(way::v1_rpc, json::parse(told.front().body));
    REQUIRE(body.contains("message"));
    CHECK(body.at("message").at("parts").at(0).at("text") == "a direct answer");
  });
}

TEST_CASE_FIXTURE(with_a2a, "a webhook that is removed is told nothing more, and the others are") {
  each([&](client& one) {
    webhook removed, kept;
    const std::string task = one.settle("ask").at("id");
    REQUIRE(one.push_set(task, {{"id", "removed"}, {"url", removed.url()}}).ok());
    REQUIRE(one.push_set(task, {{"id", "kept"}, {"url", kept.url()}}).ok());
    REQUIRE(one.push_delete(task, "removed").ok());
    auto reply = say("the red one");
    reply["taskId"] = task;
    (void)one.task(reply);
    (void)kept.until(
        [](const auto& all) { return !all.empty() && all.back().body.find("the red one") != std::string::npos; });
    CHECK(removed.requests().empty());
  });
}

TEST_CASE_FIXTURE(with_a2a, "deliveries are tried again until they are taken, in order, and leave no trace in the task") {
  struct delivery {
    std::unique_ptr<webhook> listener = std::make_unique<webhook>(std::vector<int>{503, 500, 200});
    std::string task;
    std::size_t events = 0;
  };
  std::map<way, delivery> all;
  each([&](client& one) {
    auto& each = all[one.how()];
    const json config{{"taskPushNotificationConfig", {{"url", each.listener->url()}}}};
    each.task = one.task(say("chunks"), config).at("id");
    each.events = with.events(each.task).size();
  });
  for (auto& [how, each] : all) {
    CAPTURE(name_of(how));
    // At work, three artifacts, and the end; the first of them three times.
    const auto told = each.listener->until([](const auto& requests) { return requests.size() >= 7; });
    const auto state_in = [&, v1 = is_v1(how)](std::size_t i) {
      const auto body = json::parse(told.at(i).body);
      if (!v1) return state_of(read_task(way::v03_rpc, body));
      const auto one = read_item(way::v1_rpc, body);
      return one.begin().value().contains("status") ? state_of(one.begin().value()) : one.begin().key();
    };
    if (is_v1(how)) {
      CHECK(told[0].body == told[1].body);
      CHECK(told[1].body == told[2].body);
      CHECK(state_in(2) == "TASK_STATE_WORKING");
      for (const std::size_t i : {3, 4, 5}) CHECK(state_in(i) == "artifactUpdate");
    }
    CHECK(state_in(6) == "TASK_STATE_COMPLETED");
    CHECK(with.events(each.task).size() == each.events);
    CHECK(each.listener->requests().size() == 7);
  }
}

TEST_CASE_FIXTURE(with_a2a, "a webhook that refuses one event is told the next ones") {
  each_v1([&](client& one) {
    webhook listener{{200, 400}};
    const json config{{"taskPushNotificationConfig", {{"id", "mine"}, {"url", listener.url()}}}};
    const std::string task = one.task(say("chunks"), config).at("id");
    const auto told =
        listener.until([](const auto& all) { return !all.empty() && json::parse(all.back().body).contains("task"); });
    CHECK(told.size() == 5);
    for (std::size_t i = 1; i < told.size(); ++i) CHECK(told[i].body != told[i - 1].body);
    CHECK(one.push_get(task, "mine").ok());
    CHECK(metric(with, "mofa_push_refused_total{reason=\"http_4xx\"}") >= 1);
  });
}

TEST_CASE_FIXTURE(with_a2a, "a push configuration that was given up is not shown until it is registered anew") {
  each([&](client& one) {
    webhook gone{{410}}, there;
    const std::string task = one.settle("ask").at("id");
    REQUIRE(one.push_set(task, {{"id", "kept"}, {"url", there.url()}}).ok());
    REQUIRE(one.push_set(task, {{"id", "mine"}, {"url", gone.url()}}).ok());
    auto reply = say("the red one");
    reply["taskId"] = task;
    (void)one.task(reply);
    CHECK(with.eventually("/a2a/a2a_player/tasks/" + task + "/pushNotificationConfigs/mine",
                          [](const auto& got) { return got.status == 404; }));
    CHECK(one.push_get(task, "mine").code == -32001);
    const auto listed = one.push_list(task);
    REQUIRE_MESSAGE(listed.ok(), listed.text());
    REQUIRE(listed.result.at("configs").size() == 1);
    CHECK(listed.result.at("configs").at(0).at("id") == "kept");
    CHECK(gone.requests().size() == 1);
    webhook back;
    REQUIRE(one.push_set(task, {{"id", "mine"}, {"url", back.url()}}).ok());
    CHECK(one.push_get(task, "mine").ok());
    // What it had not taken.
    (void)back.until(
        [](const auto& all) { return !all.empty() && all.back().body.find("the red one") != std::string::npos; });
  });
}

TEST_CASE("deliveries that crash however often leave the server alone") {
  test_server server{plan_of("a2a: {push: {allow_loopback: true}}\n")};
  REQUIRE_MESSAGE(server.start({{"MOFA_CRASH", "push_attempted:1+"}}), server.errors());
  webhook listener;
  client one{server.port(), "a2a_player", way::v1_rpc};
  REQUIRE(one.send(say("hello"), {{"taskPushNotificationConfig", {{"url", listener.url()}}}}).ok());
  // One more than the root would forgive, and then some.
  const auto told = listener.until([](const auto& all) { return all.size() >= 9; });
  for (const auto& each : told) CHECK(each.body == told.front().body);
  CHECK(one.send(say("hello")).ok());
  conversation with{server.port()};
  const auto root = with.read("/api/v1/supervision");
  const auto& branches = root.at("children");
  const auto delivery =
      std::find_if(branches.begin(), branches.end(), [](const json& each) { return each.at("name") == "delivery"; });
  REQUIRE(delivery != branches.end());
  CHECK(delivery->at("restarts") == 0);
  CHECK(delivery->at("children").at(0).at("restarts") >= 8);
  CHECK(!server.life().wait(milliseconds{0}));
}

}  // namespace
}  // namespace mofa::test::a2a

#include <doctest/doctest.h>

#include <atomic>
#include <barrier>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

constexpr int lanes = 4;

struct tally {
  std::mutex guard;
  std::map<std::string, int> winners;
  std::vector<std::string> broken;

  void won(const std::string& state) {
    const std::lock_guard lock{guard};
    ++winners[state];
  }
  void complain(const std::string& what) {
    const std::lock_guard lock{guard};
    broken.push_back(what);
  }
};

// What the canceling client was told and what the journal and every reader say must be the same.
void judge(conversation& with, const std::string& id, const http_answer& canceling, tally& all) {
  const auto events = with.events(id);
  std::vector<std::string> ends;
  for (const auto& one : events) {
    if (one.event != "status_changed") continue;
    const auto state = json::parse(one.data).at("data").at("state").get<std::string>();
    if (state == "completed" || state == "canceled") ends.push_back(state);
  }
  const auto now = state_of(with.read("/api/v1/tasks/" + id));
  if (ends.size() != 1 || now != ends[0])
    return all.complain(id + " has " + std::to_string(ends.size()) + " ends and is " + now);
  if (events.back().event != "status_changed") all.complain(id + " has events after its end");
  const auto expected = now == "canceled" ? 200 : 409;
  if (canceling.status != expected)
    all.complain(id + " is " + now + ", and the cancel was told " + std::to_string(canceling.status) + " " + canceling.body);
  if (canceling.status == 200 && state_of(body_of(canceling)) != "canceled")
    all.complain(id + ": 200 with " + canceling.body);
  if (canceling.status == 409 && body_of(canceling).at("code") != "task_not_cancelable")
    all.complain(id + ": " + canceling.body);
  all.won(now);
}

void in_lanes(int races, const std::function<void(int)>& run) {
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  for (int lane = 0; lane < lanes; ++lane)
    threads.emplace_back([&] {
      for (int race = next++; race < races; race = next++) run(race);
    });
  for (auto& one : threads) one.join();
}

void report(const tally& all, int races) {
  std::string text;
  int sum = 0;
  for (const auto& [state, times] : all.winners) {
    text += " " + state + "=" + std::to_string(times);
    sum += times;
  }
  MESSAGE(races, " races, won by:", text);
  for (const auto& one : all.broken) FAIL_CHECK(one);
  CHECK(sum == races);
}

TEST_CASE("cancel races the end of a task: one of them wins, in the journal and for both clients") {
  constexpr int races = 600;
  test_server server{{.definitions = {"tests/e2e/agents/trouble"}}};
  REQUIRE(server.start());
  tally all;
  in_lanes(races, [&](int race) {
    try {
      conversation with{server.port()};
      event_stream watching{server.port(), "POST", "/api/v1/agents/racer/tasks", message_body("run")};
      if (watching.status() != 200) return all.complain("submit: " + std::to_string(watching.status()));
      const auto path = watching.answer().header("location");
      const auto id = path.substr(path.rfind('/') + 1);
      // The later events of the task are the later moments of the cancel.
      for (int seen = 0; seen < race % 8; ++seen)
        if (!watching.next()) break;
      const auto canceling = with.post(path + ":cancel");
      judge(with, id, canceling, all);
      std::string last;
      for (const auto& one : watching.rest()) last = one.data;
      if (!watching.complete()) all.complain(id + ": its stream was cut off");
      if (!last.empty() && last != with.events(id).back().data) all.complain(id + ": the stream ended with " + last);
    } catch (const std::exception& wrong) {
      all.complain(wrong.what());
    }
  });
  report(all, races);
  CHECK(all.winners["completed"] > 0);
  CHECK(all.winners["canceled"] > 0);
}

TEST_CASE("cancel races the answer that completes a task: the two clients are never both told that they won") {
  constexpr int races = 400;
  test_server server{{.definitions = {"tests/e2e/agents/trouble"}}};
  REQUIRE(server.start());
  tally all;
  in_lanes(races, [&](int) {
    try {
      conversation with{server.port()};
      const auto id = id_of(with.ask("racer", "ask"));
      std::barrier both{2};
      std::optional<http_answer> answering;
      std::thread other{[&] {
        http_client client{server.port()};
        (void)client.get("/livez");  // opens the connection
        both.arrive_and_wait();
        answering = client.post("/api/v1/tasks/" + id + "/messages", message_body("go"), {});
      }};
      both.arrive_and_wait();
      const auto canceling = with.client().post("/api/v1/tasks/" + id + ":cancel", {});
      other.join();
      if (!canceling || !answering) return all.complain(id + ": no answer");
      judge(with, id, *canceling, all);
      const auto expected = canceling->status == 200 ? 409 : 202;
      if (answering->status != expected)
        all.complain(id + ": the cancel was told " + std::to_string(canceling->status) + ", the answer " +
                     std::to_string(answering->status) + " " + answering->body);
    } catch (const std::exception& wrong) {
      all.complain(wrong.what());
    }
  });
  report(all, races);
  CHECK(all.winners["completed"] > 0);
  CHECK(all.winners["canceled"] > 0);
}

}  // namespace
}  // namespace mofa::test

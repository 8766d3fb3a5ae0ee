// Event numbers as ids of a stream, resuming after one of them, the words of a model while it speaks, and a server that
// dies.
#include "tests/e2e/a2a/world.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "tests/support/mock_http_server.hpp"

namespace mofa::test::a2a {
namespace {

std::vector<std::string> numbered(const std::vector<item>& items) {
  std::vector<std::string> out;
  for (const auto& each : items) out.push_back(each.id + " " + each.name + " " + each.value.dump());
  return out;
}

TEST_CASE_FIXTURE(with_a2a, "events of 1.0 have the numbers of the journal as ids, rising, and 0.3 has none") {
  each([&](client& one) {
    auto stream = one.stream(say("chunks"));
    std::uint64_t last = 0;
    for (const auto& each : stream.rest()) {
      if (!is_v1(one.how())) {
        CHECK(each.id.empty());
        continue;
      }
      REQUIRE_MESSAGE(!each.id.empty(), each.name);
      const auto number = std::stoull(each.id);
      CHECK(number > last);
      last = number;
    }
  });
}

TEST_CASE_FIXTURE(with_a2a, "a subscription after an event's id goes on behind it, without the task as it is") {
  each_v1([&](client& one) {
    auto stream = one.stream(say("steps"));
    const auto all = stream.until("TASK_STATE_WORKING");
    const std::string task = all.front().value.at("id");
    auto again = one.subscribe(task, all.back().id);
    const auto rest = stream.rest(), resumed = again.rest();
    REQUIRE(!resumed.empty());
    CHECK(resumed.front().name != "task");
    CHECK(numbered(resumed) == numbered(rest));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a task that has ended is told to who resumes it, as long as something is left to tell") {
  each_v1([&](client& one) {
    auto stream = one.stream(say("chunks"));
    const auto all = stream.rest();
    REQUIRE(all.size() > 2);
    const std::string task = all.front().value.at("id");
    auto again = one.subscribe(task, all.at(1).id);
    CHECK(numbered(again.rest()) == numbered({all.begin() + 2, all.end()}));
    one.extra = {{"A2A-Extensions", event_ids}, {"Last-Event-ID", all.back().id}};
    CHECK(one.subscribe_refused(task).code == -32004);
  });
}

TEST_CASE_FIXTURE(with_a2a, "without the extension a stream begins with the task whatever Last-Event-ID says") {
  each([&](client& one) {
    const std::string task = one.settle("ask").at("id");
    one.extra = {{"Last-Event-ID", "1"}};
    auto stream = one.subscribe(task);
    const auto first = stream.next();
    REQUIRE(first);
    CHECK(first->name == "task");
    CHECK(first->state() == "TASK_STATE_INPUT_REQUIRED");
    CHECK(one.cancel(task).ok());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a Last-Event-ID that is no number is no reason to lose the stream's beginning") {
  auto one = player();
  const std::string task = one.settle("ask").at("id");
  auto stream = one.subscribe(task, "yesterday");
  const auto first = stream.next();
  REQUIRE(first);
  CHECK(first->name == "task");
  one.cancel(task);
}

// What a follower of an artifact has in the end.
std::string put_together(const std::vector<item>& items, const std::string& id) {
  std::string out;
  for (const auto& each : items) {
    if (each.name != "artifactUpdate" || each.value.at("artifact").at("artifactId") != id) continue;
    out = each.value.value("append", false) ? out + each.text() : each.text();
  }
  return out;
}

TEST_CASE_FIXTURE(with_a2a, "the words of a model come as chunks of an artifact, and the last one says so") {
  each("a2a_thinker", [&](client& one) {
    auto stream = one.stream(say("Think slowly."));
    const auto all = stream.rest();
    std::vector<json> chunks;
    for (const auto& each : all)
      if (each.name == "artifactUpdate") chunks.push_back(each.value);
    REQUIRE(chunks.size() >= 2);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      CHECK(chunks[i].at("artifact").at("artifactId") == "spoken-text");
      CHECK(chunks[i].value("append", false) == (i > 0));
      CHECK(chunks[i].value("lastChunk", false) == (i + 1 == chunks.size()));
    }
    const std::string words = "I have thought about it for half a second.";
    CHECK(put_together(all, "spoken-text") == words);
    CHECK(all.back().state() == "TASK_STATE_COMPLETED");
    const auto task = one.get(all.front().value.at("id")).result;
    const auto& artifacts = task.at("artifacts");
    const auto spoken = std::find_if(artifacts.begin(), artifacts.end(),
                                     [](const json& each) { return each.at("artifactId") == "spoken-text"; });
    REQUIRE(spoken != artifacts.end());
    CHECK(spoken->at("parts").at(0).at("text") == words);
  });
}

// A model that stops in the middle of its words until it is told to go on.
class hesitant_model {
 public:
  server_plan plan() const {
    return {.definitions = {"tests/e2e/agents/a2a"},
            .settings =
                "models:\n  default: [scripted/demo]\n  providers:\n    scripted: {kind: openai, requires_key: false, "
                "base_url: \"" +
                server_.url("/v1") + "\"}\n"};
  }
  /// Once for each call.
  void go_on() {
    {
      const std::lock_guard lock{guard_};
      ++told_;
    }
    news_.notify_all();
  }

 private:
  static std::string words(const std::string& text, const json& finish = nullptr) {
    const json piece{{"choices", {{{"index", 0}, {"delta", {{"content", text}}}, {"finish_reason", finish}}}}};
    return mock_chunk("data: " + piece.dump() + "\n\n");
  }
  void speak(mock_peer& peer) {
    while (peer.read_request()) {
      if (!peer.send(mock_chunked_head(200, "Content-Type: text/event-stream\r\n") + words("Once ") + words("upon ")))
        return;
      {
        std::unique_lock lock{guard_};
        if (!news_.wait_for(lock, mock_peer::patience, [&] { return told_ > 0; })) return;
        --told_;
      }
      if (!peer.send(words("a time.", "stop") + mock_chunk("data: [DONE]\n\n") + mock_chunk(""))) return;
    }
  }

  std::mutex guard_;
  std::condition_variable news_;
  int told_ = 0;
  mock_http_server server_{[this](mock_peer& peer) { speak(peer); }};
};

TEST_CASE("who comes in the middle of a model's words has the whole of them in the end") {
  hesitant_model model;
  test_server server{model.plan()};
  REQUIRE_MESSAGE(server.start(), server.errors());
  const std::string whole = "Once upon a time.";
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    client one{server.port(), "a2a_thinker", how};
    auto stream = one.stream(say("Tell me."));
    std::vector<item> heard;
    while (put_together(heard, "spoken-text") != "Once upon ") {
      auto each = stream.next();
      REQUIRE(each);
      heard.push_back(std::move(*each));
    }
    auto joined = one.subscribe(heard.front().value.at("id"));
    std::vector<item> late;
    late.push_back(joined.next().value());
    CHECK(late.front().name == "task");
    CHECK(late.front().state() == "TASK_STATE_WORKING");
    model.go_on();
    for (auto& each : stream.rest()) heard.push_back(std::move(each));
    for (auto& each : joined.rest()) late.push_back(std::move(each));
    for (const auto* each : {&heard, &late}) {
      std::vector<json> chunks;
      for (const auto& one_of_them : *each)
        if (one_of_them.name == "artifactUpdate") chunks.push_back(one_of_them.value);
      REQUIRE(!chunks.empty());
      CHECK_FALSE(chunks.front().value("append", false));
      for (std::size_t i = 0; i < chunks.size(); ++i) CHECK(chunks[i].value("lastChunk", false) == (i + 1 == chunks.size()));
      CHECK(put_together(*each, "spoken-text") == whole);
    }
    CHECK(heard.back().state() == "TASK_STATE_COMPLETED");
    CHECK(late.back().state() == "TASK_STATE_COMPLETED");
  }
}

// A server of its own: it dies.
struct mortal {
  test_server server{plan_of()};
  mortal() { REQUIRE_MESSAGE(server.start(), server.errors()); }
  void die_and_rise() {
    server.kill();
    const bool again = server.start();
    REQUIRE_MESSAGE(again, server.errors());
  }
};

TEST_CASE("after kill -9 in mid-stream a new subscription has the task as it is and all that follows") {
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    mortal at;
    std::string task, number;
    {
      client one{at.server.port(), "long_haul", how};
      auto stream = one.stream(say("go"));
      while (auto each = stream.next()) {
        if (each->name == "task") task = each->value.at("id");
        number = each->id;
        if (each->name == "artifactUpdate") break;
      }
      REQUIRE(!task.empty());
      at.die_and_rise();
      (void)stream.rest();
      CHECK_FALSE(stream.complete());
    }
    client one{at.server.port(), "long_haul", how};
    auto stream = one.subscribe(task);
    const auto all = stream.rest();
    REQUIRE(!all.empty());
    CHECK(all.front().name == "task");
    CHECK(all.back().state() == "TASK_STATE_COMPLETED");
    CHECK(all.back().text() == "20 of 20 stops, arrived");
    std::size_t stops = 0;
    for (const auto& each : all.front().value.value("artifacts", json::array())) stops += each.at("parts").size();
    for (const auto& each : all)
      if (each.name == "artifactUpdate") stops += each.value.at("artifact").at("parts").size();
    CHECK(stops == 20);
  }
}

TEST_CASE("after kill -9 a stream is resumed behind the last event that was heard: nothing twice, nothing missing") {
  mortal at;
  std::vector<item> heard;
  std::string task;
  {
    client one{at.server.port(), "long_haul", way::v1_rest};
    auto stream = one.stream(say("go"));
    while (heard.size() < 6) {
      auto each = stream.next();
      REQUIRE(each);
      heard.push_back(*each);
    }
    task = heard.front().value.at("id");
    at.die_and_rise();
  }
  client one{at.server.port(), "long_haul", way::v1_rest};
  auto stream = one.subscribe(task, heard.back().id);
  for (auto& each : stream.rest()) heard.push_back(std::move(each));
  std::uint64_t last = 0;
  std::size_t stops = 0;
  for (const auto& each : heard) {
    CHECK(std::stoull(each.id) > last);
    last = std::stoull(each.id);
    stops += each.name == "artifactUpdate" ? 1 : 0;
  }
  CHECK(stops == 20);
  CHECK(heard.back().state() == "TASK_STATE_COMPLETED");
}

TEST_CASE("after kill -9 a task that waits for an answer takes it") {
  mortal at;
  const auto asked = client(at.server.port(), "a2a_player", way::v1_rpc).settle("ask");
  at.die_and_rise();
  auto reply = say("the red one");
  reply["taskId"] = asked.at("id");
  client one{at.server.port(), "a2a_player", way::v03_rpc};
  CHECK(status_text(one.task(reply)) == "the red one");
}

}  // namespace
}  // namespace mofa::test::a2a

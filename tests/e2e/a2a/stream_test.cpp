// Streams: their order, their form, and what happens when those who listen come and go.
#include "tests/e2e/a2a/world.hpp"

#include <algorithm>

namespace mofa::test::a2a {
namespace {

// "task SUBMITTED", "statusUpdate WORKING", "artifactUpdate +log"…
std::vector<std::string> outline(const std::vector<item>& items) {
  std::vector<std::string> out;
  for (const auto& each : items) {
    auto line = each.name;
    if (each.name == "artifactUpdate") {
      line += each.value.value("append", false) ? " +" : " =";
      line += each.value.at("artifact").at("artifactId");
      if (each.value.value("lastChunk", false)) line += " last";
    } else if (!each.state().empty()) {
      line += each.state().substr(std::string{"TASK_STATE"}.size());
    }
    out.push_back(std::move(line));
  }
  return out;
}

// Without ids and times, so that two streams can be compared.
std::vector<std::string> values_of(const std::vector<item>& items) {
  std::vector<std::string> out;
  for (const auto& each : items) out.push_back(each.name + each.value.dump());
  return out;
}

TEST_CASE_FIXTURE(with_a2a, "a stream begins with the task as it was submitted and tells all that happens until its end") {
  // To wait or not is no question of a stream.
  for (const auto& configuration : {json::object(), json{{"returnImmediately", true}}}) {
    each([&](client& one) {
      auto stream = one.stream(say("chunks"), configuration);
      const auto all = stream.rest();
      CHECK(outline(all) == std::vector<std::string>{"task_SUBMITTED", "statusUpdate_WORKING", "artifactUpdate =report",
                                                     "artifactUpdate +report", "artifactUpdate +report last",
                                                     "statusUpdate_COMPLETED"});
      CHECK(stream.complete());
      const auto& task = all.front().value;
      CHECK(task.at("history").size() == 1);
      CHECK(task.at("history").at(0).at("parts").at(0).at("text") == "chunks");
      std::string whole;
      for (const auto& each : all) {
        if (each.name != "task") {
          CHECK(each.value.at("taskId") == task.at("id"));
          CHECK(each.value.at("contextId") == task.at("contextId"));
        }
        if (each.name == "artifactUpdate") whole += each.text();
      }
      CHECK(whole == "one two three");
      CHECK(all.at(1).text() == "writing");
      CHECK(all.back().text() == "written");
    });
  }
}

TEST_CASE_FIXTURE(with_a2a, "a stream is of type text/event-stream, uncached, and not held back by proxies") {
  each([&](client& one) {
    auto stream = one.stream(say("hello"));
    CHECK(stream.answer().header("content-type").starts_with("text/event-stream"));
    CHECK(stream.answer().header("cache-control") == "no-cache, no-store");
    CHECK(stream.answer().header("x-accel-buffering") == "no");
    CHECK(stream.answer().header("content-encoding").empty());
    (void)stream.rest();
  });
}

TEST_CASE_FIXTURE(with_a2a, "in 0.3 the last update is final, and no other is") {
  for (const auto how : {way::v03_rpc, way::v03_rest}) {
    auto one = player(how);
    auto stream = one.stream(say("chunks"));
    const auto all = stream.rest();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].name != "statusUpdate") continue;
      CHECK(all[i].value.value("final", false) == (i + 1 == all.size()));
    }
  }
}

TEST_CASE_FIXTURE(with_a2a, "every event of a JSON-RPC stream is a whole answer with the id of its request") {
  for (const auto& [version, method, params] : {std::tuple{"1.0", "SendStreamingMessage", send_params("steps")},
                                                std::tuple{"", "message/stream", send_params_v03("steps")}}) {
    for (const auto& id : {json(41), json("forty-one")}) {
      const json body{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
      event_stream stream{server.port(), "POST", "/a2a/a2a_player", body.dump(), rpc_headers(version)};
      const auto all = stream.rest();
      CHECK(all.size() >= 6);
      for (const auto& each : all) {
        const auto data = json::parse(each.data);
        CHECK(data.at("jsonrpc") == "2.0");
        CHECK(data.at("id") == id);
        CHECK(data.contains("result"));
        CHECK(std::count(each.text.begin(), each.text.end(), '\n') <= 3);
      }
    }
  }
}

TEST_CASE_FIXTURE(with_a2a,
                  "what is refused before the first event is a plain answer, or where 0.3 wants a stream its one event") {
  each([&](client& one) {
    auto message = say("hello");
    message.erase("messageId");
    const auto got = one.stream_refused(message);
    CHECK_MESSAGE(got.code == -32602, got.text());
    // The client of 0.3 reads an error of JSON-RPC from a stream only.
    const bool stream = got.http.header("content-type").starts_with("text/event-stream");
    CHECK(stream == (one.how() == way::v03_rpc));
    CHECK(got.http.status == (is_rest(one.how()) ? 400 : 200));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a subscription begins with the task as it is and goes on live to the end") {
  each([&](client& one) {
    const std::string task = one.settle("log").at("id");
    auto more = say("go on");
    more["taskId"] = task;
    // The task may have gone on or not when the subscription begins; it has not ended.
    wire going_on{server.port()};
    REQUIRE(going_on.send(one.text_of_send(more)));
    auto stream = one.subscribe(task);
    REQUIRE(going_on.answer());
    more = say("to the end");
    more["taskId"] = task;
    CHECK(state_of(one.task(more)) == "TASK_STATE_COMPLETED");
    const auto all = stream.rest();
    REQUIRE(!all.empty());
    CHECK(all.front().name == "task");
    CHECK(all.front().value.at("id") == task);
    CHECK(all.back().state() == "TASK_STATE_COMPLETED");
    CHECK(stream.complete());
    for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i].name != "task");
    // What the snapshot holds is not told again: together they are the whole.
    std::string log;
    const auto& snapshot = all.front().value;
    for (const auto& each : snapshot.value("artifacts", json::array()))
      for (const auto& part : each.at("parts")) log += part.at("text").get<std::string>();
    for (const auto& each : all)
      if (each.name == "artifactUpdate") log = each.value.value("append", false) ? log + each.text() : each.text();
    CHECK(log == "onetwo");
  });
}

TEST_CASE_FIXTURE(with_a2a,
                  "all who listen to a task are told the same in the same order, and one who leaves takes none away") {
  each([&](client& one) {
    const std::string task = one.task(say("late ask"), {{"returnImmediately", true}}).at("id");
    auto first = one.subscribe(task), second = one.subscribe(task);
    {
      auto leaving = one.subscribe(task);
      REQUIRE(leaving.next());
    }
    (void)first.until("TASK_STATE_INPUT_REQUIRED");
    (void)second.until("TASK_STATE_INPUT_REQUIRED");
    auto reply = say("well");
    reply["taskId"] = task;
    CHECK(state_of(one.task(reply)) == "TASK_STATE_COMPLETED");
    const auto told = first.until("TASK_STATE_COMPLETED");
    CHECK(values_of(told) == values_of(second.until("TASK_STATE_COMPLETED")));
    CHECK_FALSE(first.next());
    CHECK(first.complete());
  });
}

TEST_CASE_FIXTURE(with_a2a, "a question keeps the stream open, and the answer is told on it") {
  each([&](client& one) {
    for (const std::string text : {"ask", "authorize"}) {
      auto stream = one.stream(say(text));
      const auto state = text == "ask" ? "TASK_STATE_INPUT_REQUIRED" : "TASK_STATE_AUTH_REQUIRED";
      const auto asked = stream.until(state);
      auto reply = say("the red one");
      reply["taskId"] = asked.front().value.at("id");
      CHECK(one.send(reply).ok());
      const auto rest = stream.until("TASK_STATE_COMPLETED");
      CHECK(rest.back().text().ends_with("the red one"));
      CHECK_FALSE(stream.next());
      CHECK(stream.complete());
    }
  });
}

TEST_CASE_FIXTURE(with_a2a, "a streamed message to a task begins with the task, the message at the end of its history") {
  each([&](client& one) {
    const auto asked = one.settle("ask");
    auto reply = say("the red one");
    reply["taskId"] = asked.at("id");
    auto stream = one.stream(reply);
    const auto all = stream.rest();
    REQUIRE(all.size() >= 2);
    CHECK(all.front().name == "task");
    CHECK(all.front().value.at("id") == asked.at("id"));
    CHECK(all.front().value.at("history").back().at("messageId") == reply.at("messageId"));
    CHECK(all.back().state() == "TASK_STATE_COMPLETED");
    CHECK(all.back().text() == "the red one");
  });
}

TEST_CASE_FIXTURE(with_a2a, "who leaves a stream or a waiting send cancels nothing") {
  each([&](client& one) {
    std::string task;
    {
      auto stream = one.stream(say("late"));
      const auto first = stream.next();
      REQUIRE(first);
      task = first->value.at("id");
    }
    CHECK(state_of(one.until_state(task, "TASK_STATE_COMPLETED")) == "TASK_STATE_COMPLETED");
  });
  each([&](client& one) {
    auto message = say("late leaver");
    message["contextId"] = "left-" + name_of(one.how());
    const auto found = "/api/v1/tasks?context_id=left-" + name_of(one.how());
    {
      wire rude{server.port()};
      REQUIRE(rude.send(one.text_of_send(message)));
      // It has been read when the task is there.
      REQUIRE(with.eventually(found, [](const auto& got) { return !body_of(got).at("items").empty(); }));
    }
    const std::string id = with.read(found).at("items").at(0).at("id");
    CHECK(status_text(one.until_state(id, "TASK_STATE_COMPLETED")) == "late leaver");
  });
}

TEST_CASE_FIXTURE(with_a2a,
                  "an artifact too large for one event comes in pieces that are appended, the last of which says so") {
  const auto text = "big " + std::string(6'000'000, 'x') + " end";
  each([&](client& one) {
    auto stream = one.stream(say(text), {{"historyLength", 0}});
    std::string whole;
    bool last = false;
    std::size_t pieces = 0;
    for (const auto& each : stream.rest()) {
      if (each.name != "artifactUpdate") continue;
      CHECK_FALSE(last);
      CHECK(each.value.value("append", false) == (pieces > 0));
      CHECK(each.text().size() < 4U * 1024 * 1024);
      whole += each.text();
      last = each.value.value("lastChunk", false);
      ++pieces;
    }
    CHECK(pieces > 1);
    CHECK(last);
    CHECK(whole == text);
  });
}

TEST_CASE_FIXTURE(with_a2a, "a message too large for one event is told by its beginning and read whole with the task") {
  const std::string text(5'000'000, 'x');
  each([&](client& one) {
    auto stream = one.stream(say(text));
    const auto all = stream.rest();
    REQUIRE(all.size() == 2);
    // What the user has said is not repeated.
    CHECK_FALSE(all[0].value.contains("history"));
    CHECK(all[1].state() == "TASK_STATE_COMPLETED");
    CHECK(all[1].value.dump().size() < 4U * 1024 * 1024);
    const auto& said = all[1].value.at("status").at("message");
    CHECK(said.at("metadata").at("mofa.dev/cut") == true);
    CHECK(text.starts_with(all[1].text()));
    const std::string id = all[0].value.at("id");
    CHECK(said.at("parts").at(1).at("text").get<std::string>().find(id) != std::string::npos);
    CHECK((status_text(one.get(id).result) == text));
  });
}

TEST_CASE_FIXTURE(with_a2a, "a stream with nothing to tell sends comments, so that nobody takes it for dead") {
  auto one = player();
  auto stream = one.stream(say("long"));
  const auto begun = stream.until("TASK_STATE_WORKING");
  const auto deadline = std::chrono::steady_clock::now() + milliseconds{20'000};
  while (stream.comments() == 0 && std::chrono::steady_clock::now() < deadline)
    CHECK_FALSE(stream.next(milliseconds{1'000}));
  CHECK(stream.comments() > 0);
  CHECK(one.cancel(begun.front().value.at("id")).ok());
  CHECK(stream.rest().back().state() == "TASK_STATE_CANCELED");
}

}  // namespace
}  // namespace mofa::test::a2a

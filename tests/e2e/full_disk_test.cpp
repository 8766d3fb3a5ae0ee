#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

namespace fs = std::filesystem;

// A server whose data folder is on a disk of its own, so to say.
class full_disk_server {
 public:
  bool start(std::map<std::string, std::string> environment = {}) {
    environment.insert(
        {{"LD_PRELOAD", MOFA_FULL_DISK}, {"FULL_DISK_FLAG", flag()}, {"FULL_DISK_PREFIX", server_.folder() / "data"}});
    return server_.start(environment);
  }
  // From then on the disk is full as soon as a counting tool has run.
  bool start_filled_by_tool() { return start({{"FULL_DISK_FILLED_BY", server_.folder() / "count"}}); }

  void fill() const { std::ofstream{flag()} << ""; }
  void make_room() const { fs::remove(flag()); }
  bool is_full() const { return fs::exists(flag()); }

  test_server& server() { return server_; }
  std::uint16_t port() const { return server_.port(); }

 private:
  fs::path flag() const { return server_.folder() / "full"; }

  test_server server_{{.definitions = {"tests/e2e/agents/kill", "tests/e2e/agents/full_disk"}}};
};

void check_refused(const http_answer& got) {
  CHECK_MESSAGE(got.status == 503, got.body);
  CHECK(got.header("content-type") == "application/problem+json");
  CHECK(!got.header("retry-after").empty());
  CHECK(body_of(got).at("code") == "storage_full");
}

double refused_appends(conversation& with) {
  return metric(with, "mofa_storage_units_failed_total{reason=\"storage_full\"}");
}

// Whether the server meets the full disk so many times more.
bool meets_full_disk(conversation& with, int times) {
  const auto until = refused_appends(with) + times;
  return with.eventually("/livez", [&](const auto& got) { return got.status == 200 && refused_appends(with) >= until; });
}

std::set<std::string> all_tasks(conversation& with) {
  std::set<std::string> out;
  std::string cursor;
  do {
    const auto page = with.read("/api/v1/tasks?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& one : page.at("items")) out.insert(id_of(one));
    cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
  } while (!cursor.empty());
  return out;
}

TEST_CASE("on a full disk changes are refused as storage_full, what is stored is read, and room is all that it takes") {
  full_disk_server disk;
  REQUIRE(disk.start());
  conversation with{disk.port()};
  const auto done = with.ask("echo", "before");
  const auto asked = with.ask("asker", "before");
  const auto done_path = "/api/v1/tasks/" + id_of(done), asked_path = "/api/v1/tasks/" + id_of(asked);
  const auto events = with.get(done_path + "/events").body;

  disk.fill();
  const std::string tasks = "/api/v1/agents/echo/tasks";
  check_refused(with.post(tasks, message_body("x")));
  check_refused(with.post(tasks, message_body("x"), {{"Prefer", "wait=10"}}));
  check_refused(with.post(tasks, message_body("once"), {{"Idempotency-Key", "once"}}));
  const event_stream stream{disk.port(), "POST", tasks, message_body("x")};
  check_refused(stream.refusal());
  check_refused(with.post(asked_path + "/messages", message_body("lost")));
  check_refused(with.post(asked_path + ":cancel"));
  check_refused(with.remove(done_path));
  const auto refused = with.post(tasks, message_body("x"));
  CHECK(body_of(refused).at("detail") == "the store is full; try again later");

  CHECK(with.get("/livez").status == 200);
  CHECK(with.get("/readyz").status == 503);
  CHECK(with.get("/healthz").body.find("\"the store is full\"") != std::string::npos);
  CHECK(with.read(done_path) == done);
  CHECK(with.get(done_path + "/events").body == events);
  CHECK(with.read(asked_path) == asked);
  CHECK(all_tasks(with) == std::set{id_of(done), id_of(asked)});
  CHECK(with.events(id_of(done)).size() == done.at("last_event"));

  disk.make_room();
  CHECK(text_of(with.ask("echo", "after")) == "after");
  CHECK(with.get("/readyz").status == 200);
  const auto once = with.post(tasks, message_body("once"), {{"Idempotency-Key", "once"}, {"Prefer", "wait=10"}});
  CHECK(once.status == 200);
  CHECK(once.header("idempotency-replayed").empty());
  with.tell(id_of(asked), "taken");
  CHECK(text_of(with.ended(id_of(asked))) == "taken");
  CHECK(with.remove(done_path).status == 204);
  CHECK(!disk.server().life().wait(milliseconds{0}));
}

TEST_CASE("a pause that ends while the disk is full ends when there is room, and its effect is not run before") {
  full_disk_server disk;
  REQUIRE(disk.start());
  conversation with{disk.port()};
  const auto task = id_of(with.submit("late_counter", "x"));
  const auto bystander = id_of(with.submit("napper", "1500"));
  disk.fill();
  CHECK(meets_full_disk(with, 6));
  CHECK(state_of(with.read("/api/v1/tasks/" + task)) == "working");
  CHECK(disk.server().counted().empty());

  disk.make_room();
  const auto done = with.ended(task);
  CHECK(state_of(done) == "completed");
  CHECK(text_of(done) == "counted");
  CHECK(disk.server().counted().size() == 1);
  CHECK(text_of(with.ended(bystander)) == "awake");
  int fired = 0;
  for (const auto& one : with.events(task)) fired += one.event == "timer_fired" ? 1 : 0;
  CHECK(fired == 1);
}

TEST_CASE("an outcome that comes while the disk is full is held until there is room, and its effect is not run again") {
  full_disk_server disk;
  REQUIRE(disk.start_filled_by_tool());
  conversation with{disk.port()};
  const auto task = id_of(with.submit("counter", "x"));
  CHECK(meets_full_disk(with, 3));
  REQUIRE(disk.is_full());
  CHECK(state_of(with.read("/api/v1/tasks/" + task)) == "working");

  disk.make_room();
  const auto done = with.ended(task);
  CHECK(state_of(done) == "completed");
  CHECK(text_of(done) == "counted");
  std::vector<std::string> resolved;
  for (const auto& one : with.events(task))
    if (one.event == "effect_resolved") resolved.push_back(json::parse(one.data).at("data").at("effect_id"));
  CHECK(resolved.size() == 1);
  CHECK(disk.server().counted() == resolved);
  CHECK(state_of(with.ask("echo", "after")) == "completed");
}

TEST_CASE("messages that come at once to one task on a full disk are all refused, none is taken later") {
  full_disk_server disk;
  REQUIRE(disk.start());
  conversation with{disk.port()};
  const auto task = id_of(with.ask("asker", "x"));
  disk.fill();
  std::vector<std::optional<http_answer>> answers(6);
  std::vector<std::thread> senders;
  for (auto& one : answers)
    senders.emplace_back(
        [&] { one = http_client{disk.port()}.post("/api/v1/tasks/" + task + "/messages", message_body("refused")); });
  for (auto& one : senders) one.join();
  for (const auto& one : answers) {
    REQUIRE(one);
    check_refused(*one);
  }
  disk.make_room();
  with.tell(task, "taken");
  CHECK(text_of(with.ended(task)) == "taken");
}

// Submits until it is told to stop; what it was told goes to `acknowledged`.
struct submitter {
  std::set<std::string> acknowledged;
  std::vector<std::string> broken;

  // Whether it was taken.
  bool submit(http_client& client, const std::string& agent) {
    const auto got = client.post("/api/v1/agents/" + agent + "/tasks", message_body("x"));
    if (got && got->status == 202) acknowledged.insert(id_of(body_of(*got)));
    const bool refused = got && got->status == 503 && body_of(*got).at("code") == "storage_full";
    if (!refused && (!got || got->status != 202)) broken.push_back(got ? got->body : "no answer");
    return got && got->status == 202;
  }
};

TEST_CASE("while the disk fills up again and again, exactly the acknowledged tasks exist, and each effect runs once") {
  full_disk_server disk;
  REQUIRE(disk.start());
  std::atomic<bool> enough{false};
  std::vector<submitter> submitters(3);
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < submitters.size(); ++i)
    threads.emplace_back([&, i] {
      http_client client{disk.port()};
      while (!enough) submitters[i].submit(client, i == 1 ? "echo" : "counter");
    });
  http_client client{disk.port()};
  // Until one is taken, or is not.
  const auto submit_until = [&](bool taken, const std::string& agent) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (submitters[0].submit(client, agent) != taken)
      if (std::chrono::steady_clock::now() > deadline) return false;
    return true;
  };
  for (int round = 0; round < 10; ++round) {
    disk.fill();
    CHECK(submit_until(false, "recounter"));
    disk.make_room();
    CHECK(submit_until(true, "napper"));
  }
  enough = true;
  for (auto& one : threads) one.join();

  std::set<std::string> acknowledged;
  for (const auto& one : submitters) {
    for (const auto& wrong : one.broken) FAIL_CHECK(wrong);
    acknowledged.insert(one.acknowledged.begin(), one.acknowledged.end());
  }
  {
    conversation with{disk.port()};
    CHECK(all_tasks(with) == acknowledged);
    for (const auto& task : acknowledged) CHECK(state_of(with.ended(task)) == "completed");
    const auto counted = disk.server().counted();
    CHECK(std::set<std::string>(counted.begin(), counted.end()).size() == counted.size());
  }
  disk.fill();
  disk.server().kill();
  disk.make_room();
  REQUIRE(disk.start());
  conversation again{disk.port()};
  CHECK(all_tasks(again) == acknowledged);
}

TEST_CASE("SIGTERM ends a server on a full disk in order, and what it held goes on in the next life") {
  full_disk_server disk;
  REQUIRE(disk.start_filled_by_tool());
  std::string task;
  {
    conversation with{disk.port()};
    task = id_of(with.submit("recounter", "x"));
    CHECK(meets_full_disk(with, 1));
  }
  const auto end = disk.server().terminate();
  REQUIRE(end);
  CHECK(end->code == 0);
  disk.make_room();
  REQUIRE(disk.start());
  conversation with{disk.port()};
  CHECK(text_of(with.ended(task)) == "counted");
}

TEST_CASE("a start on a full disk says so on one line, and goes when there is room") {
  full_disk_server disk;
  REQUIRE(disk.start());
  const auto task = conversation{disk.port()}.ask("echo", "before");
  REQUIRE(disk.server().terminate());
  disk.fill();
  const auto data = disk.server().folder() / "data";
  // The lock, then the database, may have their place on the disk already: then the next one finds none.
  for (const auto& [without_room, told] : {std::pair{data, data}, std::pair{data / "mofa.db", data / "mofa.db"},
                                           std::pair{data / "mofa.db-wal", data / "mofa.db"}}) {
    const auto said = disk.server().errors().size();
    CHECK(!disk.start({{"FULL_DISK_PREFIX", without_room}}));
    CHECK(disk.server().life().wait(patience)->code == 1);
    CHECK(disk.server().errors().substr(said) == told.string() + ": the disk is full; make room or use --data DIR\n");
  }

  disk.make_room();
  REQUIRE(disk.start());
  CHECK(conversation{disk.port()}.read("/api/v1/tasks/" + id_of(task)) == task);
}

}  // namespace
}  // namespace mofa::test

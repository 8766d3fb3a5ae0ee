#include "tests/e2e/kill_life.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

using random_source = std::mt19937_64;

constexpr int clients = 3;
constexpr int requests_of_a_client = 10;

struct trap_point {
  const char* name;
  unsigned most_hits;  ///< about as many as a workload has
};
constexpr std::array<trap_point, 6> points{{{"before_append", 20},
                                            {"after_append", 20},
                                            {"before_publish", 20},
                                            {"after_publish", 20},
                                            {"effect_started", 4},
                                            {"before_outcome", 4}}};

// What a client was told about a task before the kill.
struct known_task {
  std::string id;
  std::string ended;                ///< the answer that showed it ended, as it was
  std::vector<std::string> events;  ///< as they were read, from the first on
};

struct used_key {
  std::string key, body;
  std::string id;  ///< empty: the request was not answered
};

// Works until the server is gone or its requests are used up.
class working_client {
 public:
  working_client(std::uint16_t port, std::uint64_t seed, int number)
      : port_(port), client_(port), random_(seed * 1000 + static_cast<std::uint64_t>(number)), number_(number) {}

  void work() {
    for (int i = 0; i < requests_of_a_client && !gone_; ++i) {
      switch (random_() % 10) {
        case 0:
          submit("echo", true);
          break;
        case 1:
          submit("echo", false);
          break;
        case 2:
          submit("napper", false);
          break;
        case 3:
          watch("napper");
          break;
        case 4:
          ask();
          break;
        case 5:
          submit("counter", random_() % 2 == 0);
          break;
        case 6:
          submit("recounter", random_() % 2 == 0);
          break;
        case 7:
          read_events();
          break;
        case 8:
          cancel();
          break;
        case 9:
          submit_once(i);
          break;
      }
    }
  }

  std::map<std::string, known_task> known;
  std::vector<used_key> keys;
  std::vector<std::string> broken;

 private:
  std::optional<http_answer> send(std::string_view method, const std::string& path, const std::string& body = {},
                                  const header_pairs& headers = {}) {
    auto got = client_.request(method, path, body, headers);
    gone_ = gone_ || !got;
    if (got && got->status >= 500)
      broken.push_back(std::string{method} + " " + path + ": " + std::to_string(got->status) + " " + got->body);
    return got;
  }

  std::string learn(const std::optional<http_answer>& got) {
    if (!got || got->status >= 300) return {};
    const auto task = body_of(*got);
    auto& mine = known[id_of(task)];
    mine.id = id_of(task);
    static const std::set<std::string> ends{"completed", "failed", "canceled", "rejected"};
    if (ends.contains(state_of(task))) mine.ended = got->body;
    return mine.id;
  }

  static header_pairs wait(bool wanted) { return wanted ? header_pairs{{"Prefer", "wait=10"}} : header_pairs{}; }

  std::string submit(const std::string& agent, bool waiting) {
    return learn(send("POST", "/api/v1/agents/" + agent + "/tasks", message_body("hello"), wait(waiting)));
  }

  void submit_once(int which) {
    const auto key = "key-" + std::to_string(number_) + "-" + std::to_string(which);
    used_key one{key, message_body("once", {{"labels", {{"key", key}}}}), {}};
    auto headers = wait(random_() % 2 == 0);
    headers.emplace_back("Idempotency-Key", key);
    one.id = learn(send("POST", "/api/v1/agents/echo/tasks", one.body, headers));
    keys.push_back(one);
  }

  void ask() {
    const auto id = submit("asker", true);
    if (!id.empty() && random_() % 3 != 0)
      learn(send("POST", "/api/v1/tasks/" + id + "/messages", message_body("this one")));
  }

  std::string any_task() {
    if (known.empty()) return {};
    return std::next(known.begin(), static_cast<std::ptrdiff_t>(random_() % known.size()))->first;
  }

  void cancel() {
    if (const auto id = any_task(); !id.empty()) learn(send("POST", "/api/v1/tasks/" + id + ":cancel"));
  }

  void remember(const std::string& id, std::vector<std::string> events) {
    auto& mine = known[id];
    mine.id = id;
    if (events.size() > mine.events.size()) mine.events = std::move(events);
  }

  void read_events() {
    const auto id = any_task();
    if (id.empty()) return;
    const auto got = send("GET", "/api/v1/tasks/" + id + "/events");
    if (!got || got->status != 200) return;
    std::vector<std::string> events;
    // In the page's own bytes: each event begins with its task's id.
    const auto begin = "{\"task_id\":\"" + id;
    auto at = got->body.find(begin);
    while (at != std::string::npos) {
      const auto next = got->body.find("," + begin, at);
      const auto end = next == std::string::npos ? got->body.rfind("],\"next_cursor\"") : next;
      events.push_back(got->body.substr(at, end - at));
      at = next == std::string::npos ? next : next + 1;
    }
    remember(id, std::move(events));
  }

  void watch(const std::string& agent) {
    event_stream stream{port_, "POST", "/api/v1/agents/" + agent + "/tasks", message_body("hello")};
    const auto path = stream.answer().header("location");
    if (stream.status() != 200) return void(gone_ = true);
    std::vector<std::string> events;
    auto most = 1 + random_() % 12;
    while (most-- > 0) {
      const auto one = stream.next();
      if (!one) break;
      events.push_back(one->data);
    }
    remember(path.substr(path.rfind('/') + 1), std::move(events));
  }

  std::uint16_t port_;
  http_client client_;
  random_source random_;
  int number_;
  bool gone_ = false;
};

// The life after: everything that was promised must be there.
class after_life {
 public:
  after_life(test_server& server, life_report& report) : server_(server), with_(server.port()), report_(report) {}

  void judge(const std::vector<std::unique_ptr<working_client>>& clients_before) {
    for (const auto& before : clients_before) {
      for (const auto& [id, one] : before->known) judge_known(one);
      for (const auto& one : before->keys) judge_key(one);
    }
    for (const auto& one : all_tasks()) {
      const auto events = finish(one.at("id"));
      judge_journal(one.at("id"), events);
      collect_effects(one.at("agent"), events);
    }
    judge_counts();
  }

 private:
  void broken(const std::string& what) { report_.broken.push_back(what); }

  void judge_known(const known_task& one) {
    ++report_.acknowledged;
    if (one.ended.empty()) ++report_.running;
    const auto path = "/api/v1/tasks/" + one.id;
    const auto got = with_.get(path);
    if (got.status != 200) return broken("acknowledged task " + one.id + ": " + std::to_string(got.status));
    if (!one.ended.empty() && got.body != one.ended)
      broken("task " + one.id + " had ended as " + one.ended + " and is now " + got.body);
    const auto events = finish(one.id);
    for (std::size_t i = 0; i < one.events.size(); ++i)
      if (i >= events.size() || events[i].data != one.events[i])
        return broken("event " + std::to_string(i + 1) + " of " + one.id + " was " + one.events[i] + " and is now " +
                      (i < events.size() ? events[i].data : "missing"));
  }

  // A request that is repeated after the kill makes no second task.
  void judge_key(const used_key& one) {
    const auto got =
        with_.post("/api/v1/agents/echo/tasks", one.body, {{"Idempotency-Key", one.key}, {"Prefer", "wait=15"}});
    if (got.status != 200) return broken("repeating " + one.key + ": " + std::to_string(got.status) + " " + got.body);
    if (!one.id.empty() && id_of(body_of(got)) != one.id) broken("repeating " + one.key + " made another task");
    const auto made = with_.read("/api/v1/tasks?label=key:" + one.key).at("items").size();
    if (made != 1) broken(one.key + " made " + std::to_string(made) + " tasks");
  }

  json all_tasks() {
    auto out = json::array();
    std::string cursor;
    do {
      const auto page = with_.read("/api/v1/tasks?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (const auto& one : page.at("items")) out.push_back(one);
      cursor = page.at("next_cursor").is_null() ? "" : page.at("next_cursor").get<std::string>();
    } while (!cursor.empty());
    return out;
  }

  // All events up to the end; who waits for a person gets its answer.
  std::vector<stream_event> finish(const std::string& id) {
    if (const auto found = finished_.find(id); found != finished_.end()) return found->second;
    event_stream stream{server_.port(), "GET", "/api/v1/tasks/" + id + "/events"};
    std::vector<stream_event> out;
    while (auto one = stream.next()) {
      const bool asks = one->event == "status_changed" && json::parse(one->data).at("data").at("state") == "input_required";
      out.push_back(std::move(*one));
      if (asks && state_of(with_.read("/api/v1/tasks/" + id)) == "input_required") with_.tell(id, "this one");
    }
    if (!stream.complete()) broken("task " + id + " does not end; its state is " + with_.get("/api/v1/tasks/" + id).body);
    return finished_[id] = out;
  }

  void judge_journal(const std::string& id, const std::vector<stream_event>& events) {
    int ends = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].id != std::to_string(i + 1))
        broken("task " + id + " has event " + events[i].id + " at place " + std::to_string(i + 1));
      const auto event = json::parse(events[i].data);
      const bool ends_here = event.at("kind") == "status_changed" && event.at("data").at("state") != "working" &&
                             event.at("data").at("state") != "input_required";
      if (ends_here) ++ends;
      if (ends_here && i + 1 != events.size()) broken("task " + id + " has events after its end");
      if (event.at("kind") == "behaviour_crashed") broken("task " + id + " crashed: " + events[i].data);
    }
    if (ends != 1) broken("task " + id + " has " + std::to_string(ends) + " ends");
  }

  void collect_effects(const std::string& agent, const std::vector<stream_event>& events) {
    for (const auto& one : events) {
      if (one.event != "effect_requested" && one.event != "effect_resolved") continue;
      const auto data = json::parse(one.data).at("data");
      auto& effect = effects_[data.at("effect_id")];
      effect.once = agent == "counter";
      effect.has_value = effect.has_value || data.contains("value");
    }
  }

  void judge_counts() {
    std::map<std::string, int> calls;
    for (const auto& id : server_.counted()) ++calls[id];
    for (const auto& [id, count] : calls) {
      if (!effects_.contains(id)) broken("the effect " + id + " was started, and no journal has requested it");
      if (effects_[id].once && count > 1) broken("the effect " + id + " was run " + std::to_string(count) + " times");
    }
    for (const auto& [id, effect] : effects_)
      if (effect.has_value && !calls.contains(id)) broken("the effect " + id + " has an outcome and was never run");
  }

  struct counted_effect {
    bool once = false;
    bool has_value = false;
  };

  test_server& server_;
  conversation with_;
  life_report& report_;
  std::map<std::string, std::vector<stream_event>> finished_;
  std::map<std::string, counted_effect> effects_;
};

}  // namespace

life_report live_and_die(std::uint64_t seed) {
  life_report report;
  random_source random{seed};
  test_server server{{.definitions = {"tests/e2e/agents/kill"}}};
  const auto choice = seed % (points.size() + 1);
  const bool by_time = choice == points.size();
  std::map<std::string, std::string> environment;
  if (!by_time) {
    const auto& point = points[choice];
    environment["MOFA_KILL"] = std::string{point.name} + ":" + std::to_string(1 + random() % point.most_hits);
  }
  if (!server.start(environment)) {
    report.broken.push_back("the server did not start: " + server.errors());
    return report;
  }
  std::vector<std::unique_ptr<working_client>> all;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    all.push_back(std::make_unique<working_client>(server.port(), seed, i));
    threads.emplace_back([client = all.back().get()] { client->work(); });
  }
  if (by_time) {
    (void)server.life().wait(milliseconds{random() % 150});
    server.life().kill(9);
  }
  for (auto& one : threads) one.join();
  const bool fell = !by_time && server.life().wait(milliseconds{0});
  report.killed_at = by_time ? "time" : fell ? points[choice].name : "end";
  server.kill();
  for (const auto& one : all) report.broken.insert(report.broken.end(), one->broken.begin(), one->broken.end());

  if (!server.start()) {
    report.broken.push_back("the server did not start again: " + server.errors());
    return report;
  }
  try {
    after_life{server, report}.judge(all);
  } catch (const std::exception& wrong) {
    report.broken.push_back(wrong.what());
  }
  server.kill();
  return report;
}

}  // namespace mofa::test

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "server/base/clock.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

constexpr const char* waiting = "mofa_slots_waiting{resource=\"model\"}";
constexpr const char* busy = "mofa_slots_busy{resource=\"model\"}";

server_plan one_slot(milliseconds ageing) {
  return {.definitions = {"tests/e2e/agents/scheduling"},
          .settings = "scheduling: {slots: {model: 1}, ageing_ms: " + std::to_string(ageing.count()) +
                      "}\nmodels:\n  default: [patient/patient]\n  providers:\n    patient: {kind: scripted, file: " +
                      (source_folder() / "tests/e2e/models/patient.yaml").string() + "}\n"};
}

bool becomes(conversation& with, const char* gauge, double value) {
  return with.eventually("/readyz", [&](const auto&) { return metric(with, gauge) == value; });
}

/// The one model call of a task, as its events tell.
struct model_call {
  time_point asked{}, ended{};
};

model_call call_of(conversation& with, const std::string& task) {
  model_call out;
  for (const auto& one : with.events(task)) {
    const auto at = parse_rfc3339(json::parse(one.data).at("at").get<std::string>());
    if (!at) throw unexpected_answer("an event without its time: " + one.data);
    if (one.event == "effect_requested") out.asked = *at;
    if (one.event == "effect_resolved") out.ended = *at;
  }
  return out;
}

json with_priority(const char* word) { return {{"priority", word}}; }

TEST_CASE("with one slot and two hundred background tasks in the queue a critical one is next, and all of them complete") {
  test_server server{one_slot(milliseconds{600'000})};
  const bool started = server.start();
  REQUIRE_MESSAGE(started, server.errors());
  conversation with{server.port()};
  const auto holder = id_of(with.submit("patient", "hold", with_priority("background")));
  REQUIRE(becomes(with, busy, 1));
  std::vector<std::string> background;
  for (int i = 0; i < 200; ++i) background.push_back(id_of(with.submit("patient", "go", with_priority("background"))));
  const auto critical = id_of(with.submit("patient", "go", with_priority("critical")));
  REQUIRE(becomes(with, waiting, 201));

  REQUIRE(with.post("/api/v1/tasks/" + holder + ":cancel").status == 200);
  CHECK(state_of(with.ended(critical)) == "completed");
  const auto urgent = call_of(with, critical);
  std::vector<time_point> ends;
  for (const auto& one : background) {
    CHECK(state_of(with.ended(one)) == "completed");
    const auto call = call_of(with, one);
    CHECK(call.asked <= urgent.asked);
    ends.push_back(call.ended);
  }
  // A call takes 5 ms at least, times are cut to whole ones: the first of the others began after the critical one.
  CHECK(*std::min_element(ends.begin(), ends.end()) >= urgent.ended + milliseconds{4});
  // Among themselves they go by their arrival, and tasks that come at one time may arrive in any order.
  CHECK(*std::max_element(ends.begin(), ends.begin() + 50) <= *std::min_element(ends.end() - 50, ends.end()));
  CHECK(becomes(with, busy, 0));
  CHECK(metric(with, waiting) == 0);
}

/// Tasks of high priority, always several at a time.
class endless_load {
 public:
  explicit endless_load(std::uint16_t port) {
    for (int i = 0; i < 5; ++i) lanes_.emplace_back([this, port] { work(port); });
  }
  ~endless_load() { stop(); }
  endless_load(const endless_load&) = delete;
  endless_load& operator=(const endless_load&) = delete;

  /// How many tasks completed.
  int stop() {
    enough_ = true;
    for (auto& one : lanes_) one.join();
    lanes_.clear();
    return completed_;
  }

 private:
  void work(std::uint16_t port) {
    http_client client{port};
    const auto body = message_body("steady", with_priority("high"));
    while (!enough_) {
      const auto got = client.post("/api/v1/agents/patient/tasks", body, {{"Prefer", "wait=15"}});
      if (!got || got->status != 200 || state_of(body_of(*got)) != "completed") return;
      ++completed_;
    }
  }

  std::atomic<bool> enough_{false};
  std::atomic<int> completed_{0};
  std::vector<std::thread> lanes_;
};

TEST_CASE("under an endless load of high priority a background task starts within the ageing") {
  constexpr milliseconds ageing{2'000}, takes{50};
  test_server server{one_slot(ageing)};
  const bool started = server.start();
  REQUIRE_MESSAGE(started, server.errors());
  conversation with{server.port()};
  endless_load load{server.port()};
  REQUIRE(with.eventually("/readyz", [&](const auto&) { return metric(with, waiting) >= 3; }));
  const auto patient = with.ask("patient", "steady", with_priority("background"));
  const int served = load.stop();
  CHECK(state_of(patient) == "completed");
  const auto call = call_of(with, id_of(patient));
  const auto waited = call.ended - takes - call.asked;
  MESSAGE("it waited ", waited.count(), " ms, while ", served, " of high priority were served");
  CHECK(waited <= ageing);
  // The load was endless: without its age it would be waiting still.
  CHECK(waited >= ageing / 2);
  CHECK(served >= 10);
}

}  // namespace
}  // namespace mofa::test

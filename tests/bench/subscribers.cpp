#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/bench/crowd.hpp"
#include "tests/bench/listener.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr double aim = 0.02;
constexpr double a2a_aim = 0.03;
constexpr std::string_view asked = R"("state":"input_required")";
constexpr std::string_view done = R"("state":"completed")";

/// A short text frame of a client (RFC 6455, section 5.2), masked with zeros.
std::string frame(const std::string& text) {
  std::string out{'\x81', static_cast<char>(0x80 | text.size())};
  return out.append(4, '\0') + text;
}

/// From the first of them who hears that the task has ended to the last.
double spread_of_one_end(crowd& all, client& asker) {
  const auto task = nlohmann::json::parse(asker.ask(server::task_for("asker", "Prefer: wait=10\r\n")));
  const auto id = task.at("id").get<std::string>();
  all.tell(frame(R"({"type":"subscribe","id":1,"task_id":")" + id + "\"}"));
  all.await(asked, asked);
  asker.ask(request_bytes("/api/v1/tasks/" + id + "/messages", R"({"message":"go"})"), 202);
  return all.await(done, done).count();
}

/// The events of a task that everybody who subscribes to it by A2A hears: from the first of them who hears one to the last,
/// of that event which took longest.
double spread_of_worst_event(crowd& all, client& asker) {
  const auto task = nlohmann::json::parse(asker.ask(server::task_for("teller", "Prefer: wait=10\r\n")));
  const auto id = task.at("id").get<std::string>();
  all.tell(request_bytes("/a2a/teller/tasks/" + id + ":subscribe", "{}", "A2A-Version: 1.0\r\n"));
  all.await("TASK_STATE_INPUT_REQUIRED", "TASK_STATE_INPUT_REQUIRED");
  asker.ask(request_bytes("/api/v1/tasks/" + id + "/messages", R"({"message":"go"})"), 202);
  const auto spreads = all.await_each({"TASK_STATE_WORKING", "artifactUpdate", "TASK_STATE_COMPLETED"});
  return std::max_element(spreads.begin(), spreads.end())->count();
}

/// The baseline: a loop that writes the same bytes to as many connections.
double spread_of_plain_writes(int count) {
  const listener door;
  crowd all{door.port(), count};
  const auto peers = door.accept(count);
  const auto bytes = std::string(700, 'x') + std::string{done};
  std::thread writer{[&] {
    for (const int each : peers.sockets()) write_all(each, bytes);
  }};
  const auto out = all.await(done, done).count();
  writer.join();
  return out;
}

}  // namespace

void measure_subscribers(const plan& how, table& into) {
  server under_test{how, data_of(how, "subscribers")};
  crowd all{under_test.port(), how.subscribers};
  all.tell(
      "GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  all.await("101", "\r\n\r\n");
  client asker{under_test.port()};
  spread_of_one_end(all, asker);
  std::vector<double> spread, plain;
  for (int i = 0; i < how.runs; ++i) {
    plain.push_back(spread_of_plain_writes(how.subscribers));
    spread.push_back(spread_of_one_end(all, asker));
  }
  under_test.stop();
  into.add({fmt::format("{} WebSockets follow one task, first to last receipt", how.subscribers), show_time(median(spread)),
            "plain writes " + show_time(median(plain)), show_ratio(median(spread) / median(plain)), "<= " + show_time(aim),
            met(median(spread) <= aim)});
  into.note(
      "WebSockets: the task is answered, which ends it, two events; from the first of them that has the last event until "
      "each "
      "has it; read by one thread on the same CPUs. Plain writes: one thread writes about as many bytes to as many "
      "connections");
}

void measure_a2a_subscribers(const plan& how, table& into) {
  server under_test{how, data_of(how, "a2a_subscribers")};
  crowd all{under_test.port(), how.subscribers};
  client asker{under_test.port()};
  spread_of_worst_event(all, asker);
  std::vector<double> spread, plain;
  for (int i = 0; i < how.runs; ++i) {
    plain.push_back(spread_of_plain_writes(how.subscribers));
    spread.push_back(spread_of_worst_event(all, asker));
  }
  under_test.stop();
  into.add({fmt::format("{} A2A subscriptions of one task, first to last receipt", how.subscribers),
            show_time(median(spread)), "plain writes " + show_time(median(plain)),
            show_ratio(median(spread) / median(plain)), "<= " + show_time(a2a_aim), met(median(spread) <= a2a_aim)});
  into.note(
      "A2A subscriptions: the task is answered, works, adds an artifact, pauses and ends: three pieces; of each from the "
      "first "
      "receipt to the last, and of a run the worst");
}

}  // namespace mofa::bench

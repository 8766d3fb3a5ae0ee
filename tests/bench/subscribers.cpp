#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/bench/crowd.hpp"
#include "tests/bench/listener.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr double aim = 0.02;
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

}  // namespace mofa::bench

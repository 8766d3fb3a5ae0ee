#include <fmt/format.h>

#include "tests/bench/baselines.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr const char* wait = "Prefer: wait=10\r\n";
constexpr seconds warm_up{0.3};
constexpr seconds settle_limit{10};

row against_hello(std::string what, double measured, double hello, double aim) {
  return {std::move(what),
          show_rate(measured),
          "Beast hello " + show_rate(hello),
          show_ratio(measured / hello),
          fmt::format(">= {} x", aim),
          met(measured >= aim * hello)};
}

/// A blocking SendMessage of A2A 1.0, by JSON-RPC.
std::string send_message_to(const std::string& agent) {
  return request_bytes("/a2a/" + agent,
                       R"({"jsonrpc":"2.0","id":1,"method":"SendMessage","params":{"message":)"
                       R"({"messageId":"m-1","role":"ROLE_USER","parts":[{"text":"hello"}]}}})",
                       "A2A-Version: 1.0\r\n");
}

row against_sync(std::string what, double measured, double sync, double aim) {
  return {std::move(what),        show_time(measured), "fdatasync p50 " + show_time(sync), show_ratio(measured / sync),
          "<= " + show_time(aim), met(measured <= aim)};
}

}  // namespace

void measure_gateway(const plan& how, table& into) {
  const hello_server hello{how};
  server under_test{how, data_of(how, "gateway")};
  const auto livez = request_bytes("/livez");
  const auto task = server::task_for("echo_none", wait);
  auto shortly = how;
  shortly.span = warm_up;
  hello.load_with(shortly);
  under_test.load_with(shortly, livez);
  under_test.load_with(shortly, task);
  // In turn, so that a noisy machine disturbs all three alike.
  std::vector<double> plain, alive, none;
  for (int i = 0; i < how.runs; ++i) {
    plain.push_back(hello.load_with(how).per_second);
    alive.push_back(under_test.load_with(how, livez).per_second);
    none.push_back(under_test.load_with(how, task).per_second);
  }
  under_test.stop();
  const auto at = fmt::format(", {} connections", how.connections);
  into.add(against_hello("GET /livez" + at, median(alive), median(plain), 0.8));
  into.add(against_hello("durability: none, Prefer: wait" + at, median(none), median(plain), 0.4));
}

void measure_a2a(const plan& how, table& into) {
  server under_test{how, data_of(how, "a2a")};
  const auto task = server::task_for("echo_none", wait);
  const auto sent = send_message_to("echo_none");
  auto shortly = how;
  shortly.span = warm_up;
  double asked = 0;
  const auto load = [&](const plan& how_long, const std::string& request) {
    const auto got = under_test.load_with(how_long, request);
    asked += static_cast<double>(got.times.size());
    return got.per_second;
  };
  load(shortly, task);
  load(shortly, sent);
  std::vector<double> rest, a2a;
  for (int i = 0; i < how.runs; ++i) {
    rest.push_back(load(how, task));
    a2a.push_back(load(how, sent));
  }
  // An error of JSON-RPC is a 200, too. A task is counted right after its answer was handed over, not before.
  await("as many ended tasks as there were answers", settle_limit,
        [&] { return under_test.metric("mofa_tasks_ended_total", R"(agent="echo_none")") == asked; });
  under_test.stop();
  constexpr double aim = 0.7;
  const double ratio = median(a2a) / median(rest);
  into.add({fmt::format("A2A SendMessage, durability: none, {} connections", how.connections), show_rate(median(a2a)),
            "the same task over /api/v1 " + show_rate(median(rest)), show_ratio(ratio), fmt::format(">= {} x", aim),
            met(ratio >= aim)});
}

void measure_durable(const plan& how, table& into) {
  const auto data = data_of(how, "durable");
  server under_test{how, data};
  const auto task = server::task_for("echo", wait);
  auto shortly = how;
  shortly.span = warm_up;
  under_test.load_with(shortly, task);
  const auto many = repeat(how.runs, [&] { return under_test.load_with(how, task).per_second; });
  auto single = how;
  single.connections = 1;
  std::vector<double> sync, p50, first, slow;
  for (int i = 0; i < how.runs; ++i) {
    sync.push_back(sync_time(how).count());
    p50.push_back(median(under_test.load_with(single, task).times));
    std::vector<double> times;
    const auto stream = server::task_for("echo", "Accept: text/event-stream\r\n");
    for (int n = 0; n < how.streams; ++n) times.push_back(client{under_test.port()}.time_until(stream, "\nid: 1\n").count());
    slow.push_back(quantile(times, 0.99));
    first.push_back(median(std::move(times)));
  }
  under_test.stop();
  plain_inserts plain{data + "/mofa.db", data_of(how, "plain.db")};
  const auto inserts = repeat(how.runs, [&] { return plain.tasks_per_second(how.span); });

  constexpr double aim = 10'000;
  const double rate = median(many);
  into.add({fmt::format("durable submit-and-complete, {} connections", how.connections), show_rate(rate),
            "plain inserts " + show_rate(median(inserts)), show_ratio(rate / median(inserts)), ">= " + show_rate(aim),
            met(rate >= aim)});
  into.add(against_sync("durable submit-and-complete, 1 connection, p50", median(p50), median(sync), 0.001));
  into.add(against_sync("POST with SSE to its first id:, p50", median(first), median(sync), 0.002));
  into.note(
      fmt::format("plain inserts: the {} rows of such a task, 64 tasks in a transaction, WAL, synchronous=FULL, one thread",
                  plain.rows_per_task()));
  into.note("POST with SSE: one stream at a time, each on a connection of its own that stands already; p99 " +
            show_time(median(slow)));
}

}  // namespace mofa::bench

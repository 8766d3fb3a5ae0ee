#include <fmt/format.h>

#include "actors/scheduling/scheduler.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr const char* wait = "Prefer: wait=10\r\n";
constexpr int waiting = 10'000;

// A full scheduler: each hand-out takes the most urgent of many.
double hand_out_time() {
  const time_point now{milliseconds{0}};
  scheduling::scheduler all{{{{"model", 1}}, milliseconds{30'000}}};
  for (scheduling::ticket one = 1; one <= waiting; ++one)
    all.enqueue(one, "model", static_cast<core::priority>(one % 5), now);
  auto running = all.hand_out(now).at(0);
  const auto begun = steady::now();
  for (scheduling::ticket one = waiting + 1; one <= 2 * waiting; ++one) {
    all.enqueue(one, "model", static_cast<core::priority>(one % 5), now);
    all.leave(running);
    running = all.hand_out(now).at(0);
  }
  return seconds{steady::now() - begun}.count() / waiting;
}

}  // namespace

void measure_thinking(const plan& how, table& into) {
  server under_test{how, data_of(how, "thinking")};
  const auto thought = server::task_for("thinker", wait, "What is 17*23?");
  const auto echo = server::task_for("echo", wait);
  auto shortly = how;
  shortly.span = seconds{0.3};
  under_test.load_with(shortly, thought);
  auto single = how;
  single.connections = 1;
  std::vector<double> many, plain, alone, plain_alone, hand_out;
  for (int i = 0; i < how.runs; ++i) {
    plain.push_back(under_test.load_with(how, echo).per_second);
    many.push_back(under_test.load_with(how, thought).per_second);
    plain_alone.push_back(median(under_test.load_with(single, echo).times));
    alone.push_back(median(under_test.load_with(single, thought).times));
    hand_out.push_back(hand_out_time());
  }
  under_test.stop();
  const double p50 = median(alone), rate = median(many), hand = median(hand_out);
  into.add({"llm task with one tool call, 1 connection, p50", show_time(p50), "echo " + show_time(median(plain_alone)),
            show_ratio(p50 / median(plain_alone)), "<= " + show_time(0.002), met(p50 <= 0.002)});
  into.add({fmt::format("llm tasks with one tool call, {} connections", how.connections), show_rate(rate),
            "echo " + show_rate(median(plain)), show_ratio(rate / median(plain)), ">= " + show_rate(3'000),
            met(rate >= 3'000)});
  into.add({"scheduler: one in, one out, the next one named", show_time(hand), "", "", "<= " + show_time(5e-6),
            met(hand <= 5e-6)});
  into.note("llm task: durable, on the scripted model: model, calculator, model; four appends where echo has one");
  into.note(fmt::format("scheduler: in this process, {} effects of five priorities waiting", waiting));
}

}  // namespace mofa::bench

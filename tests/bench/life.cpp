#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/base/clock.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr double megabyte = 1e6;

time_point moment_of(const nlohmann::json& event) {
  const auto at = parse_rfc3339(event.at("at").get<std::string>());
  if (!at) throw unmeasurable{"an event has no time"};
  return *at;
}

/// Of one task: from its first crash to what was decided next.
double time_after_crash(client& ask) {
  const auto task = nlohmann::json::parse(ask.ask(server::task_for("crash_once", "Prefer: wait=10\r\n")));
  const auto id = task.at("id").get<std::string>();
  const auto events = nlohmann::json::parse(ask.ask(request_bytes("/api/v1/tasks/" + id + "/events"))).at("items");
  const auto crash =
      std::find_if(events.begin(), events.end(), [](const auto& each) { return each.at("kind") == "behaviour_crashed"; });
  if (crash == events.end() || crash + 1 == events.end())
    throw unmeasurable{"task " + id + " has no crash, or nothing after it"};
  return seconds{moment_of(*(crash + 1)) - moment_of(*crash)}.count();
}

}  // namespace

void measure_start(const plan& how, table& into) {
  std::vector<double> times, memory;
  for (int i = 0; i < how.runs; ++i) {
    server fresh{how, data_of(how, fmt::format("start-{}", i))};
    times.push_back(fresh.took_to_be_ready().count());
    memory.push_back(fresh.resident_bytes());
    fresh.stop();
  }
  constexpr double aim = 0.1;
  constexpr double room = 30 * megabyte;
  into.add({"start to ready, new data folder", show_time(median(times)), "", "", "<= 100 ms", met(median(times) <= aim)});
  into.add({"RSS when ready", show_bytes(median(memory)), "", "", "<= " + show_bytes(room), met(median(memory) <= room)});
}

void measure_crash(const plan& how, table& into) {
  server under_test{how, data_of(how, "crash")};
  client ask{under_test.port()};
  std::vector<double> slow, middle;
  for (int i = 0; i < how.runs; ++i) {
    std::vector<double> times = repeat(how.crashes, [&] { return time_after_crash(ask); });
    slow.push_back(quantile(times, 0.99));
    double sum = 0;
    for (const double each : times) sum += each;
    middle.push_back(sum / how.crashes);
  }
  under_test.stop();
  constexpr double aim = 0.005;
  into.add({"first crash to the next decided event, p99", show_time(median(slow)), "", "", "<= " + show_time(aim),
            met(median(slow) <= aim)});
  into.note(fmt::format(
      "crash: difference of the `at` of behaviour_crashed and of the event after it, {} tasks one after the other in a "
      "run; `at` is cut to milliseconds, so a single figure is right to 1 ms and the mean, {}, is not biased",
      how.crashes, show_time(median(middle))));
}

}  // namespace mofa::bench

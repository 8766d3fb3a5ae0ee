#include <fmt/format.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr const char* ended = "mofa_tasks_ended_total";
constexpr double aim = 2;
constexpr seconds recovery_limit{60};
constexpr seconds margin{0.5};

}  // namespace

void measure_recovery(const plan& how, table& into) {
  const auto data = data_of(how, "recovery");
  const auto label = "agent=\"" + how.waiting_agent + "\"";
  steady::time_point all_due;
  {
    server first{how, data};
    first.submit(how, how.waiting_agent, how.open_tasks);
    all_due = steady::now() + std::chrono::duration_cast<steady::duration>(how.wait + margin);
    const double early = first.metric(ended, label);
    first.kill();
    if (early > 0) throw unmeasurable{fmt::format("{:.0f} tasks ended before all were open", early)};
  }
  await("the time at which all timers are due", how.wait + seconds{10}, [&] { return steady::now() >= all_due; });
  server second{how, data};
  const auto ready = steady::now();
  await("the end of all restarted tasks", recovery_limit, [&] { return second.metric(ended, label) >= how.open_tasks; });
  const double took = seconds{steady::now() - ready}.count();
  const double to_ready = second.took_to_be_ready().count();
  second.stop();

  into.add({fmt::format("last timer of {} open tasks, after kill -9 and readiness", how.open_tasks), show_time(took), "", "",
            "<= " + show_time(aim), met(took <= aim)});
  into.note(
      fmt::format("kill -9: all timers came due while the server was down; it was ready after {}, and the last task had not "
                  "only its timer back but was decided, committed and counted",
                  show_time(to_ready)));
}

}  // namespace mofa::bench

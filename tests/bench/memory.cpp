#include <fmt/format.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr int parts = 20;  ///< of the tasks; memory is looked at after each
constexpr double aim_live = 4096;
constexpr double aim_left = 64;
constexpr seconds passivation_limit{90};

struct peak {
  double live = 0;    ///< tasks
  double growth = 0;  ///< bytes, at that moment
};

/// Submits all tasks; the moment at which most of them were live.
peak fill(server& under_test, const plan& how, double before) {
  peak out;
  for (int i = 0; i < parts; ++i) {
    under_test.submit(how, "idle", how.idle_tasks / parts);
    const double live = under_test.live_tasks("idle");
    if (live >= out.live) out = {live, under_test.resident_bytes() - before};
  }
  if (out.live == 0) throw unmeasurable{"no task was live when memory was looked at"};
  return out;
}

/// Memory once no task is live.
double empty(server& under_test) {
  await("the passivation of all tasks", passivation_limit, [&] { return under_test.live_tasks("idle") == 0; });
  return under_test.resident_bytes();
}

}  // namespace

void measure_memory(const plan& how, table& into) {
  server under_test{how, data_of(how, "memory")};
  // What the first tasks allocate once for all, the caches of the database above all, is not theirs.
  under_test.submit(how, "echo", how.idle_tasks / 5);
  await("the end of the first tasks", seconds{30}, [&] { return under_test.live_tasks("echo") == 0; });
  const double before = under_test.resident_bytes();
  const auto most = fill(under_test, how, before);
  const double after = empty(under_test);
  fill(under_test, how, after);
  const double after_both = empty(under_test);
  under_test.stop();

  const double live = most.growth / most.live;
  const double left = (after - before) / how.idle_tasks;
  const double again = (after_both - after) / how.idle_tasks;
  into.add({"RSS growth per live task in a pause", show_bytes(live), "", "", "<= 4 KiB", met(live <= aim_live)});
  into.add({"RSS left per passivated task", show_bytes(left), "", "", "0", met(left <= aim_left)});
  into.add({"the same, for as many tasks once more", show_bytes(again), "", "", "0", met(again <= aim_left)});
  into.note(
      fmt::format("memory: {} tasks in a pause, at most {:.0f} of them live at a time (an idle task is passivated after 10 "
                  "s); what is left "
                  "counts as 0 up to {:.0f} B for each task; memory that is free but kept by the process is left once, and "
                  "does not grow again",
                  how.idle_tasks, most.live, aim_left));
}

}  // namespace mofa::bench

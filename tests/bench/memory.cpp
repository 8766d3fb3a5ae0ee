#include <fmt/format.h>

#include <algorithm>

#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace mofa::bench {
namespace {

constexpr int parts = 20;  ///< of the tasks; memory is looked at after each
constexpr double aim_live = 4096;
constexpr double aim_left = 64;
constexpr seconds passivation_limit{90};

}  // namespace

void measure_memory(const plan& how, table& into) {
  server under_test{how, data_of(how, "memory")};
  // What the first tasks allocate once for all is not theirs.
  under_test.submit(how, "echo", how.idle_tasks / parts);
  await("the end of the first tasks", seconds{30}, [&] { return under_test.live_tasks("echo") == 0; });
  const double before = under_test.resident_bytes();

  double live = 0;
  double grown = 0;
  for (int i = 0; i < parts; ++i) {
    under_test.submit(how, "idle", how.idle_tasks / parts);
    const double count = under_test.live_tasks("idle");
    if (count < live) continue;
    live = count;
    grown = under_test.resident_bytes() - before;
  }
  if (live == 0) throw unmeasurable{"no task was live when memory was looked at"};
  await("the passivation of all tasks", passivation_limit, [&] { return under_test.live_tasks("idle") == 0; });
  const double left = (under_test.resident_bytes() - before) / how.idle_tasks;
  under_test.stop();

  into.add(
      {"RSS growth per live task in a pause", show_bytes(grown / live), "", "", "<= 4 KiB", met(grown / live <= aim_live)});
  into.add({"RSS growth left per passivated task", show_bytes(left), "", "", "0", met(left <= aim_left)});
  into.note(fmt::format(
      "memory: {} tasks in a pause, at most {:.0f} of them live at a time (an idle task is passivated after 10 s); "
      "what is left counts as 0 up to {:.0f} B for each task",
      how.idle_tasks, live, aim_left));
}

}  // namespace mofa::bench

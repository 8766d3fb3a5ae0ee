#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "tests/bench/measure.hpp"
#include "tests/bench/server.hpp"

namespace fs = std::filesystem;

namespace mofa::bench {
namespace {

constexpr double aim = 150e6;

std::string name_of(int number) { return fmt::format("thinker{}", number); }

/// A configuration with so many agents whose model is never done.
std::string write_agents(const plan& how) {
  const fs::path folder{data_of(how, "many")};
  fs::create_directories(folder / "agents");
  for (int i = 0; i < how.agents; ++i) {
    std::ofstream{folder / "agents" / (name_of(i) + ".yaml")} << fmt::format(
        "name: {}\nkind: llm\ninstructions: You are {{{{agent}}}}.\ntools: [calculator, clock]\n", name_of(i));
  }
  const auto rules = fs::path{how.configuration}.parent_path() / "ponder.yaml";
  const auto file = folder / "mofa.yaml";
  std::ofstream{file}
      << "definitions: [agents]\nmodels:\n  default: [ponder/ponder]\n  providers:\n    ponder: {kind: scripted, file: "
      << rules << "}\n";
  if (!fs::exists(file)) throw unmeasurable{file.string() + ": cannot be written"};
  return file.string();
}

}  // namespace

void measure_contexts(const plan& how, table& into) {
  auto with = how;
  with.configuration = write_agents(how);
  server under_test{with, data_of(how, "contexts")};
  const double before = under_test.resident_bytes();
  double live = 0;
  for (int i = 0; i < how.agents; ++i) under_test.submit(how, name_of(i), how.contexts);
  const double memory = under_test.resident_bytes();
  for (int i = 0; i < how.agents; ++i) live += under_test.live_tasks(name_of(i));
  under_test.kill();
  const double wanted = static_cast<double>(how.agents) * how.contexts;
  if (live != wanted) throw unmeasurable{fmt::format("{:.0f} of {:.0f} tasks are live", live, wanted)};
  into.add({fmt::format("RSS with {} agents x {} contexts live", how.agents, how.contexts), show_bytes(memory),
            "agents alone " + show_bytes(before), show_ratio(memory / before), "<= " + show_bytes(aim), met(memory <= aim)});
  into.note(
      "contexts: agents of kind llm with two tools; in each context a task whose model is thinking, so that none leaves "
      "memory");
}

}  // namespace mofa::bench

// mofa_bench [--quick] [--only NAME]… [SERVER]: measures the server's binary against plain baselines and prints a table.
// Exit code 1 only when something could not be measured.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <array>
#include <cstdlib>
#include <exception>
#include <filesystem>

#include "tests/bench/machine.hpp"
#include "tests/bench/measure.hpp"

namespace fs = std::filesystem;

namespace mofa::bench {
namespace {

struct measurement {
  const char* name;
  void (*measure)(const plan&, table&);
};
constexpr std::array<measurement, 12> all{{{"gateway", measure_gateway},
                                           {"a2a", measure_a2a},
                                           {"durable", measure_durable},
                                           {"start", measure_start},
                                           {"memory", measure_memory},
                                           {"recovery", measure_recovery},
                                           {"crash", measure_crash},
                                           {"thinking", measure_thinking},
                                           {"subscribers", measure_subscribers},
                                           {"a2a_subscribers", measure_a2a_subscribers},
                                           {"streaming", measure_streaming},
                                           {"contexts", measure_contexts}}};

/// A folder of its own beside the binary, deleted at the end.
class scratch {
 public:
  explicit scratch(const fs::path& beside) {
    auto name = (beside / "bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw unmeasurable{name + ": cannot be made"};
    path_ = name;
  }
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void run_one(const measurement& what, const plan& how, table& into) {
  fmt::print(stderr, "measuring: {}\n", what.name);
  try {
    what.measure(how, into);
  } catch (const std::exception& why) {
    into.add({what.name, "", "", "", "", verdict::unmeasured});
    into.note(fmt::format("{}: {}", what.name, why.what()));
  }
}

int run(plan how, const std::vector<std::string>& only) {
  const scratch folder{fs::path{how.server}.parent_path()};
  how.folder = folder.path().string();
  fmt::print("{}\n", describe_machine(how));
  std::fflush(stdout);
  table results;
  for (const auto& each : all) {
    if (only.empty() || std::find(only.begin(), only.end(), each.name) != only.end()) run_one(each, how, results);
  }
  fmt::print("{}", results.text());
  return results.complete() ? 0 : 1;
}

}  // namespace
}  // namespace mofa::bench

int main(int argc, char** argv) {
  using namespace mofa::bench;
  const auto here = fs::read_symlink("/proc/self/exe").parent_path();
  std::string server = (here / "mofa").string();
  std::vector<std::string> only, names;
  for (const auto& each : all) names.emplace_back(each.name);
  bool quick = false;
  CLI::App app{"Measures the MoFA server against plain baselines", "mofa_bench"};
  app.add_option("SERVER", server, "The binary under test")->check(CLI::ExistingFile)->capture_default_str();
  app.add_option("--only", only, "Only this measurement; repeat for more")
      ->check(CLI::IsMember(names))
      ->allow_extra_args(false);
  app.add_flag("--quick", quick, "One short run of each: shows that the bench works, not how fast the server is");
  CLI11_PARSE(app, argc, argv);

  auto how = quick ? plan::quick() : plan{};
  how.server = fs::absolute(server).string();
  how.hello = (here / "mofa_bench_hello").string();
  how.configuration = MOFA_BENCH_CONFIGURATION;
  try {
    return run(std::move(how), only);
  } catch (const std::exception& why) {
    fmt::print(stderr, "mofa_bench: {}\n", why.what());
    return 1;
  }
}

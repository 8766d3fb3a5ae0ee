#include "server/settings/cpus.hpp"

#include <doctest/doctest.h>
#include <sched.h>
#include <stdlib.h>

#include <fstream>

using namespace mofa;
namespace fs = std::filesystem;

TEST_CASE("a quota of CPU time is rounded up to whole CPUs") {
  CHECK(settings::quota_cpus("150000 100000\n", 8) == 2);
  CHECK(settings::quota_cpus("200000 100000\n", 8) == 2);
  CHECK(settings::quota_cpus("1000 100000\n", 8) == 1);
  CHECK(settings::quota_cpus("9000000 100000\n", 8) == 8);
}

TEST_CASE("no quota leaves the CPUs as they are") {
  for (const auto* text : {"max 100000\n", "", "100000", "100000 0", "-1 100000", "x y"}) {
    CHECK(settings::quota_cpus(text, 8) == 8);
  }
}

TEST_CASE("the smallest limit among this group and those above it counts") {
  std::string pattern = (fs::temp_directory_path() / "mofa-cpus-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  const fs::path root = pattern;
  const auto write = [&](const fs::path& name, const char* text) {
    fs::create_directories((root / name).parent_path());
    std::ofstream{root / name} << text;
  };
  cpu_set_t mask;
  CPU_ZERO(&mask);
  REQUIRE(sched_getaffinity(0, sizeof mask, &mask) == 0);
  CHECK(settings::available_cpus(root) == CPU_COUNT(&mask));
  write("proc/self/cgroup", "1:cpu:/old\n0::/a/b\n");
  write("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  CHECK(settings::available_cpus(root) == CPU_COUNT(&mask));
  write("sys/fs/cgroup/a/cpu.max", "50000 100000\n");
  CHECK(settings::available_cpus(root) == 1);
  fs::remove_all(root);
}

TEST_CASE("this process may use at least one CPU") { CHECK(settings::available_cpus() >= 1); }

#include "server/settings/cpus.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace mofa::settings {
namespace {

namespace fs = std::filesystem;

std::string read_small(const fs::path& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

int affinity_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  // Beyond 1024 CPUs the call fails; then one is a safe answer.
  return sched_getaffinity(0, sizeof mask, &mask) == 0 ? std::max(1, CPU_COUNT(&mask)) : 1;
}

/// The path of this process below the v2 hierarchy: the line "0::/path".
fs::path own_group(const fs::path& root) {
  const auto text = read_small(root / "proc/self/cgroup");
  const auto line = text.find("0::/");
  if (line == text.npos || (line > 0 && text[line - 1] != '\n')) return {};
  const auto begin = line + 4;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

int quota_cpus(std::string_view cpu_max, int none) {
  long quota = 0;
  long period = 0;
  const auto* end = cpu_max.data() + cpu_max.size();
  const auto first = std::from_chars(cpu_max.data(), end, quota);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ' ') return none;
  const auto second = std::from_chars(first.ptr + 1, end, period);
  if (second.ec != std::errc{} || quota <= 0 || period <= 0) return none;
  return static_cast<int>(std::min<long>((quota + period - 1) / period, none));
}

int available_cpus(const fs::path& root) {
  int cpus = affinity_cpus();
  // A limit of any group above holds too.
  const auto top = root / "sys/fs/cgroup";
  auto group = own_group(root);
  for (;;) {
    cpus = quota_cpus(read_small(top / group / "cpu.max"), cpus);
    if (group.empty()) return std::max(1, cpus);
    group = group.parent_path();
  }
}

}  // namespace mofa::settings

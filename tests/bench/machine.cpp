#include "tests/bench/machine.hpp"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <fstream>

#include "server/settings/cpus.hpp"

namespace mofa::bench {
namespace {

constexpr double quiet_load = 0.5;

std::string cpu_model() {
  std::ifstream in{"/proc/cpuinfo"};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  }
  return "unknown CPU";
}

std::string disk_of(const std::string& folder) {
  struct statfs of {};
  if (statfs(folder.c_str(), &of) != 0) return "unknown";
  switch (static_cast<unsigned long>(of.f_type)) {
    case EXT4_SUPER_MAGIC:
      return "ext4";
    case BTRFS_SUPER_MAGIC:
      return "btrfs";
    case XFS_SUPER_MAGIC:
      return "xfs";
    case OVERLAYFS_SUPER_MAGIC:
      return "overlayfs";
    case TMPFS_MAGIC:
      return "tmpfs: NOT A DISK, durable figures mean nothing";
    default:
      return fmt::format("file system {:#x}", static_cast<unsigned long>(of.f_type));
  }
}

double load_average() {
  std::ifstream in{"/proc/loadavg"};
  double out = 0;
  in >> out;
  return out;
}

}  // namespace

std::string describe_machine(const plan& how) {
  utsname system{};
  uname(&system);
  const double pages = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const double load = load_average();
  auto out = fmt::format(
      "machine  {} CPUs, {}, {:.0f} GB, {} {}\ndisk     {} ({})\nserver   {} serve --config {} --listen 127.0.0.1:0\n",
      settings::available_cpus(), cpu_model(), pages / 1e9, system.sysname, system.release, disk_of(how.folder), how.folder,
      how.server, how.configuration);
  out += fmt::format(
      "load     the bench's own client on the same CPUs: {} connections, 2 threads; {} runs of {:.0f} s, medians\n",
      how.connections, how.runs, how.span.count());
  if (load > quiet_load)
    out += fmt::format("WARNING  the machine is not idle (load average {:.2f}): the figures mean little\n", load);
  return out;
}

}  // namespace mofa::bench

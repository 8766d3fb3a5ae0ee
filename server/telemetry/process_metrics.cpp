#include "server/telemetry/process_metrics.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include "server/telemetry/names.hpp"

namespace mofa::telemetry {
namespace {

std::string read_file(const char* path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The fields of /proc/self/stat from the third one on (proc(5)); the second one, a name in parentheses, may hold anything.
std::vector<std::string> stat_fields() {
  const auto text = read_file("/proc/self/stat");
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream rest{text.substr(end_of_name + 1)};
  return {std::istream_iterator<std::string>{rest}, {}};
}

double boot_time_seconds() {
  std::istringstream lines{read_file("/proc/stat")};
  std::string word;
  while (lines >> word) {
    double value = 0;
    if (word == "btime" && lines >> value) return value;
  }
  return 0;
}

double count_open_fds() {
  std::error_code failed;
  double count = 0;
  for (std::filesystem::directory_iterator each{"/proc/self/fd", failed}, end; !failed && each != end;
       each.increment(failed))
    ++count;
  // The directory's own descriptor was open while it was read.
  return count > 0 ? count - 1 : 0;
}

prometheus::MetricFamily family(std::string_view name, std::string_view help, prometheus::MetricType type, double value) {
  prometheus::MetricFamily out;
  out.name = name;
  out.help = help;
  out.type = type;
  auto& metric = out.metric.emplace_back();
  if (type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return out;
}

}  // namespace

std::optional<process_sample> sample_process() {
  constexpr std::size_t utime = 11;
  constexpr std::size_t stime = 12;
  constexpr std::size_t starttime = 19;
  constexpr std::size_t rss = 21;
  const auto fields = stat_fields();
  if (fields.size() <= rss) return std::nullopt;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto number = [&](std::size_t field) { return std::strtod(fields[field].c_str(), nullptr); };
  return process_sample{.resident_memory_bytes = number(rss) * static_cast<double>(sysconf(_SC_PAGESIZE)),
                        .open_fds = count_open_fds(),
                        .start_time_seconds = boot_time_seconds() + number(starttime) / ticks,
                        .cpu_seconds = (number(utime) + number(stime)) / ticks};
}

std::vector<prometheus::MetricFamily> collect_process_metrics() {
  const auto now = sample_process();
  if (!now) return {};
  using prometheus::MetricType;
  return {family(names::process_resident_memory, "Resident memory.", MetricType::Gauge, now->resident_memory_bytes),
          family(names::process_open_fds, "Open file descriptors.", MetricType::Gauge, now->open_fds),
          family(names::process_start_time, "Start of the process, since 1970.", MetricType::Gauge, now->start_time_seconds),
          family(names::process_cpu, "User and system CPU time.", MetricType::Counter, now->cpu_seconds)};
}

}  // namespace mofa::telemetry

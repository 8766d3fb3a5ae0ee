#include "tests/bench/baselines.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "server/settings/cpus.hpp"
#include "tests/bench/client.hpp"

namespace mofa::bench {

hello_server::hello_server(const plan& how)
    : process_({how.hello, "0", fmt::format("{}", settings::available_cpus())}, data_of(how, "hello.log")) {
  constexpr const char* words = "listening on ";
  const auto line = process_.line_with(words, seconds{10});
  port_ = static_cast<std::uint16_t>(std::atoi(line.c_str() + std::strlen(words)));
}

load_result hello_server::load_with(const plan& how) const {
  return run({.port = port_, .request = request_bytes("/"), .connections = how.connections, .span = how.span});
}

seconds sync_time(const plan& how) {
  const auto path = data_of(how, "synced");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) throw unmeasurable{path + ": " + std::strerror(errno)};
  constexpr int pages = 64;
  constexpr std::array<char, 4096> page{};
  const auto put = [&](int at) { return pwrite(file, page.data(), page.size(), at * static_cast<off_t>(page.size())) > 0; };
  // The pages are there already, as in a write-ahead log that is used again: only data goes to the disk.
  bool good = true;
  for (int i = 0; i < pages; ++i) good = good && put(i);
  good = good && fsync(file) == 0;
  std::vector<double> times;
  for (int i = 0; good && i < how.syncs; ++i) {
    const auto from = steady::now();
    good = put(i % pages) && fdatasync(file) == 0;
    times.push_back(seconds{steady::now() - from}.count());
  }
  close(file);
  unlink(path.c_str());
  if (!good) throw unmeasurable{path + ": cannot be written and synced"};
  return seconds{median(std::move(times))};
}

}  // namespace mofa::bench

// A child process of the bench: the server, or a baseline in a program of its own.
// Owned by the measurement that started it; it does not outlive its object, nor the bench.
// One thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/bench/support.hpp"

namespace mofa::bench {

class process {
 public:
  /// Starts it at once; stderr is appended to `log_file`. The environment is the bench's without MOFA… variables.
  process(std::vector<std::string> command, std::string log_file);
  /// Kills it if it is still there.
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// The next line on its stdout with that text. Throws with the end of the log when it ends before.
  std::string line_with(const std::string& text, seconds longest);
  void signal(int number);
  /// Waits for its end; kills it after `longest`.
  void join(seconds longest);
  /// Physical memory now, as the kernel counts it (VmRSS).
  double resident_bytes() const;

 private:
  std::string failure(const std::string& what) const;

  std::string name_;
  std::string log_file_;
  pid_t pid_ = -1;
  int stdout_ = -1;
  std::string unread_;
};

}  // namespace mofa::bench

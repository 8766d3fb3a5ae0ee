// A child process of a test: started with its own environment and user, watched, signalled, awaited with a deadline.
// Owned by the test; its end is the child's end (SIGKILL), so that nothing outlives a failed test.
// The thread that made it, which must outlive it: the child ends with that thread. kill() may be called from any.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mofa::test {

struct process_plan {
  std::vector<std::string> arguments;              ///< the first is the program's path
  std::map<std::string, std::string> environment;  ///< added to the test's own
  std::filesystem::path errors;                    ///< stderr goes there
  std::filesystem::path folder;                    ///< the working directory; empty: the test's
  std::optional<uid_t> user;                       ///< runs as this user and a group of the same number; needs root
};

struct process_end {
  int code = -1;   ///< of exit(); -1 when a signal ended it
  int signal = 0;  ///< that ended it; 0: none
};

class process {
 public:
  /// Starts the child. A program that cannot be run ends with code 127.
  explicit process(const process_plan& plan);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  pid_t pid() const { return pid_; }
  void kill(int signal) const;
  /// The end of the child; nothing when it is still there after the time.
  std::optional<process_end> wait(std::chrono::milliseconds within);
  /// What the child writes to stdout, up to and with the next line feed; nothing at its end or after the time.
  std::optional<std::string> line(std::chrono::milliseconds within);
  /// What was written to stderr so far.
  std::string errors() const;

 private:
  pid_t pid_ = -1;
  int handle_ = -1;  ///< pidfd: readable when the child has ended
  int output_ = -1;
  std::string held_;
  std::filesystem::path errors_;
  std::optional<process_end> end_;
};

/// The whole file; empty when there is none.
std::string file_text(const std::filesystem::path& file);

}  // namespace mofa::test

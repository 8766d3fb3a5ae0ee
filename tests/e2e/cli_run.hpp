// The command line client as a user runs it: the shipped program with its output, its complaints and its exit code.
// Made by a test for each run; the process ends with it.
// The test's thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/test_server.hpp"

namespace mofa::test {

struct cli_outcome {
  int code = -1;
  std::string output, errors;
};

/// One run that is looked at while it goes on.
class cli_run {
 public:
  cli_run(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment);
  process& life() { return *life_; }
  /// All further output until the end.
  cli_outcome finish();

 private:
  scratch_folder folder_;
  std::unique_ptr<process> life_;
};

using environment_map = std::map<std::string, std::string>;

/// `mofa` with these arguments, to its end.
cli_outcome mofa(std::vector<std::string> arguments, environment_map environment = {});

/// A shell with $MOFA as the program; `on_terminal`: stdout and stderr are one, and output has both.
cli_outcome shell(const std::string& script, environment_map environment = {}, bool on_terminal = false);

/// A server whose models are the scripted ones, on a port that a later life takes again.
class cli_server {
 public:
  explicit cli_server(const std::string& settings = {});
  /// Starts a life; the first picks the port.
  bool start();
  void kill();
  std::uint16_t port() const { return port_; }
  std::string url() const { return "127.0.0.1:" + std::to_string(port_); }
  environment_map environment() const { return {{"MOFA_URL", url()}}; }

 private:
  test_server plan_;
  std::unique_ptr<process> life_;
  std::uint16_t port_ = 0;
};

}  // namespace mofa::test

// The server under test: the shipped binary with agents of the bench, on a free port of the loopback.
// Owned by one measurement; a data folder may be served again by a later one.
// One thread; calls block.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/bench/client.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/plan.hpp"
#include "tests/bench/process.hpp"

namespace mofa::bench {

class server {
 public:
  /// Starts it on that data folder and waits until it is ready.
  server(const plan& how, const std::string& data);

  std::uint16_t port() const { return port_; }
  /// From the start of the process to its first 200 on /readyz.
  seconds took_to_be_ready() const { return ready_after_; }
  double resident_bytes() const { return process_.resident_bytes(); }

  std::string get(const std::string& path) { return client_->ask(request_bytes(path)); }
  /// The sum over all label values of a metric whose line holds `label` (`agent="echo"`, or nothing).
  double metric(const std::string& name, const std::string& label = {});
  /// Tasks of the agent that have an actor now.
  double live_tasks(const std::string& agent);

  /// A request that gives an agent one task; `headers` are whole lines.
  static std::string task_for(const std::string& agent, const std::string& headers = {}, const std::string& text = "hello");
  /// The load of the plan's connections on this server, for the plan's span.
  load_result load_with(const plan& how, const std::string& request) const;
  /// Gives an agent so many tasks.
  load_result submit(const plan& how, const std::string& agent, int count) const;

  /// SIGTERM, and its end.
  void stop();
  /// SIGKILL, and its end.
  void kill();

 private:
  process process_;
  std::uint16_t port_ = 0;
  seconds ready_after_{0};
  std::unique_ptr<client> client_;
};

}  // namespace mofa::bench

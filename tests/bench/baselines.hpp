// What the server's figures are compared with: a plain HTTP server, the disk's own speed, and plain inserts into SQLite.
// Owned by a measurement.
// One thread; calls block.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load.hpp"
#include "tests/bench/plan.hpp"
#include "tests/bench/process.hpp"

namespace mofa::bench {

/// mofa_bench_hello with as many threads as the server has for its gateway.
class hello_server {
 public:
  explicit hello_server(const plan& how);
  load_result load_with(const plan& how) const;

 private:
  process process_;
  std::uint16_t port_ = 0;
};

/// p50 of overwriting 4 KiB of a file in the plan's folder, with fdatasync.
seconds sync_time(const plan& how);

/// The rows that the server wrote for some tasks, inserted again and again under new ids into a database with the same
/// schema and pragmas: 64 tasks in one transaction, prepared statements, nothing else.
class plain_inserts {
 public:
  /// Takes the rows of ended tasks from a database of the server.
  plain_inserts(const std::string& rows_of, const std::string& into);
  ~plain_inserts();

  double tasks_per_second(seconds span);
  std::size_t rows_per_task() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace mofa::bench

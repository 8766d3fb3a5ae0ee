// What is logged, for tests that count it.
// Owned by the test; at its end only errors are logged, to stderr again.
// The loggers of any thread write into it.
#pragma once

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

#include "server/telemetry/logging.hpp"

namespace mofa::test {

class log_lines {
 public:
  log_lines() { REQUIRE(telemetry::configure_logging("warn", "text", sink_)); }
  ~log_lines() { (void)telemetry::configure_logging("error", "text"); }
  log_lines(const log_lines&) = delete;
  log_lines& operator=(const log_lines&) = delete;

  /// How often it was logged; while nobody logs.
  int count(const std::string& piece) const {
    const auto all = text_.str();
    int out = 0;
    for (auto at = all.find(piece); at != std::string::npos; at = all.find(piece, at + 1)) ++out;
    return out;
  }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::sinks::ostream_sink_mt> sink_ = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_, true);
};

}  // namespace mofa::test

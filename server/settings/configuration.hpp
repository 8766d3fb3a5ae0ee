// The configuration: every setting of the server as a typed value, with its default.
// Made once by the loader before anything starts; the app hands each room the part that it needs.
// Plain data; immutable after the start, any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/base/clock.hpp"

namespace mofa::settings {

/// An address to listen on: an IPv4 or IPv6 literal (without brackets) or `localhost`, and a port (0: any free one).
struct endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;

  /// "127.0.0.1:8080", "[::1]:8080"
  std::string text() const;
  /// 127.0.0.0/8, ::1 or `localhost`.
  bool is_loopback() const;
};

/// A key that callers may use; only the hash of its secret is known.
struct auth_key {
  std::string name;
  std::string hash;  ///< "sha256:" and 64 lower-case hex digits
  std::string tenant = "default";
  std::vector<std::string> scopes;  ///< of tasks:read, tasks:write, agents:read, agents:write, metrics, admin
  std::optional<time_point> expires;
};

struct auth_settings {
  std::vector<auth_key> keys;
};

struct cors_settings {
  std::vector<std::string> origins;  ///< "https://example.org", without a path
};

struct limit_settings {
  std::size_t body_bytes = 8 * 1024 * 1024;
  std::size_t header_bytes = 16 * 1024;
  std::size_t in_flight = 4096;
  std::size_t connections = 10'000;
};

struct timeout_settings {
  milliseconds header{10'000};
  milliseconds idle{75'000};
  milliseconds write{30'000};
};

struct thread_settings {
  int io = 0;      ///< 0: available_cpus()
  int actors = 0;  ///< 0: available_cpus()
};

struct retention_settings {
  std::chrono::days completed{30};
  std::chrono::days failed{90};
};

struct log_settings {
  std::string level = "info";   ///< trace, debug, info, warn, error
  std::string format = "text";  ///< text, json
};

struct shutdown_settings {
  milliseconds grace{10'000};
};

struct configuration {
  endpoint listen;
  std::filesystem::path data_dir = "var";          ///< relative to the working directory
  std::vector<std::filesystem::path> definitions;  ///< folders, relative to the working directory
  auth_settings auth;
  cors_settings cors;
  limit_settings limits;
  timeout_settings timeouts;
  thread_settings threads;
  retention_settings retention;
  log_settings log;
  shutdown_settings shutdown;
};

}  // namespace mofa::settings

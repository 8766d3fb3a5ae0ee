// The configuration: every setting of the server as a typed value, with its default.
// Made by the loader before anything starts, and at each reload; the app hands each room the part that it needs.
// Plain data, a new one for each change; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
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
  bool operator==(const endpoint&) const = default;
};

/// A key that callers may use; only the hash of its secret is known.
struct auth_key {
  std::string name;
  std::string hash;  ///< "sha256:" and 64 lower-case hex digits
  std::string tenant = "default";
  std::vector<std::string> scopes;  ///< of tasks:read, tasks:write, agents:read, agents:write, metrics, admin
  std::optional<time_point> expires;
  bool operator==(const auth_key&) const = default;
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

/// In millionths of a US dollar for a million tokens.
struct model_price_settings {
  std::int64_t input_microusd_per_mtok = 0;
  std::int64_t output_microusd_per_mtok = 0;
  bool operator==(const model_price_settings&) const = default;
};

/// How often and how patiently a provider of models is asked.
struct model_patience_settings {
  int attempts = 3;  ///< of one call, the first included
  milliseconds first_pause{500};
  milliseconds longest_pause{8'000};
  int breaker_failures = 5;  ///< in a row open the circuit
  milliseconds breaker_pause{30'000};
  bool operator==(const model_patience_settings&) const = default;
};

/// Where models are.
struct model_provider_settings {
  std::string name;
  std::string kind;                  ///< openai, anthropic, scripted
  std::string base_url;              ///< empty: the provider's own
  std::string api_key;               ///< empty: none
  std::optional<bool> requires_key;  ///< nothing: as the kind does
  std::filesystem::path file;        ///< of `scripted`, relative to the working directory
  model_patience_settings patience{};
  bool operator==(const model_provider_settings&) const = default;
};

struct model_settings {
  std::vector<std::string> defaults;           ///< the first whose provider is usable
  std::map<std::string, std::string> aliases;  ///< to "provider/name"
  std::map<std::string, model_price_settings> prices;
  std::vector<model_provider_settings> providers;  ///< by name, ascending
};

struct scheduling_settings {
  int model_slots = 64;  ///< calls of models at one time
  int tool_slots = 256;  ///< calls of tools at one time
  milliseconds ageing{30'000};
};

struct http_client_settings {
  std::vector<std::string> allow;  ///< beyond the guard: CIDRs, addresses, hosts, "*.suffix"
  std::string proxy;               ///< "http://host:port", maybe with a password; empty: none
};

/// How the card of an agent is shown and signed.
struct a2a_card_settings {
  std::string form = "hybrid";        ///< of a request that names no version: v1, hybrid
  std::filesystem::path signing_key;  ///< PEM, relative to the working directory; empty: cards are not signed
  std::string key_id = "1";           ///< `kid` of the signatures
};

/// How patiently a webhook is called.
struct a2a_push_settings {
  bool allow_loopback = false;
  int attempts = 8;                 ///< of one delivery, the first included
  milliseconds first_pause{1'000};  ///< at most longest_pause
  milliseconds longest_pause{300'000};
  milliseconds timeout{15'000};  ///< of one attempt
};

struct a2a_settings {
  bool enabled = true;
  std::string default_agent = "assistant";  ///< answers at the origin; empty: none does
  std::string public_base_url;              ///< "https://example.org", no slash at its end; empty: as the client called us
  a2a_card_settings card;
  std::string errors_profile = "1.0.1";  ///< whose HTTP statuses: 1.0.1, 1.0.0
  a2a_push_settings push;
};

struct retention_settings {
  std::chrono::days completed{30};
  std::chrono::days failed{90};
  std::chrono::days topic_messages{7};
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
  model_settings models;
  scheduling_settings scheduling;
  http_client_settings http_client;
  a2a_settings a2a;
  retention_settings retention;
  log_settings log;
  shutdown_settings shutdown;
};

}  // namespace mofa::settings

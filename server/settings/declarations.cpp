#include "server/settings/declarations.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/base/nearest.hpp"
#include "server/settings/a2a_values.hpp"
#include "server/settings/model_values.hpp"
#include "server/settings/values.hpp"

namespace mofa::settings {
namespace {

constexpr std::int64_t kib = 1024;
constexpr std::int64_t gib = kib * kib * kib;
constexpr std::int64_t hour_ms = 3'600'000;

/// A running server takes the new value over.
setting live(setting what) {
  what.effect = reload::live;
  return what;
}

std::vector<setting> declare() {
  std::vector<setting> all;
  all.push_back(listen_setting());
  all.push_back(data_dir_setting());
  all.push_back(live(definitions_setting()));
  all.push_back(live(auth_keys_setting()));
  all.push_back(live(cors_origins_setting()));
  all.push_back(live(integer(
      "limits.body_bytes", "Largest body of a request.", kib, gib, [](auto& c) -> auto& { return c.limits.body_bytes; })));
  all.push_back(live(integer(
      "limits.header_bytes", "Largest header of a request.", kib, kib * kib,
      [](auto& c) -> auto& { return c.limits.header_bytes; })));
  all.push_back(live(integer(
      "limits.in_flight",
      "Requests worked on at one time; more are answered with 503. Streams and who waits for a task do not count.", 1,
      1'000'000, [](auto& c) -> auto& { return c.limits.in_flight; })));
  all.push_back(live(integer(
      "limits.connections", "Connections open at one time.", 1, 1'000'000,
      [](auto& c) -> auto& { return c.limits.connections; })));
  all.push_back(live(integer(
      "timeouts.header_ms", "From the first byte of a request to the end of its header.", 10, hour_ms,
      [](auto& c) -> auto& { return c.timeouts.header; })));
  all.push_back(live(integer(
      "timeouts.idle_ms", "How long a connection may stay open between two requests.", 10, hour_ms,
      [](auto& c) -> auto& { return c.timeouts.idle; })));
  all.push_back(live(integer(
      "timeouts.write_ms", "How long a client may take no byte of an answer.", 10, hour_ms,
      [](auto& c) -> auto& { return c.timeouts.write; })));
  all.push_back(integer(
      "threads.io", "Threads of the gateway. 0: as many as the CPUs that this process may use.", 0, 256,
      [](auto& c) -> auto& { return c.threads.io; }));
  all.push_back(integer(
      "threads.actors", "Threads of the actors. 0: as many as the CPUs that this process may use.", 0, 256,
      [](auto& c) -> auto& { return c.threads.actors; }));
  all.push_back(models_default_setting());
  all.push_back(models_aliases_setting());
  all.push_back(models_prices_setting());
  all.push_back(models_providers_setting());
  all.push_back(live(scheduling_slots_setting()));
  all.push_back(live(integer(
      "scheduling.ageing_ms", "Within this time whatever waits for a slot gets its turn, however low its priority.", 10,
      24 * hour_ms, [](auto& c) -> auto& { return c.scheduling.ageing; })));
  all.push_back(http_client_allow_setting());
  all.push_back(http_client_proxy_setting());
  for (auto& each : a2a_settings_declared()) all.push_back(std::move(each));
  all.push_back(live(integer(
      "retention.completed_days", "Days that completed tasks are kept.", 1, 36'500,
      [](auto& c) -> auto& { return c.retention.completed; })));
  all.push_back(live(integer(
      "retention.failed_days", "Days that failed, canceled and rejected tasks are kept.", 1, 36'500,
      [](auto& c) -> auto& { return c.retention.failed; })));
  all.push_back(live(integer(
      "retention.topic_messages_days",
      "Days that durable messages of topics are kept; longer while an agent has yet to take them.", 1, 36'500,
      [](auto& c) -> auto& { return c.retention.topic_messages; })));
  all.push_back(live(choice(
      "log.level", "What is logged: this level and the more serious ones.", {"trace", "debug", "info", "warn", "error"},
      [](configuration& c) -> std::string& { return c.log.level; },
      [](const configuration& c) -> const std::string& { return c.log.level; })));
  all.push_back(live(choice(
      "log.format", "Form of the log's lines.", {"text", "json"},
      [](configuration& c) -> std::string& { return c.log.format; },
      [](const configuration& c) -> const std::string& { return c.log.format; })));
  all.push_back(live(integer(
      "shutdown.grace_ms", "How long a stop waits for what is running.", 0, hour_ms,
      [](auto& c) -> auto& { return c.shutdown.grace; })));
  return all;
}

}  // namespace

std::span<const setting> declarations() {
  static const std::vector<setting> all = declare();
  return all;
}

const setting* find_setting(std::string_view name) {
  for (const auto& each : declarations()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

bool is_section(std::string_view name) {
  const auto all = declarations();
  return std::any_of(all.begin(), all.end(), [&](const setting& each) {
    return each.name.size() > name.size() && each.name.starts_with(name) && each.name[name.size()] == '.';
  });
}

std::string unknown_key(std::string_view name) {
  const auto last = name.rfind('.');
  const auto section = last == name.npos ? std::string_view{} : name.substr(0, last);
  std::vector<std::string_view> inside;  // what is named in the same section
  std::vector<std::string_view> all;
  for (const auto& each : declarations()) {
    const std::string_view whole = each.name;
    all.push_back(whole);
    if (!section.empty() && !(whole.starts_with(section) && whole.substr(section.size()).starts_with('.'))) continue;
    const auto one = whole.substr(0, whole.find('.', section.empty() ? 0 : section.size() + 1));
    if (inside.empty() || inside.back() != one) inside.push_back(one);
  }
  auto text = unknown_member(name, inside.empty() ? all : inside);
  text.replace(0, std::string_view{"unknown member"}.size(), "unknown key");
  return text;
}

}  // namespace mofa::settings

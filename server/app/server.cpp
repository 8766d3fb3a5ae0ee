#include "server/app/server.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spdlog/logger.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "actors/kernel.hpp"
#include "protocols/a2a/routes.hpp"
#include "protocols/openai/routes.hpp"
#include "protocols/rest/routes.hpp"
#include "protocols/websocket/routes.hpp"
#include "server/app/a2a.hpp"
#include "server/app/definitions.hpp"
#include "server/app/live_settings.hpp"
#include "server/app/reloader.hpp"
#include "server/app/version.hpp"
#include "server/app/workbench.hpp"
#include "server/base/limits.hpp"
#include "server/gateway/gateway.hpp"
#include "server/settings/cpus.hpp"
#include "server/store/data_folder.hpp"
#include "server/store/memory_desk.hpp"
#include "server/store/sqlite/open.hpp"
#include "server/telemetry/logging.hpp"
#include "server/telemetry/metrics.hpp"

namespace mofa::app {
namespace {

constexpr std::chrono::seconds housekeeping_every{30};
constexpr std::size_t sweep_at_once = 1000;  // in one transaction: appends wait no longer than that
constexpr int sweep_rounds = 20;

int complain(const error& why) {
  fmt::print(stderr, "{}\n", why.detail);
  return 1;
}

// The server's signals are taken by the main thread only: block them before any thread exists.
sigset_t block_signals() {
  sigset_t all;
  sigemptyset(&all);
  sigaddset(&all, SIGTERM);
  sigaddset(&all, SIGINT);
  sigaddset(&all, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return all;
}

result<gateway::options> gateway_options(const settings::configuration& from) {
  auto rules = gateway_rules(from);
  if (!rules) return std::move(rules).error();
  gateway::options out;
  static_cast<gateway::rules&>(out) = std::move(*rules);
  out.address = from.listen.address;
  out.port = from.listen.port;
  out.threads = from.threads.io > 0 ? from.threads.io : settings::available_cpus();
  return out;
}

void greet(const settings::loaded& from, std::uint16_t port, std::size_t agents, const std::string& model) {
  auto at = from.values.listen;
  at.port = port;
  spdlog::info("ready listen={} agents={} model={} data={} configuration={}", at.text(), agents, telemetry::quoted(model),
               from.values.data_dir.string(), telemetry::quoted(from.origin));
  fmt::print(
      "MoFA Server {} on http://{} - try:\n"
      "  curl -s -H 'Prefer: wait=10' -d '{{\"message\":\"hello\"}}' http://{}/api/v1/agents/echo/tasks\n"
      "  curl -sN -H 'Accept: text/event-stream' -d '{{\"message\":\"go\"}}' http://{}/api/v1/agents/long_haul/tasks\n"
      "  curl -s http://{}/api/v1/agents\n",
      version, at.text(), at.text(), at.text(), at.text());
  std::fflush(stdout);
}

/// Calls `once`, which deletes at most `sweep_at_once`, until it finds no more of them.
template <class Once>
void sweep_all(std::string_view what, Once once) {
  std::size_t deleted = 0;
  for (int round = 0; round < sweep_rounds; ++round) {
    const result<std::size_t> swept = once();
    if (!swept) return spdlog::warn("retention sweep failed of={} error={}", what, telemetry::quoted(swept.error().detail));
    deleted += *swept;
    if (*swept < sweep_at_once) break;
  }
  if (deleted > 0) spdlog::info("retention sweep of={} deleted={}", what, deleted);
}

void sweep(core::store& store, const clock& time, const settings::retention_settings& keep) {
  const auto now = time.now();
  sweep_all("tasks", [&] {
    return store.sweep(now - keep.completed, now - keep.failed, now - std::chrono::hours{24}, sweep_at_once);
  });
  sweep_all("topic_messages", [&] { return store.topics().sweep_messages(now - keep.topic_messages, sweep_at_once); });
}

// Until a signal comes that ends the server; at first and then twice a minute the house is kept.
int wait_for_signal(const sigset_t& signals, core::store& store, const clock& time, reloader& reloads) {
  sweep(store, time, reloads.now()->retention);
  for (;;) {
    const timespec span{housekeeping_every.count(), 0};
    const int got = sigtimedwait(&signals, nullptr, &span);
    if (got == SIGTERM || got == SIGINT) return got;
    if (got == SIGHUP) {
      reloads.reload([](const result<core::reload_report>&) {});  // what came of it is in the log
    } else {
      sweep(store, time, reloads.now()->retention);
    }
  }
}

[[noreturn]] void give_up(const std::string& causes) {
  spdlog::critical("gave up: {}", causes);
  spdlog::shutdown();
  std::_Exit(exit_gave_up);
}

result<void> fill_catalog(catalog::catalog& all, const std::vector<file_definition>& files, core::store& store,
                          const clock& time) {
  for (const auto& one : files) {
    auto kept = all.put(one.made, one.file, store, time.now());
    if (!kept) return std::move(kept).error();
  }
  const auto left_out = all.restore(store);
  if (!left_out) return left_out.error();
  for (const auto& why : *left_out) spdlog::warn("agent left out reason={}", telemetry::quoted(why));
  for (const auto& one : all.all())
    if (!one.error.empty())
      spdlog::warn("agent restricted agent={} reason={}", one.current.definition->name, telemetry::quoted(one.error));
  return {};
}

void tell_of_origin(const settings::a2a_settings& from, const std::vector<std::string>& agents) {
  const auto missing = missing_default_agent(from, agents);
  if (!missing) return;
  const auto level = missing->as_shipped ? spdlog::level::info : spdlog::level::warn;
  spdlog::log(level, "agent at the origin missing agent={} reason={}", missing->name,
              telemetry::quoted(missing->detail + "; " + missing->fix));
}

// A server that can write nothing reads as well as ever: it is taken out of the load balancer, and not restarted (/livez).
rest::readiness readiness_of(bool draining, const telemetry::metrics& watch) {
  if (draining) return {false, "draining"};
  if (watch.store_is_full()) return {false, "the store is full"};
  return {true, ""};
}

// What of a configuration a running server takes over.
live_parts parts_of(gateway::gateway& door, actors::kernel& kernel) {
  return {[&door](const settings::configuration& next) -> result<void> {
            const auto rules = gateway_rules(next);
            if (!rules) return rules.error();
            return door.may_follow(*rules);
          },
          [&door, &kernel](const settings::configuration& next) {
            // All of it was checked before: what fails here all the same is a defect, and is not to stay unseen.
            const auto tell = [](const error& why) {
              spdlog::error("a setting was not taken over reason={}", telemetry::quoted(why.detail));
            };
            if (const auto done = telemetry::adjust_logging(next.log.level, next.log.format); !done) tell(done.error());
            auto rules = gateway_rules(next);
            if (!rules) tell(rules.error());
            if (rules) {
              if (const auto done = door.follow(std::move(*rules)); !done) tell(done.error());
            }
            kernel.schedule_by(scheduling_of(next));
          }};
}

rest::inventory inventory_of(const workbench& from) {
  rest::inventory out;
  for (const auto& [name, tool] : from.tools.all()) out.tools.push_back(tool);
  out.models = from.models->models();
  return out;
}

// A second signal does not wait for the drain.
void end_on_second_signal(const sigset_t& signals) {
  std::thread{[signals] {
    int got = SIGHUP;
    while (got == SIGHUP) sigwait(&signals, &got);
    std::_Exit(130);
  }}.detach();
}

}  // namespace

int serve(const settings::loaded& configuration, const settings::sources& from, extensions added) {
  const auto& values = configuration.values;
  const auto signals = block_signals();
  if (auto logs = telemetry::configure_logging(values.log.level, values.log.format); !logs) return complain(logs.error());

  auto folder = store::open_data_folder(values.data_dir.string());
  if (!folder) return complain(folder.error());
  store::open_options how;
  how.readers = 2;
  auto store = store::open_sqlite(folder->database_file(), how);
  if (!store) return complain(store.error());

  const system_clock time;
  telemetry::metrics metrics;
  std::unique_ptr<actors::probe> wrapped;
  if (added.wrap_probe) wrapped = added.wrap_probe(metrics.actors());

  store::memory_desk memory{**store, time};
  const auto bench =
      workbench::make(values, std::move(added.tools), memory, time, {std::shared_ptr<void>{}, &metrics.outbound()},
                      {std::shared_ptr<void>{}, &metrics.models()});
  if (!bench) return complain(bench.error());
  const auto abroad = a2a_parts::make(values, time, {std::shared_ptr<void>{}, &metrics.outbound()});
  if (!abroad) return complain(abroad.error());
  catalog::catalog definitions{(*bench)->kinds, (*bench)->schemas};
  auto files = read_definitions(values.definitions, definitions);
  if (!files) return complain(files.error());
  if (const auto filled = fill_catalog(definitions, *files, **store, time); !filled) return complain(filled.error());

  actors::kernel_options kernel_options;
  kernel_options.workers = values.threads.actors > 0 ? values.threads.actors : settings::available_cpus();
  kernel_options.readers = how.readers;
  kernel_options.tools = (*bench)->tools.all();
  kernel_options.models = (*bench)->models.get();
  kernel_options.scheduling = scheduling_of(values);
  if (values.a2a.enabled) kernel_options.push = (*abroad)->deliveries();
  kernel_options.on_give_up = [](const std::string& causes) { give_up(causes); };
  auto kernel =
      actors::kernel::start(std::move(kernel_options), **store, definitions, time, wrapped ? *wrapped : metrics.actors());
  if (!kernel) return complain(kernel.error());

  std::atomic<bool> draining{false};
  auto routes = rest::routes({(*kernel)->tasks(), (*kernel)->agents(), (*kernel)->topics(), inventory_of(**bench),
                              [&] { return readiness_of(draining, metrics); }, std::string{version}, values.a2a.enabled});
  reloader reloads{from, configuration, definition_files{definitions, (*kernel)->files(), *files}};
  for (auto& each : rest::configuration_routes(reloads)) routes.push_back(std::move(each));
  for (auto& each : openai::routes((*kernel)->tasks(), (*kernel)->agents())) routes.push_back(std::move(each));
  for (auto& each : websocket::routes((*kernel)->tasks(), (*kernel)->topics())) routes.push_back(std::move(each));
  if (values.a2a.enabled) {
    const a2a::services asked{(*kernel)->tasks(), (*kernel)->agents(), (*kernel)->pushes()};
    auto cards = (*abroad)->cards([&reloads] { return !reloads.now()->auth.keys.empty(); });
    for (auto& each : a2a::routes(asked, std::move(cards))) routes.push_back(std::move(each));
  }
  routes.push_back(metrics.route());
  auto wanted = gateway_options(values);
  if (!wanted) return complain(wanted.error());
  auto gateway = gateway::gateway::listen(std::move(*wanted), std::move(routes), metrics.gateway(), time);
  if (!gateway) return complain(gateway.error());
  (*gateway)->start();
  reloads.start(parts_of(**gateway, **kernel));
  tell_of_origin(values.a2a, definitions.names());
  greet(configuration, (*gateway)->port(), definitions.names().size(), (*bench)->models->default_notice());

  const int got = wait_for_signal(signals, **store, time, reloads);
  const auto grace = reloads.now()->shutdown.grace;
  spdlog::info("draining signal={} grace_ms={}", got == SIGTERM ? "SIGTERM" : "SIGINT", grace.count());
  end_on_second_signal(signals);
  draining = true;
  if (!(*gateway)->drain(grace)) spdlog::warn("connections were still open after the grace period");
  (*gateway)->stop();
  reloads.stop();
  (*kernel)->stop();
  spdlog::info("stopped");
  return 0;
}

}  // namespace mofa::app

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
#include "protocols/openai/routes.hpp"
#include "protocols/rest/routes.hpp"
#include "protocols/websocket/routes.hpp"
#include "server/app/definitions.hpp"
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
constexpr std::size_t sweep_tasks = 1000;  // in one transaction: appends wait no longer than that
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
  gateway::options out;
  out.address = from.listen.address;
  out.port = from.listen.port;
  out.threads = from.threads.io > 0 ? from.threads.io : settings::available_cpus();
  out.body_bytes = from.limits.body_bytes;
  out.header_bytes = from.limits.header_bytes;
  out.in_flight = from.limits.in_flight;
  out.connections = from.limits.connections;
  out.header_timeout = from.timeouts.header;
  out.idle_timeout = from.timeouts.idle;
  out.write_timeout = from.timeouts.write;
  out.cors_origins = from.cors.origins;
  for (const auto& one : from.auth.keys) {
    gateway::key made{one.name, {}, one.tenant, 0, one.expires};
    const auto hash = gateway::parse_key_hash(one.hash);
    if (!hash) return fail(errc::invalid, "auth.keys: the hash of '" + one.name + "' is not sha256:<64 hex digits>");
    made.hash = *hash;
    for (const auto& name : one.scopes) {
      const auto scope = core::scope_from(name);
      if (!scope) return fail(errc::invalid, "auth.keys: '" + one.name + "' has the unknown scope '" + name + "'");
      made.scopes |= static_cast<unsigned>(*scope);
    }
    out.keys.push_back(std::move(made));
  }
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

void sweep(core::store& store, const clock& time, const settings::retention_settings& keep) {
  const auto now = time.now();
  std::size_t deleted = 0;
  for (int round = 0; round < sweep_rounds; ++round) {
    const auto swept = store.sweep(now - keep.completed, now - keep.failed, now - std::chrono::hours{24}, sweep_tasks);
    if (!swept) return spdlog::warn("retention sweep failed error={}", telemetry::quoted(swept.error().detail));
    deleted += *swept;
    if (*swept < sweep_tasks) break;
  }
  if (deleted > 0) spdlog::info("retention sweep deleted={}", deleted);
}

// Until a signal comes that ends the server; twice a minute the house is kept.
int wait_for_signal(const sigset_t& signals, core::store& store, const clock& time,
                    const settings::retention_settings& keep) {
  for (;;) {
    const timespec span{housekeeping_every.count(), 0};
    const int got = sigtimedwait(&signals, nullptr, &span);
    if (got == SIGTERM || got == SIGINT) return got;
    if (got == SIGHUP)
      spdlog::warn("signal=SIGHUP ignored: a running server does not take over a changed configuration yet; restart it");
    sweep(store, time, keep);
  }
}

[[noreturn]] void give_up(const std::string& causes) {
  spdlog::critical("gave up: {}", causes);
  spdlog::shutdown();
  std::_Exit(exit_gave_up);
}

result<std::size_t> fill_catalog(catalog::catalog& all, const settings::configuration& from, core::store& store,
                                 const clock& time) {
  auto files = read_definitions(from.definitions, all);
  if (!files) return std::move(files).error();
  for (auto& one : *files) {
    auto kept = all.put(std::move(one.made), one.file, store, time.now());
    if (!kept) return std::move(kept).error();
  }
  const auto left_out = all.restore(store);
  if (!left_out) return left_out.error();
  for (const auto& why : *left_out) spdlog::warn("agent left out reason={}", telemetry::quoted(why));
  return all.names().size();
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

int serve(const settings::loaded& configuration, extensions added) {
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
      workbench::make(values, std::move(added.tools), memory, time, {std::shared_ptr<void>{}, &metrics.outbound()});
  if (!bench) return complain(bench.error());
  catalog::catalog definitions{(*bench)->kinds};
  const auto agents = fill_catalog(definitions, values, **store, time);
  if (!agents) return complain(agents.error());

  actors::kernel_options kernel_options;
  kernel_options.workers = values.threads.actors > 0 ? values.threads.actors : settings::available_cpus();
  kernel_options.readers = how.readers;
  kernel_options.tools = (*bench)->tools.all();
  kernel_options.models = (*bench)->models.get();
  kernel_options.scheduling.slots = {{"model", values.scheduling.model_slots}, {"tool", values.scheduling.tool_slots}};
  kernel_options.scheduling.ageing = values.scheduling.ageing;
  kernel_options.on_give_up = [](const std::string& causes) { give_up(causes); };
  auto kernel =
      actors::kernel::start(std::move(kernel_options), **store, definitions, time, wrapped ? *wrapped : metrics.actors());
  if (!kernel) return complain(kernel.error());

  std::atomic<bool> draining{false};
  auto routes = rest::routes({(*kernel)->tasks(), (*kernel)->agents(), inventory_of(**bench),
                              [&draining] {
                                return rest::readiness{!draining, draining ? "draining" : ""};
                              },
                              std::string{version}});
  for (auto& each : openai::routes((*kernel)->tasks(), (*kernel)->agents())) routes.push_back(std::move(each));
  for (auto& each : websocket::routes((*kernel)->tasks())) routes.push_back(std::move(each));
  routes.push_back(metrics.route());
  auto wanted = gateway_options(values);
  if (!wanted) return complain(wanted.error());
  auto gateway = gateway::gateway::listen(std::move(*wanted), std::move(routes), metrics.gateway(), time);
  if (!gateway) return complain(gateway.error());
  (*gateway)->start();
  greet(configuration, (*gateway)->port(), *agents, (*bench)->models->default_notice());

  const int got = wait_for_signal(signals, **store, time, values.retention);
  spdlog::info("draining signal={} grace_ms={}", got == SIGTERM ? "SIGTERM" : "SIGINT", values.shutdown.grace.count());
  end_on_second_signal(signals);
  draining = true;
  if (!(*gateway)->drain(values.shutdown.grace)) spdlog::warn("connections were still open after the grace period");
  (*gateway)->stop();
  (*kernel)->stop();
  spdlog::info("stopped");
  return 0;
}

}  // namespace mofa::app

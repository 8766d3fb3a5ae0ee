#include "tests/bench/server.hpp"

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace mofa::bench {
namespace {

constexpr seconds start_limit{60};
constexpr seconds stop_limit{30};

}  // namespace

server::server(const plan& how, const std::string& data)
    : process_({how.server, "serve", "--config", how.configuration, "--listen", "127.0.0.1:0", "--data", data},
               data + ".log") {
  const auto from = steady::now();
  constexpr const char* address = " on http://127.0.0.1:";
  const auto greeting = process_.line_with(address, start_limit);
  port_ = static_cast<std::uint16_t>(std::atoi(greeting.c_str() + greeting.find(address) + std::strlen(address)));
  client_ = std::make_unique<client>(port_);
  get("/readyz");
  ready_after_ = steady::now() - from;
}

double server::metric(const std::string& name, const std::string& label) {
  const auto text = get("/metrics");
  double sum = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!line.starts_with(name) || line.size() <= name.size() || line.find(label) == std::string_view::npos) continue;
    const char after = line[name.size()];
    if (after == ' ' || after == '{') sum += std::strtod(line.data() + line.rfind(' '), nullptr);
  }
  return sum;
}

double server::live_tasks(const std::string& agent) {
  const auto shown = nlohmann::json::parse(get("/api/v1/agents/" + agent + "/actor"), nullptr, false);
  if (!shown.is_object() || !shown.contains("live_tasks"))
    throw unmeasurable{"the actor of '" + agent + "' shows no live_tasks"};
  return shown["live_tasks"].get<double>();
}

std::string server::task_for(const std::string& agent, const std::string& headers, const std::string& text) {
  return request_bytes("/api/v1/agents/" + agent + "/tasks", R"({"message":")" + text + "\"}", headers);
}

load_result server::load_with(const plan& how, const std::string& request) const {
  return run({.port = port_, .request = request, .connections = how.connections, .span = how.span});
}

load_result server::submit(const plan& how, const std::string& agent, int count) const {
  return run({.port = port_, .request = task_for(agent), .status = 202, .connections = how.connections, .requests = count});
}

void server::stop() {
  client_.reset();
  process_.signal(SIGTERM);
  process_.join(stop_limit);
}

void server::kill() {
  client_.reset();
  process_.signal(SIGKILL);
  process_.join(stop_limit);
}

}  // namespace mofa::bench

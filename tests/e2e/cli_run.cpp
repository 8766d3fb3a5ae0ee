#include "tests/e2e/cli_run.hpp"

#include <signal.h>

#include <charconv>

namespace mofa::test {
namespace {

process_plan planned(std::vector<std::string> arguments, const environment_map& environment, const scratch_folder& folder) {
  process_plan out;
  out.arguments = std::move(arguments);
  out.environment = environment;
  out.errors = folder.path() / "stderr";
  return out;
}

std::string scripted_models() {
  const auto demo = (source_folder() / "config/models/demo.yaml").string();
  return "models:\n  default: [scripted/demo]\n  providers:\n    scripted: {kind: scripted, file: " + demo + "}\n";
}

}  // namespace

cli_run::cli_run(std::vector<std::string> arguments, const environment_map& environment)
    : life_(std::make_unique<process>(planned(std::move(arguments), environment, folder_))) {}

cli_outcome cli_run::finish() {
  cli_outcome out;
  while (auto line = life_->line(patience)) out.output += *line;
  if (const auto end = life_->wait(patience)) out.code = end->code;
  out.errors = life_->errors();
  return out;
}

cli_outcome mofa(std::vector<std::string> arguments, environment_map environment) {
  arguments.insert(arguments.begin(), shipped_program());
  return cli_run{std::move(arguments), environment}.finish();
}

cli_outcome shell(const std::string& script, environment_map environment, bool on_terminal) {
  environment["MOFA"] = shipped_program();
  if (!on_terminal) return cli_run{{"/bin/bash", "-c", script}, environment}.finish();
  environment["TERM"] = "xterm";
  return cli_run{{"/usr/bin/script", "-qefc", script, "/dev/null"}, environment}.finish();
}

cli_server::cli_server(const std::string& settings) : plan_({.settings = scripted_models() + settings}) {}

bool cli_server::start() {
  auto wanted = plan_.plan();
  for (auto& each : wanted.arguments)
    if (each == "127.0.0.1:0") each = "127.0.0.1:" + std::to_string(port_);
  life_ = std::make_unique<process>(wanted);
  const auto greeting = life_->line(patience);
  constexpr std::string_view before = "http://127.0.0.1:";
  const auto place = greeting ? greeting->find(before) : std::string::npos;
  if (place == std::string::npos) return false;
  std::from_chars(greeting->data() + place + before.size(), greeting->data() + greeting->size(), port_);
  return port_ != 0;
}

void cli_server::kill() {
  life_->kill(SIGKILL);
  (void)life_->wait(patience);
}

}  // namespace mofa::test

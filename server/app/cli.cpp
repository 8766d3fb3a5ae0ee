#include "server/app/cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <charconv>

#include "actors/scenario/kind.hpp"
#include "server/app/definitions.hpp"
#include "server/app/version.hpp"
#include "server/gateway/key.hpp"
#include "server/settings/print.hpp"
#include "server/tools/clock_tool.hpp"
#include "server/tools/registry.hpp"

namespace mofa::app {
namespace {

constexpr int usage_error = 2;

struct serve_arguments {
  std::string config, listen, data;
  bool print = false;
};

struct key_arguments {
  std::string name, tenant = "default", expires;
  std::vector<std::string> scopes;
};

int complain(const std::string& line, int code = 1) {
  fmt::print(stderr, "{}\n", line);
  return code;
}

int run_serve(const serve_arguments& wanted, extensions added) {
  settings::sources from;
  from.environment = settings::process_environment();
  if (!wanted.config.empty()) from.file = wanted.config;
  if (!wanted.listen.empty()) from.overrides.push_back("listen=" + wanted.listen);
  if (!wanted.data.empty()) from.overrides.push_back("data_dir=" + wanted.data);
  const auto loaded = settings::load(from);
  if (!loaded) return complain(loaded.error().detail);
  if (wanted.print) {
    fmt::print("# {}\n{}", loaded->origin, settings::to_yaml(loaded->values));
    return 0;
  }
  return serve(*loaded, std::move(added));
}

// "90d" or "12h".
std::optional<std::chrono::hours> span_from(const std::string& text) {
  int count = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (trouble != std::errc{} || count <= 0 || count > 100'000 || end + 1 != text.data() + text.size()) return std::nullopt;
  if (*end == 'd') return std::chrono::days{count};
  if (*end == 'h') return std::chrono::hours{count};
  return std::nullopt;
}

int run_new_key(const key_arguments& wanted) {
  std::string scopes;
  for (const auto& name : wanted.scopes) {
    if (!gateway::scope_from(name))
      return complain(
          fmt::format("unknown scope '{}'; known: tasks:read, tasks:write, agents:read, agents:write, metrics, admin", name),
          usage_error);
    scopes += (scopes.empty() ? "\"" : ", \"") + name + "\"";
  }
  std::string expires;
  if (!wanted.expires.empty()) {
    const auto span = span_from(wanted.expires);
    if (!span) return complain("--expires takes a number of days or hours: 90d, 12h", usage_error);
    expires = ", expires: \"" + to_rfc3339(system_clock{}.now() + *span) + "\"";
  }
  const auto made = gateway::generate_key();
  if (!made) return complain(made.error().detail);
  fmt::print(
      "{}\n\n# Shown once. The line for auth.keys in the configuration:\n"
      "    - {{name: {}, hash: \"{}\", tenant: {}, scopes: [{}]{}}}\n",
      made->secret, wanted.name, made->hash, wanted.tenant, scopes, expires);
  return 0;
}

int run_validate(const std::vector<std::string>& files, const extensions& added) {
  const system_clock time;
  auto all = added.tools;
  all.push_back(std::make_shared<tools::clock_tool>(time));
  const auto tools = tools::registry::make(std::move(all));
  if (!tools) return complain(tools.error().detail);
  const catalog::catalog kinds{{scenario::make_kind(tools->idempotent_by_name())}};
  int code = 0;
  for (const auto& file : files) {
    const auto made = read_definition(file, kinds);
    if (made) {
      fmt::print("{}: ok: agent '{}' of kind {}\n", file, made->definition->name, made->definition->kind);
    } else {
      code = complain(made.error().detail);
    }
  }
  return code;
}

}  // namespace

int run(int argc, char** argv, extensions added) {
  CLI::App app{"MoFA Server: agents as supervised, journaled actors", "mofa"};
  app.require_subcommand(1);

  serve_arguments serving;
  auto* serve_command = app.add_subcommand("serve", "Run the server");
  serve_command->add_option("--config", serving.config,
                            "Configuration file (else $MOFA_CONFIG, config/mofa.yaml, /etc/mofa/mofa.yaml)");
  serve_command->add_option("--listen", serving.listen, "ADDR:PORT to listen on");
  serve_command->add_option("--data", serving.data, "Folder of the data");
  serve_command->add_flag("--print-config", serving.print, "Show the configuration that would be used, and end");

  auto* keys = app.add_subcommand("keys", "API keys");
  keys->require_subcommand(1);
  key_arguments key;
  auto* new_key = keys->add_subcommand("new", "Make a key; prints it once, with its line for the configuration");
  new_key->add_option("NAME", key.name, "Name of the key: the owner of what it creates")->required();
  new_key->add_option("--tenant", key.tenant, "Tenant");
  new_key->add_option("--scope", key.scopes,
                      "tasks:read, tasks:write, agents:read, agents:write, metrics, admin; repeat for more");
  new_key->add_option("--expires", key.expires, "After so many days or hours: 90d, 12h");

  std::vector<std::string> files;
  auto* validate = app.add_subcommand("validate", "Check agent definitions without running them");
  validate->add_option("FILE", files, "YAML or JSON")->required();

  auto* tell_version = app.add_subcommand("version", "Print the version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : usage_error;
  }
  if (serve_command->parsed()) return run_serve(serving, std::move(added));
  if (new_key->parsed()) return run_new_key(key);
  if (validate->parsed()) return run_validate(files, added);
  if (tell_version->parsed()) fmt::print("mofa {}\n", version);
  return 0;
}

}  // namespace mofa::app

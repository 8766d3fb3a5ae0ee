#include "server/app/cli.hpp"

#include <fmt/format.h>

#include <charconv>

#include "server/app/check_bench.hpp"
#include "server/app/client/commands.hpp"
#include "server/app/command.hpp"
#include "server/app/definitions.hpp"
#include "server/app/doctor.hpp"
#include "server/app/exit_code.hpp"
#include "server/app/new_agent.hpp"
#include "server/app/version.hpp"
#include "server/gateway/key.hpp"
#include "server/settings/print.hpp"

namespace mofa::app {
namespace {

struct serve_arguments {
  std::string config, listen, data;
  bool print = false;
};

struct key_arguments {
  std::string name, tenant = "default", expires;
  std::vector<std::string> scopes;
};

int complain(const std::string& line, int code = exit_code::failed) {
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
  return serve(*loaded, from, std::move(added));
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
    if (!core::scope_from(name))
      return complain(fmt::format("unknown scope '{}'; known: {}", name, core::scope_names()), exit_code::usage);
    scopes += (scopes.empty() ? "\"" : ", \"") + name + "\"";
  }
  std::string expires;
  if (!wanted.expires.empty()) {
    const auto span = span_from(wanted.expires);
    if (!span) return complain("--expires takes a number of days or hours: 90d, 12h", exit_code::usage);
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
  settings::sources from;
  from.environment = settings::process_environment();
  const auto loaded = settings::load(from);
  if (!loaded) return complain(loaded.error().detail);
  const auto bench = check_bench::make(loaded->values, added.tools);
  if (!bench) return complain(bench.error().detail);
  const catalog::catalog kinds{(**bench)->kinds, (**bench)->schemas};
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

void add_serve(const command& root, extensions& added) {
  const auto wanted = std::make_shared<serve_arguments>();
  const auto serves = root.sub("serve", "Run the server");
  serves.text("--config", wanted->config, "Configuration file (else $MOFA_CONFIG, config/mofa.yaml, /etc/mofa/mofa.yaml)");
  serves.text("--listen", wanted->listen, "ADDR:PORT to listen on");
  serves.text("--data", wanted->data, "Folder of the data");
  serves.flag("--print-config", wanted->print, "Show the configuration that would be used, and end");
  serves.does([wanted, &added] { return run_serve(*wanted, std::move(added)); });
}

void add_keys(const command& root) {
  const auto wanted = std::make_shared<key_arguments>();
  const auto makes =
      root.sub("keys", "API keys").sub("new", "Make a key; prints it once, with its line for the configuration");
  makes.text("NAME", wanted->name, "Name of the key: the owner of what it creates", need::required);
  makes.text("--tenant", wanted->tenant, "Tenant");
  makes.texts("--scope", wanted->scopes, core::scope_names() + "; repeat for more");
  makes.text("--expires", wanted->expires, "After so many days or hours: 90d, 12h");
  makes.does([wanted] { return run_new_key(*wanted); });
}

void add_validate(const command& root, const extensions& added) {
  const auto files = std::make_shared<std::vector<std::string>>();
  const auto validates = root.sub("validate", "Check agent definitions without running them");
  validates.texts("FILE", *files, "YAML or JSON", need::required);
  validates.does([files, &added] { return run_validate(*files, added); });
}

void add_version(const command& root) {
  root.sub("version", "Print the version").does([] {
    fmt::print("mofa {}\n", version);
    return exit_code::done;
  });
}

void add_completion(const command& root, const command_line& line) {
  root.sub("completion", "Completion of commands and options for a shell")
      .sub("bash", "Print the script: source <(mofa completion bash)")
      .does([&line] {
        fmt::print("{}", line.bash_completion());
        return exit_code::done;
      });
}

}  // namespace

int run(int argc, char** argv, extensions added) {
  command_line line{"mofa", "MoFA Server: agents as supervised, journaled actors"};
  const auto root = line.root();
  add_serve(root, added);
  client::add_call(root);
  client::add_chat(root);
  client::add_agents(root);
  client::add_tasks(root);
  client::add_events(root);
  client::add_reload(root);
  add_new(root);
  add_validate(root, added);
  add_doctor(root, added);
  add_keys(root);
  add_completion(root, line);
  add_version(root);
  return line.run(argc, argv);
}

}  // namespace mofa::app

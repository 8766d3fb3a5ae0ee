#include "server/app/command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <exception>
#include <map>

#include "server/app/exit_code.hpp"

namespace mofa::app {

struct command::actions {
  std::map<const CLI::App*, std::function<int()>> of;
};

command command::sub(const std::string& name, const std::string& description) const {
  auto* made = app_->add_subcommand(name, description);
  if (!all_->of.contains(app_)) app_->require_subcommand(1);
  return {*made, *all_};
}

const command& command::text(const std::string& name, std::string& into, const std::string& description, need how) const {
  app_->add_option(name, into, description)->required(how == need::required);
  return *this;
}

const command& command::texts(const std::string& name, std::vector<std::string>& into, const std::string& description,
                              need how) const {
  auto* made = app_->add_option(name, into, description)->required(how == need::required);
  // An option takes one word each time: what follows it may be an argument by its place.
  if (name.starts_with('-')) made->allow_extra_args(false);
  return *this;
}

const command& command::number(const std::string& name, std::int64_t& into, const std::string& description) const {
  app_->add_option(name, into, description)->check(CLI::NonNegativeNumber);
  return *this;
}

const command& command::choice(const std::string& name, std::string& into, const std::vector<std::string>& among,
                               const std::string& description) const {
  app_->add_option(name, into, description)->check(CLI::IsMember(among))->required(into.empty());
  return *this;
}

const command& command::flag(const std::string& name, bool& into, const std::string& description) const {
  app_->add_flag(name, into, description);
  return *this;
}

void command::does(std::function<int()> action) const { all_->of[app_] = std::move(action); }

command_line::command_line(const std::string& program, const std::string& description)
    : app_(std::make_unique<CLI::App>(description, program)), all_(std::make_unique<command::actions>()) {}

command_line::~command_line() = default;

command command_line::root() { return {*app_, *all_}; }

int command_line::run(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app_->exit(wrong) == 0 ? exit_code::done : exit_code::usage;
  }
  const CLI::App* named = app_.get();
  while (!named->get_subcommands().empty()) named = named->get_subcommands().front();
  const auto found = all_->of.find(named);
  if (found == all_->of.end()) return exit_code::usage;
  try {
    return found->second();
  } catch (const std::exception& why) {
    // No room lets one out: what comes here is a defect, which the user is told of instead of a core dump.
    fmt::print(stderr, "{} ended unexpectedly: {}\nthis is a defect; please report it, with what you did\n",
               app_->get_name(), why.what());
    return exit_code::failed;
  }
}

namespace {

std::string words_of(const CLI::App& from) {
  std::string out;
  for (const auto* each : from.get_subcommands([](const CLI::App*) { return true; })) out += each->get_name() + " ";
  for (const auto* each : from.get_options()) {
    for (const auto& name : each->get_lnames()) out += "--" + name + " ";
  }
  if (!out.empty()) out.pop_back();
  return out;
}

// Each command by its path: " tasks list".
void collect(const CLI::App& from, const std::string& path, std::map<std::string, std::string>& out) {
  out[path] = words_of(from);
  for (const auto* each : from.get_subcommands([](const CLI::App*) { return true; }))
    collect(*each, path + " " + each->get_name(), out);
}

}  // namespace

std::string command_line::bash_completion() const {
  std::map<std::string, std::string> all;
  collect(*app_, "", all);
  std::string known, replies;
  for (const auto& [path, words] : all) {
    if (!path.empty()) known += (known.empty() ? "\"" : " | \"") + path + '"';
    replies += fmt::format("    \"{}\") words=\"{}\" ;;\n", path, words);
  }
  return fmt::format(
      "# Completion of {0} for bash: source <({0} completion bash)\n"
      "_{0}() {{\n"
      "  local path=\"\" words=\"\" i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${{COMP_WORDS[i]}}\" in\n"
      "    {1}) path=\"$path ${{COMP_WORDS[i]}}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$path\" in\n"
      "{2}"
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n"
      "}}\n"
      "complete -o default -F _{0} {0}\n",
      app_->get_name(), known, replies);
}

}  // namespace mofa::app

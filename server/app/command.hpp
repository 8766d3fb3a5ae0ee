// Commands of the program: each declares itself in its own file, with its options and with what it does.
// The command line owns the tree; a command keeps what it is given in a state that its action shares.
// The main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace mofa::app {

enum class need { optional, required };

/// One command, or a group of them; a handle, copied freely while the command line lives. A name without a dash is an
/// argument by its place. What is read into must live until the action has run.
class command {
 public:
  /// A command below this one.
  command sub(const std::string& name, const std::string& description) const;

  const command& text(const std::string& name, std::string& into, const std::string& description,
                      need how = need::optional) const;
  /// One or more.
  const command& texts(const std::string& name, std::vector<std::string>& into, const std::string& description,
                       need how = need::optional) const;
  /// From 0.
  const command& number(const std::string& name, std::int64_t& into, const std::string& description) const;
  const command& choice(const std::string& name, std::string& into, const std::vector<std::string>& among,
                        const std::string& description) const;
  const command& flag(const std::string& name, bool& into, const std::string& description) const;
  /// Runs when the command is named; returns the exit code. Without one the command is a group.
  void does(std::function<int()> action) const;

 private:
  friend class command_line;
  struct actions;
  command(CLI::App& app, actions& all) : app_(&app), all_(&all) {}

  CLI::App* app_;
  actions* all_;
};

class command_line {
 public:
  command_line(const std::string& program, const std::string& description);
  command_line(const command_line&) = delete;
  command_line& operator=(const command_line&) = delete;
  ~command_line();

  command root();
  /// Reads the arguments and runs the command that they name; a mistake in them is told on stderr, exit code 2.
  int run(int argc, char** argv);
  /// A bash script that completes commands and options.
  std::string bash_completion() const;

 private:
  std::unique_ptr<CLI::App> app_;
  std::unique_ptr<command::actions> all_;
};

}  // namespace mofa::app

// The loader: finds the configuration file, lays environment and command line over it, checks everything.
// Called by the app before anything starts, and at each reload.
// A function over values and files; any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/base/result.hpp"
#include "server/settings/configuration.hpp"

namespace mofa::settings {

using environment_map = std::map<std::string, std::string>;

/// Where settings come from; later ones win: defaults, file, environment, command line.
struct sources {
  std::optional<std::string> file;  ///< --config; must exist
  environment_map environment;      ///< MOFA_CONFIG names a file when `file` does not; MOFA__LIMITS__BODY_BYTES sets a value
  std::vector<std::string> overrides;  ///< "listen=127.0.0.1:8081", from the command line
  /// Where a file is looked for when nobody names one; the first that exists.
  std::vector<std::filesystem::path> usual_files{"config/mofa.yaml", "/etc/mofa/mofa.yaml"};
};

/// Where settings were given, by their names: "config/mofa.yaml:3:1", "environment MOFA__LISTEN", "command line listen".
using setting_places = std::map<std::string, std::string, std::less<>>;

struct loaded {
  configuration values;
  std::string origin;               ///< the file that was read, or "built-in defaults"
  std::optional<std::string> file;  ///< that file
};

/// Reads and checks it all. Errors: invalid_syntax, invalid or io; the detail has one line for each mistake:
/// "config/mofa.yaml:3:1: unknown key 'lisen'; did you mean 'listen'?".
result<loaded> load(const sources& from);

/// What no setting says alone: another address than loopback needs a key, signed cards a public base URL, and no first pause
/// is longer than the longest. Error: invalid; a line for each mistake, which begins with the place of the setting where it
/// is known.
result<void> check_together(const configuration& values, const setting_places& places = {});

/// The environment of this process.
environment_map process_environment();

}  // namespace mofa::settings

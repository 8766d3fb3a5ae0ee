// The change: what a running server makes of another configuration. Live settings are taken over, the others wait.
// Made by the app at each reload.
// A pure function over values; any thread.
#pragma once

#include <string>
#include <vector>

#include "server/settings/configuration.hpp"

namespace mofa::settings {

struct change {
  configuration now;                 ///< the running one, with the live settings of the wanted one
  std::vector<std::string> applied;  ///< live settings that differ, in the order of the declarations
  std::vector<std::string> waiting;  ///< the others that differ: they take effect with the next start
};

change change_of(const configuration& running, const configuration& wanted);

}  // namespace mofa::settings

// The configuration as a commented YAML file: what --print-config shows, and what the shipped file is made of.
// Called by the app.
// A pure function over values; any thread.
#pragma once

#include <string>

#include "server/settings/configuration.hpp"

namespace mofa::settings {

/// Every setting with its description and value, in the order of the declarations; secrets are masked.
std::string to_yaml(const configuration& values);

}  // namespace mofa::settings

// The settings of A2A: who answers where, how cards look and are signed, and how patiently webhooks are called.
// Used by the declarations only.
// Pure functions over values; any thread.
#pragma once

#include <vector>

#include "server/settings/declarations.hpp"

namespace mofa::settings {

/// All of the section `a2a`, in the order of the shipped file.
std::vector<setting> a2a_settings_declared();

}  // namespace mofa::settings

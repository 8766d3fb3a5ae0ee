// The settings of models: which there are, what they cost, which is the default.
// Used by the declarations only.
// Pure functions over values; any thread.
#pragma once

#include "server/settings/declarations.hpp"

namespace mofa::settings {

setting models_default_setting();
setting models_aliases_setting();
setting models_prices_setting();
setting models_providers_setting();

}  // namespace mofa::settings
